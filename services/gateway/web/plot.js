/*
 * Draws a control chart: values in their order, mean, 2 and 3 SD, and a shape for each state, so that colour is never alone.
 * uPlot comes when the first chart is shown. It draws on a canvas, of which nobody can be told anything: chart.js says each point.
 */

/** @typedef {{ batch_id: string, tested_at: string, value: string, z?: string, state: string, rule?: string }} Point
 * @typedef {{ baseline: number, provisional: boolean, mean?: string, sd?: string, lower_3s?: string, lower_2s?: string, upper_2s?: string,
 *   upper_3s?: string, rules: string[], points?: Point[], more?: boolean }} Chart */

/** @type {Promise<any> | null} */
let library = null;

function load() {
  if (!library) {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = new URL("./vendor/uplot.css", import.meta.url).href;
    library = Promise.all([import("./vendor/uplot.js"), new Promise((done) => { sheet.onload = sheet.onerror = done; })]).then(([module]) => module.default);
    document.head.append(sheet);
  }
  return library;
}

/** For the eye alone: the number in "<0.05" is where it is drawn, hollow. @param {string} value */
export const drawn = (value) => {
  const n = /^[<>]?(-?\d+(\.\d+)?)$/.exec(value);
  return n ? Number(n[1]) : null;
};

/** @type {Record<string, string>} */
const colours = { in_control: "--good", warning: "--warn", out_of_control: "--bad" };
/** @type {[keyof Chart, number[], string, string][]} */
const lines = [["mean", [], "--text", "x̄"], ["lower_2s", [6, 4], "--warn", "−2 SD"], ["upper_2s", [6, 4], "--warn", "+2 SD"],
  ["lower_3s", [], "--bad", "−3 SD"], ["upper_3s", [], "--bad", "+3 SD"]];

/** @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A circle, a triangle, a cross: in control, a warning, out of control.
 * @param {CanvasRenderingContext2D} ctx @param {string} state @param {number} x @param {number} y @param {number} r @param {boolean} known */
function shape(ctx, state, x, y, r, known) {
  ctx.beginPath();
  if (state === "out_of_control") {
    ctx.moveTo(x - r, y - r); ctx.lineTo(x + r, y + r);
    ctx.moveTo(x + r, y - r); ctx.lineTo(x - r, y + r);
  } else if (state === "warning") {
    ctx.moveTo(x, y - r * 1.2); ctx.lineTo(x + r * 1.1, y + r); ctx.lineTo(x - r * 1.1, y + r); ctx.closePath();
  } else ctx.arc(x, y, r * 0.8, 0, 2 * Math.PI);
  if (state !== "out_of_control" && known) ctx.fill();
  ctx.stroke();
}

/** @param {any} u @param {Chart} chart */
function drawLines(u, chart) {
  const { ctx, bbox } = u, px = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = px * 1.5;
  ctx.font = `${11 * px}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  for (const [name, dash, said, label] of lines) {
    if (chart[name] === undefined || chart[name] === null) continue;
    const y = u.valToPos(Number(chart[name]), "y", true);
    ctx.strokeStyle = ctx.fillStyle = colour(said);
    ctx.setLineDash(dash.map((n) => n * px));
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillText(label, bbox.left + bbox.width + 5 * px, y);
  }
  ctx.restore();
}

/** @param {any} u @param {Point[]} points @param {string} mark */
function drawPoints(u, points, mark) {
  const { ctx } = u, px = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = px * 2;
  points.forEach((p, i) => {
    const value = drawn(p.value);
    if (value === null) return;
    const x = u.valToPos(i + 1, "x", true), y = u.valToPos(value, "y", true);
    const judged = p.z !== undefined && p.z !== null;
    ctx.strokeStyle = ctx.fillStyle = colour(judged ? colours[p.state] : "--quiet");
    shape(ctx, p.state, x, y, 5 * px, judged);
    if (p.batch_id !== mark) return;
    ctx.strokeStyle = colour("--focus");
    ctx.beginPath();
    ctx.arc(x, y, 10 * px, 0, 2 * Math.PI);
    ctx.stroke();
  });
  ctx.restore();
}

/** @param {Chart} chart @param {Point[]} points @returns {[number, number]} */
function rangeOf(chart, points) {
  const all = [...points.map((p) => drawn(p.value)), ...lines.map(([name]) => (chart[name] === undefined || chart[name] === null ? null : Number(chart[name])))]
    .filter((n) => n !== null);
  const least = Math.min(...all), most = Math.max(...all), room = (most - least || Math.abs(most) || 1) * 0.08;
  return [least - room, most + room];
}

/**
 * Draws into `host` and follows its width and the system's colours. `chosen` hears which point the pointer is at.
 * @param {HTMLElement} host @param {{ chart: Chart, points: Point[], mark: string, height: number, chosen: (i: number) => void }} what
 * @returns {Promise<{ at: (i: number) => void, end: () => void }>}
 */
export async function plot(host, { chart, points, mark, height, chosen }) {
  const uPlot = await load();
  const quiet = () => colour("--quiet"), grid = { stroke: () => colour("--line"), width: 1 };
  const numbers = points.map((p) => drawn(p.value));
  let quietly = false;
  const u = new uPlot({
    width: host.clientWidth, height, legend: { show: false }, padding: [12, 48, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: () => [0.5, points.length + 0.5] }, y: { range: () => rangeOf(chart, points) } },
    axes: [{ stroke: quiet, grid: { show: false }, ticks: grid, incrs: [1, 2, 5, 10, 20, 50, 100] }, { stroke: quiet, grid, ticks: grid, size: 60 }],
    series: [{}, { stroke: quiet, width: 1, points: { show: false } }],
    hooks: { drawAxes: [(/** @type {any} */ one) => drawLines(one, chart)], draw: [(/** @type {any} */ one) => drawPoints(one, points, mark)],
      setCursor: [(/** @type {any} */ one) => { if (!quietly && typeof one.cursor.idx === "number") chosen(one.cursor.idx); }] },
  }, [points.map((_, i) => i + 1), numbers], host);
  const width = new ResizeObserver(() => { if (host.clientWidth) u.setSize({ width: host.clientWidth, height }); });
  const dark = matchMedia("(prefers-color-scheme: dark)"), again = () => u.redraw();
  width.observe(host);
  dark.addEventListener("change", again);
  return {
    at: (i) => { quietly = true; u.setCursor({ left: u.valToPos(i + 1, "x"), top: 0 }); quietly = false; },
    end: () => { width.disconnect(); dark.removeEventListener("change", again); u.destroy(); },
  };
}

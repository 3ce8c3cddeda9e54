/*
 * Control charts: a test by one method over the batches of a specification, with the house's limits and what Westgard's rules say.
 * Nothing is computed here. Each point is told by keyboard and pointer alike, and stands in the table below.
 */
import { html, useState, useEffect, useRef, Answer, Chip, Day, Facts, Refused, Section, Table, useAsk } from "./ui.js";
import { t, words, day } from "./text.js";
import { call } from "./api.js";
import { hasRole } from "./router.js";
import { plot, drawn } from "./plot.js";

export const mayChart = () => hasRole("qc", "qa", "supervisor", "auditor");

/** @type {Record<string, string>} */
const looks = { in_control: "good", warning: "warn", out_of_control: "bad" };
/** @type {Record<string, string>} */
const kinds = { levey_jennings: "Levey-Jennings: mean and SD of the first values", shewhart: "Shewhart: SD from the moving range" };
const WINDOW = 24;

/** @typedef {import("./plot.js").Point} Point */
/** @typedef {import("./plot.js").Chart} Chart */

/** @param {Point} p */
const isJudged = (p) => p.z !== undefined && p.z !== null;
/** @param {Point} p */
const stateOf = (p) => (isJudged(p) ? words(p.state) : t("Not judged")) + (p.rule ? `, ${t("rule {rule}", { rule: p.rule })}` : "");
/** @param {Point} p */
const saidOf = (p) => `${p.batch_id}, ${day(p.tested_at)}: ${p.value}${isJudged(p) ? `, ${p.z} SD` : ""}. ${stateOf(p)}`;
/** @param {{ p: Point }} props */
const State = ({ p }) => html`<${Chip} kind=${isJudged(p) ? looks[p.state] ?? "work" : "work"}>${stateOf(p)}<//>`;

/** The picture of some points, and in words the one that is chosen: a slider for the keyboard. With nothing to draw, nothing.
 * @param {{ chart: Chart, points: Point[], title: string, mark?: string, height?: number }} props */
export function Picture({ chart, points, title, mark = "", height = 300 }) {
  const host = useRef(/** @type {HTMLElement | null} */ (null)), made = useRef(/** @type {any} */ (null));
  const own = points.findIndex((p) => p.batch_id === mark);
  const [at, setAt] = useState(own >= 0 ? own : points.length - 1);
  const [error, setError] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let gone = false;
    plot(/** @type {HTMLElement} */ (host.current), { chart, points, mark, height, chosen: setAt }).then((one) => {
      if (gone) one.end();
      else made.current = one;
    }, setError);
    return () => { gone = true; made.current?.end(); made.current = null; };
  }, [chart]);
  const p = points[Math.min(at, points.length - 1)];
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: points.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(points.length - 1, to));
    setAt(next);
    made.current?.at(next);
  };
  return html`<div class="plot" ref=${host} tabindex="0" role="slider" aria-label=${t("Chart of {title}; arrow keys go from value to value", { title })}
      aria-valuemin="1" aria-valuemax=${points.length} aria-valuenow=${at + 1} aria-valuetext=${saidOf(p)} onKeyDown=${key}></div>
    ${error && html`<${Refused} error=${error} />`}
    <p class="told"><a href=${`#/batch/${p.batch_id}`}>${p.batch_id}</a> <${Day} at=${p.tested_at} /> <strong>${p.value}</strong>
      ${isJudged(p) && html`<span>${p.z} SD</span>`} <${State} p=${p} /></p>`;
}

/** @param {Chart} chart @returns {[string, unknown][]} */
const limits = (chart) => [["Mean", chart.mean], ["Standard deviation", chart.sd],
  ["Limits of 2 SD", chart.mean && t("{a} to {b}", { a: chart.lower_2s, b: chart.upper_2s })],
  ["Limits of 3 SD", chart.mean && t("{a} to {b}", { a: chart.lower_3s, b: chart.upper_3s })],
  ["Set by", chart.mean && t("the first {n} values", { n: chart.baseline })]];

/** @param {Point} p @returns {unknown[]} */
const cells = (p) => [html`<a href=${`#/batch/${p.batch_id}`}>${p.batch_id}</a>`, html`<${Day} at=${p.tested_at} />`, p.value, p.z ?? "–", html`<${State} p=${p} />`];

/** @param {{ chart: Chart, title: string }} props */
function Whole({ chart, title }) {
  const points = chart.points ?? [], shown = points.filter((p) => drawn(p.value) !== null), flagged = points.filter((p) => p.rule);
  if (shown.length === 0) return html`<p class="sheet empty">${t("There is no number to draw.")}</p>`;
  return html`${chart.provisional && html`<p class="note warn">${t("Provisional: there are fewer values yet than the limits ask for.")}</p>`}
    ${!chart.mean && html`<p class="note warn">${t("No limits: too few values, or all the same.")}</p>`}
    ${chart.more && html`<p class="note">${t("There are earlier ones; the limits are of the first shown.")}</p>`}
    <figure class="sheet chart"><${Picture} chart=${chart} points=${shown} title=${title} />
      <figcaption class="quiet">${t("By order of testing. A circle is in control, a triangle warns, a cross is out of control; hollow is not judged.")}</figcaption></figure>
    <h2>${t("Limits")}</h2><${Facts} rows=${limits(chart)} />
    <${Section} title="Flagged" heads=${["Batch", "Tested", "Value", "SD from the mean", "State"]} rows=${flagged.map(cells)} empty="No rule speaks." />
    <${Section} title="All values, the newest first" heads=${["Batch", "Tested", "Value", "SD from the mean", "State"]} rows=${[...points].reverse().map(cells)} />
    <details><summary class="button">${t("Rules, and how they are read")}</summary><ul>${chart.rules.map((rule) => html`<li>${rule}</li>`)}</ul></details>`;
}

/** @param {{ specification: string, code: string, method: string }} props */
function One({ specification, code, method }) {
  const [kind, setKind] = useState("levey_jennings");
  const [baseline, setBaseline] = useState("20");
  const n = /^\d+$/.test(baseline) ? Number(baseline) : 20;
  const asked = useAsk(() => call("quality.chart", { specification_id: specification, code, method, kind, baseline: n }), [specification, code, method, kind, n],
    (entry) => entry.stream.startsWith("B-"));
  return html`<p><a href="#/chart">${t("All charts")}</a></p><div class="head"><div><h1>${words(code)}</h1><p class="quiet">${specification}, ${method}</p></div>
      <div class="row"><label><span>${t("Kind of chart")}</span><select value=${kind} onInput=${(/** @type {any} */ e) => setKind(e.target.value)}>
        ${Object.entries(kinds).map(([one, said]) => html`<option value=${one}>${t(said)}</option>`)}</select></label>
        <label><span>${t("Values that set the limits")}</span><input type="number" min="2" max="300" value=${baseline} onChange=${(/** @type {any} */ e) => setBaseline(e.target.value)} /></label></div></div>
    <${Answer} asked=${asked}>${(/** @type {Chart} */ chart) => html`<${Whole} chart=${chart} title=${`${words(code)}, ${method}`} />`}<//>`;
}

/** @param {string} specification @param {string} code @param {string} method */
const wayTo = (specification, code, method) => `#/chart/${[specification, code, method].map(encodeURIComponent).join("/")}`;

function All() {
  const asked = useAsk(() => call("quality.charted"), []);
  return html`<h1>${t("Charts")}</h1><p class="quiet">${t("Tests by method that gave numbers in the newest 500 batches. A chart judges no batch: its specification does.")}</p>
    <div class="sheet"><${Answer} asked=${asked}>${(/** @type {any} */ got) => html`<${Table} name="Charts" heads=${["Test", "Method", "Specification", "Values", "Tested last"]}
      rows=${(got.tests ?? []).map((/** @type {any} */ r) => [html`<a href=${wayTo(r.specification_id, r.code, r.method)}>${words(r.code)}</a>`, r.method, r.specification_id,
        String(r.count), html`<${Day} at=${r.tested_at} />`])} />`}<//></div>`;
}

/** @param {{ specification?: string, code?: string, method?: string }} props */
export const Charts = ({ specification, code, method }) => (specification && code && method ? html`<${One} ...${{ specification, code, method }} />` : html`<${All} />`);

/** The points before a batch, itself, and some behind it. @param {Point[]} points @param {string} batch */
function around(points, batch) {
  const at = points.findIndex((p) => p.batch_id === batch), end = at < 0 ? points.length : Math.min(points.length, at + 6);
  return points.slice(Math.max(0, end - WINDOW), end);
}

/** @param {{ batch: any, code: string, method: string }} props */
function Trend({ batch, code, method }) {
  const asked = useAsk(() => call("quality.chart", { specification_id: batch.specification_id, code, method, kind: "levey_jennings" }), [batch.batch_id, code, method]);
  return html`<${Answer} asked=${asked}>${(/** @type {Chart} */ chart) => {
    const points = around((chart.points ?? []).filter((p) => drawn(p.value) !== null), batch.batch_id);
    return html`<figure class="sheet chart"><h3><a href=${wayTo(batch.specification_id, code, method)}>${words(code)}</a> <span class="quiet">${method}</span></h3>
      ${points.length ? html`<${Picture} chart=${chart} points=${points} title=${`${words(code)}, ${method}`} mark=${batch.batch_id} height=${170} />` : html`<p class="quiet">${t("There is no number to draw.")}</p>`}
    </figure>`;
  }}<//>`;
}

/** What this batch's numbers are among the last ones'; asked for when one comes to look. @param {{ batch: any, tests: any[] }} props */
export function Trends({ batch, tests }) {
  const [seen, setSeen] = useState(false);
  const here = useRef(/** @type {HTMLElement | null} */ (null));
  const kept = new Map(tests.filter((r) => r.method && drawn(r.reported ?? r.result) !== null).map((r) => [`${r.code}\n${r.method}`, r]));
  useEffect(() => {
    if (!here.current) return undefined;
    const eyes = new IntersectionObserver((all) => { if (all.some((one) => one.isIntersecting)) setSeen(true); });
    eyes.observe(here.current);
    return () => eyes.disconnect();
  }, [kept.size > 0]);
  return kept.size === 0 ? null : html`<section ref=${here} id="trends"><h2>${t("Trends of the last batches")}</h2>
    <p class="quiet">${t("This batch is ringed. Limits are those of the whole chart.")}</p>
    <div class="trends">${seen && [...kept.values()].map((r) => html`<${Trend} key=${`${r.code}/${r.method}`} batch=${batch} code=${r.code} method=${r.method} />`)}</div></section>`;
}

/* Who had each container when: a line for each container, a mark for each event, from the first to the last. The table beside it says the same. */
import { html } from "./ui.js";
import { t, words, moment } from "./text.js";

const LEFT = 220, WIDTH = 860, ROW = 34, MOST = 14, TOP = 30;
/** Events after which a container is in other hands, or ended. @type {Record<string, string>} */
const kinds = { handed_over: "over", received: "over", packed: "over", returned: "over", administered: "end", destroyed: "end", lost: "end", pooled: "end" };

/** @param {any[]} events @param {string[]} ids */
const linesOf = (events, ids) => ids.map((id) => ({ id, events: events.filter((e) => e.container_id === id || (!e.container_id && e.transfer_id)) })).filter((line) => line.events.length > 0);

/** @param {{ x: number, y: number, e: any }} props */
const Point = ({ x, y, e }) => html`<g class=${`mark ${kinds[e.event.replaceAll(" ", "_")] ?? ""}`}><title>${[words(e.event), e.person_id, e.place, moment(e.time)].filter(Boolean).join(", ")}</title>
  <circle cx=${x} cy=${y} r="7" /></g>`;

/** @param {{ batch: any, events: any[] }} props */
export function Timeline({ batch, events }) {
  const lines = linesOf(events, (batch.containers ?? []).map((/** @type {any} */ c) => c.container_id)), kept = lines.slice(0, MOST);
  const times = events.map((e) => Date.parse(e.time)).filter((n) => !Number.isNaN(n));
  if (kept.length === 0 || times.length === 0) return null;
  const first = Math.min(...times), last = Math.max(...times), height = TOP + kept.length * ROW + 12;
  const x = (/** @type {string} */ at) => LEFT + 10 + (last === first ? 0 : ((Date.parse(at) - first) / (last - first)) * (WIDTH - 20));
  const said = t("{n} containers between {from} and {until}; the table of the chain of custody says the same.", { n: lines.length, from: moment(new Date(first).toISOString()), until: moment(new Date(last).toISOString()) });
  return html`<figure class="sheet scroll timeline" tabindex="0" role="group" aria-label=${t("Time line of custody")}>
    <svg role="img" aria-label=${said} width=${LEFT + WIDTH + 20} height=${height} viewBox=${`0 0 ${LEFT + WIDTH + 20} ${height}`}>
      <text x=${LEFT} y="18">${moment(new Date(first).toISOString())}</text><text x=${LEFT + WIDTH} y="18" text-anchor="end">${moment(new Date(last).toISOString())}</text>
      ${kept.map((line, i) => {
        const y = TOP + i * ROW + ROW / 2, ends = line.events.map((e) => x(e.time));
        return html`<text x="10" y=${y + 4}>${line.id}</text><line x1=${Math.min(...ends)} x2=${Math.max(...ends)} y1=${y} y2=${y} />${line.events.map((e) => html`<${Point} x=${x(e.time)} y=${y} e=${e} />`)}`;
      })}</svg>${lines.length > kept.length && html`<figcaption class="empty small">${t("and {n} more containers", { n: lines.length - kept.length })}</figcaption>`}</figure>`;
}

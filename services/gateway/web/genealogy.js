/* Whose cells went where: donor, collection, batch, containers and where each is, as a picture. The tables beside it say the same. */
import { html } from "./ui.js";
import { t, words } from "./text.js";

const W = 190, H = 52, GAP = 46, ROW = 64;

/** @param {{ x: number, y: number, title: string, text: string, kind?: string }} props */
const Box = ({ x, y, title, text, kind = "" }) => html`<g class=${`box ${kind}`}><rect x=${x} y=${y} width=${W} height=${H} rx="8" />
  <text x=${x + 12} y=${y + 21} class="what">${title}</text><text x=${x + 12} y=${y + 40}>${text.length > 24 ? `${text.slice(0, 10)}…${text.slice(-12)}` : text}</text></g>`;

/** @param {{ x: number, from: number, to: number }} props */
const Line = ({ x, from, to }) => html`<path class="line" d=${`M${x} ${from} C${x + GAP / 2} ${from} ${x + GAP / 2} ${to} ${x + GAP} ${to}`} />`;

/** @param {{ batch: any, events: any[] }} props */
export function Genealogy({ batch, events }) {
  const all = (batch.containers ?? []).map((/** @type {any} */ c) => {
    const last = events.filter((e) => e.container_id === c.container_id).pop() ?? events.filter((e) => e.transfer_id && !e.container_id).pop();
    return { id: c.container_id, event: last ? words(last.event) : t("Where"), where: last ? last.place ?? "–" : t("filled, not moved") };
  });
  const kept = all.slice(0, 12), rows = Math.max(kept.length, 1), height = rows * ROW + 8, middle = height / 2 - H / 2;
  const x = (/** @type {number} */ n) => n * (W + GAP) + 4, y = (/** @type {number} */ n) => n * ROW + 8;
  const said = t("{donor} gave {collection}, of which {batch} was made in {n} containers.", { donor: batch.donor_id, collection: batch.collection_id, batch: batch.batch_id, n: all.length });
  return html`<section><h2>${t("Genealogy")}</h2><div class="sheet scroll" tabindex="0" role="region" aria-label=${t("Genealogy")}>
    <svg class="genealogy" role="img" aria-label=${said} width=${x(5) - GAP + 8} height=${height} viewBox=${`0 0 ${x(5) - GAP + 8} ${height}`}>
      <${Box} x=${x(0)} y=${middle} title=${t("Donor")} text=${batch.donor_id} /><${Line} x=${x(0) + W} from=${middle + H / 2} to=${middle + H / 2} />
      <${Box} x=${x(1)} y=${middle} title=${words(batch.tissue)} text=${batch.collection_id} /><${Line} x=${x(1) + W} from=${middle + H / 2} to=${middle + H / 2} />
      <${Box} x=${x(2)} y=${middle} title=${words(batch.state)} text=${batch.batch_id} kind="this" />
      ${kept.map((/** @type {any} */ c, /** @type {number} */ i) => html`<${Line} x=${x(2) + W} from=${middle + H / 2} to=${y(i) + H / 2} /><${Box} x=${x(3)} y=${y(i)} title=${t("Container")} text=${c.id} />
        <${Line} x=${x(3) + W} from=${y(i) + H / 2} to=${y(i) + H / 2} /><${Box} x=${x(4)} y=${y(i)} title=${c.event} text=${c.where} />`)}
    </svg>${all.length > kept.length && html`<p class="empty small">${t("and {n} more containers", { n: all.length - kept.length })}</p>`}</div></section>`;
}

/* What waits for review: three lanes as the house decides them, exceptions first, each with every reason that it may not go. */
import { html, Answer, Chip, Day, useAsk } from "./ui.js";
import { t, words } from "./text.js";
import { call } from "./api.js";
import { hasRole } from "./router.js";
import { states } from "./batches.js";
import { Use } from "./bench.js";

export const mayReview = () => hasRole("qa", "qc", "supervisor");

const lanes = [["exception", "Exceptions", "bad", "Somebody must decide: a case is open, the batch is held, or something was corrected or entered late."],
  ["waiting", "Waiting", "warn", "Something is still to come."], ["clear", "Clear", "good", "Nothing is open but the review itself."]];

/** @param {{ b: any }} props */
const Row = ({ b }) => html`<li class="card"><a href=${`#/batch/${b.batch_id}`}><strong class="id">${b.batch_id}</strong>
    <span><code>${b.donation_number}</code> ${t("opened")} <${Day} at=${b.opened_at} /></span></a>
  <p><${Chip} kind=${states[b.state] || "work"}>${words(b.state)}<//> <${Use} use=${b.use} />${b.touched && html` <${Chip} kind="warn">${t(b.touched)}<//>`}</p>
  ${(b.open_points ?? []).length > 0 && html`<ul class="reasons">${b.open_points.map((/** @type {any} */ p) => html`<li><strong>${p.point}. ${t(p.title)}</strong>
    ${p.text && html`<span class="quiet"> ${p.text}</span>`}</li>`)}</ul>`}</li>`;

export function Review() {
  const asked = useAsk(() => call("release.worklist"), [], (entry) => /^[BD]-/.test(entry.stream));
  return html`<h1>${t("Review")}</h1><p class="quiet">${t("What is done and not yet disposed of, as the release gate sees it now.")}</p>
    <${Answer} asked=${asked}>${(/** @type {any} */ got) => html`${got.more && html`<p class="note">${t("There are more than fifty: the oldest are shown.")}</p>`}
      ${lanes.map(([lane, title, kind, doc]) => {
        const rows = (got.batches ?? []).filter((/** @type {any} */ b) => b.lane === lane);
        return html`<section aria-label=${t(title)}><h2>${t(title)} <${Chip} kind=${rows.length ? kind : "work"}>${rows.length}<//></h2><p class="quiet">${t(doc)}</p>
          ${rows.length ? html`<ul class="cards">${rows.map((/** @type {any} */ b) => html`<${Row} key=${b.batch_id} b=${b} />`)}</ul>` : html`<p class="sheet empty small">${t("None.")}</p>`}</section>`;
      })}`}<//>`;
}

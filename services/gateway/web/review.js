/* What waits for review: three lanes as the house decides them, exceptions first, each with every reason that it may not go. */
import { html, useState, Answer, Chip, Day, useAsk } from "./ui.js";
import { t, words } from "./text.js";
import { call } from "./api.js";
import { hasRole, mayAct, verbNamed } from "./router.js";
import { states } from "./batches.js";
import { Use } from "./bench.js";
import { nextOf } from "./series.js";

export const mayReview = () => hasRole("qa", "qc", "supervisor");

const lanes = [["exception", "Exceptions", "bad", "Somebody must decide: a case is open, the batch is held, or something was corrected or entered late."],
  ["waiting", "Waiting", "warn", "Something is still to come."], ["clear", "Clear", "good", "Nothing is open but the review itself."]];

/** @param {{ b: any, choice?: unknown }} props */
const Row = ({ b, choice }) => html`<li class="card"><a href=${`#/batch/${b.batch_id}`}><strong class="id">${b.batch_id}</strong>
    <span><code>${b.donation_number}</code> ${t("opened")} <${Day} at=${b.opened_at} /></span></a>
  <p><${Chip} kind=${states[b.state] || "work"}>${words(b.state)}<//> <${Use} use=${b.use} />${b.touched && html` <${Chip} kind="warn">${t(b.touched)}<//>`}</p>
  ${(b.open_points ?? []).length > 0 && html`<ul class="reasons">${b.open_points.map((/** @type {any} */ p) => html`<li><strong>${p.point}. ${t(p.title)}</strong>
    ${p.text && html`<span class="quiet"> ${p.text}</span>`}</li>`)}</ul>`}${choice}</li>`;

/** @type {[string, string][]} */
const together = [["release.review", "Sign the review of {n} together"], ["release.release", "Release {n} together"]];

/** The clear ones: each may be chosen for what is next for it, and what is chosen is signed for together. @param {{ rows: any[] }} props */
function Clear({ rows }) {
  const [chosen, setChosen] = useState(/** @type {string[]} */ ([]));
  const mine = rows.filter((b) => mayAct(verbNamed(nextOf(b)))), ids = mine.map((b) => b.batch_id).filter((id) => chosen.includes(id));
  /** @param {any} b */
  const choice = (b) => html`<label class="choice"><input type="checkbox" checked=${chosen.includes(b.batch_id)}
    onInput=${(/** @type {any} */ e) => setChosen(e.target.checked ? [...chosen, b.batch_id] : chosen.filter((id) => id !== b.batch_id))} /> ${t("Choose {id}", { id: b.batch_id })}</label>`;
  return html`${mine.length > 0 && html`<div class="row gap">${together.map(([verb, text]) => {
      const all = mine.filter((b) => nextOf(b) === verb).map((b) => b.batch_id), fit = all.filter((id) => ids.includes(id));
      return all.length > 0 && (fit.length ? html`<a class="button main" href=${`#/series/${verb}/${fit.join(",")}`}>${t(text, { n: fit.length })}</a>`
        : html`<button type="button" onClick=${() => setChosen([...new Set([...chosen, ...all])])}>${t(verb === "release.review" ? "Choose all {n} to be reviewed" : "Choose all {n} to be released", { n: all.length })}</button>`);
    })}</div>`}
    <ul class="cards">${rows.map((b) => html`<${Row} key=${b.batch_id} b=${b} choice=${mine.includes(b) && choice(b)} />`)}</ul>`;
}

export function Review() {
  const asked = useAsk(() => call("release.worklist"), [], (entry) => /^[BD]-/.test(entry.stream));
  return html`<h1>${t("Review")}</h1><p class="quiet">${t("What is done and not yet disposed of, as the release gate sees it now.")}</p>
    <${Answer} asked=${asked}>${(/** @type {any} */ got) => html`${got.more && html`<p class="note">${t("There are more than fifty: the oldest are shown.")}</p>`}
      ${lanes.map(([lane, title, kind, doc]) => {
        const rows = (got.batches ?? []).filter((/** @type {any} */ b) => b.lane === lane);
        return html`<section aria-label=${t(title)}><h2>${t(title)} <${Chip} kind=${rows.length ? kind : "work"}>${rows.length}<//></h2><p class="quiet">${t(doc)}</p>
          ${rows.length && lane === "clear" ? html`<${Clear} rows=${rows} />` : rows.length ? html`<ul class="cards">${rows.map((/** @type {any} */ b) => html`<${Row} key=${b.batch_id} b=${b} />`)}</ul>` : html`<p class="sheet empty small">${t("None.")}</p>`}</section>`;
      })}`}<//>`;
}

/* The accounts of the house's people and their periodic review: who is due stands first, and QA signs for each. */
import { html, Table, Chip, Day, Answer, useAsk } from "./ui.js";
import { t } from "./text.js";
import { call } from "./api.js";
import { me, mayAct, verbNamed } from "./router.js";

const heads = ["Person", "Roles", "State", "Next review", "Reviewed", "Reviewed by", "Last session", "Acts"];


/** @param {any} row */
function state(row) {
  if (row.finding === "change_wanted") return html`<${Chip} kind="bad">${t("A change is wanted")}<//>`;
  return row.is_due ? html`<${Chip} kind="warn">${t("Due")}<//>` : html`<${Chip} kind="good">${t("Reviewed")}<//>`;
}

/** @param {any} row */
function cells(row) {
  const own = row.person_id === me.value?.session?.person_id;   /* nobody reviews their own */
  const way = own || !mayAct(verbNamed("access.account_review")) ? "" : html`<a class="button" href=${`#/act/access.account_review/${row.person_id}`}>${t("Review")} ${row.person_id}</a>`;
  return [html`${row.person_id} <span class="quiet">${row.name}</span>`, row.roles.split(",").map((/** @type {string} */ r) => t(r)).join(", "), row.reviewed_at || row.is_due ? state(row) : "",
    html`<${Day} at=${row.due_at} />`, html`<${Day} at=${row.reviewed_at} />`, row.reviewer_id ?? "", html`<${Day} at=${row.seen_at} />`, way];
}

export function Accounts() {
  const asked = useAsk(() => call("access.account_reviews"), []);
  return html`<h1>${t("Accounts")}</h1>
    <p class="quiet">${t("Each account is looked at again and again: is it still needed, with these roles? What a review wants changed an administrator changes.")}</p>
    <div class="sheet"><${Answer} asked=${asked}>${(/** @type {any} */ got) => html`<${Table} name="Accounts" caption="Accounts, those due first" heads=${heads} rows=${(got.accounts ?? []).map(cells)} />
      ${got.more && html`<p class="quiet">${t("There are more than a thousand: the first are shown.")}</p>`}`}<//></div>`;
}

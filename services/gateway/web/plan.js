/* What ends when, and what to do by when: the audit service's plan of renewals, the urgent first. Who may renew does it here. */
import { html, useState, Table, Chip, Day, Answer, Working, Refused, useAsk } from "./ui.js";
import { t, words, day } from "./text.js";
import { call } from "./api.js";
import { hasRole } from "./router.js";

/** @type {Record<string, string>} */
const states = { late: "bad", due: "warn", good: "good", renewed: "work" };
const order = Object.keys(states);
const heads = ["Kind", "State", "Which", "Ends", "Act by", "What to do"];


/** What stands between backticks is typed as it is. @param {string} text */
const withCommands = (text) => text.split("`").map((part, i) => (i % 2 ? html`<code>${part}</code>` : part));

/** @param {any} r */
const cells = (r) => [words(r.kind), html`<${Chip} kind=${states[r.state] || "warn"}>${words(r.state)}<//>`, html`<span class="long">${r.name}</span>`,
  r.ends_at ? html`<${Day} at=${r.ends_at} />` : "–", r.act_by ? html`<${Day} at=${r.act_by} />` : "–", html`<span class="long">${withCommands(r.todo)}</span>`];

/** @param {any[]} rows */
const sorted = (rows) => [...rows].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || (a.act_by ?? "9").localeCompare(b.act_by ?? "9"));

/** @param {any} result */
function done(result) {
  if (result.state === "under_way") return t("Under way: {n} entries so far. This page shows the second tree when it is recorded.", { n: result.size });
  return t("Recorded over {n} entries by {who}; it lasts until {until}.", { n: result.size, who: result.authority, until: day(result.lasts_until) });
}

export function Plan() {
  const asked = useAsk(() => call("audit.plan"), []);
  const [said, setSaid] = useState(/** @type {any} */ (null));
  /** @param {string} what */
  const renew = (what) => async () => {
    const result = await call("audit.renew", { what });
    setSaid({ text: done(result) });
    await asked.again();
  };
  const plan = asked.result;
  return html`<div class="head"><div><h1>${t("Plan")}</h1><p class="quiet">${!plan ? t("Read from the record.")
      : plan.due === 0 ? t("Nothing is due.") : t("{n} of {of} are due or late.", { n: plan.due, of: plan.rows.length })}</p></div>
    ${hasRole("qa", "admin") && html`<div class="row">${[["time_stamps", "Renew time-stamps"], ["hashes", "Hash the log anew"]].map(([what, text]) =>
      html`<${Working} run=${renew(what)} failed=${(/** @type {any} */ error) => setSaid({ error })}>${t(text)}<//>`)}</div>`}</div>
    <div>${said?.error ? html`<${Refused} error=${said.error} />` : said && html`<p class="note good" role="status">${said.text}</p>`}</div>
    <div class="sheet"><${Answer} asked=${asked} reading="Reading the plan…">${(/** @type {any} */ got) =>
      html`<${Table} name="Plan" caption="What ends when, the urgent first" heads=${heads} rows=${sorted(got.rows ?? []).map(cells)} />`}<//></div>`;
}

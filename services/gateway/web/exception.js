/* A batch out of specification that a physician asks for: who asked, evaluated and accepted, and who is told (EudraLex Vol 4 Part IV 11.5). */
import { html, Section, Facts, Chip, Time, Day, useAsk } from "./ui.js";
import { t, words } from "./text.js";
import { call } from "./api.js";

/** @param {any} x @returns {[string, unknown][]} */
const facts = (x) => [["Asked by", `${x.physician_id} (${t("entry")} ${x.request_seq})`], ["Recipient", x.recipient_code], ["Hazard to the patient", x.hazard],
  ["Alternatives", x.alternatives], ["Out of specification", (x.failed ?? []).map((/** @type {any} */ f) => `${f.title}: ${f.result}`).join("; ")],
  ["Evaluated by", x.evaluator_id && `${x.evaluator_id} (${t("entry")} ${x.evaluation_seq})`], ["Evaluation of the risk", x.evaluation],
  ["To be told", x.setting && `${words(x.setting)}: ${x.notify}`],
  ["Accepted", x.accepted_seq != null ? `${t("entry")} ${x.accepted_seq}` : html`<${Chip} kind="warn">${t("Not yet")}<//>`]];

/** @param {{ batch: any }} props */
export function Exception({ batch }) {
  const asked = useAsk(() => call("release.except_show", { batch_id: batch.batch_id }), [batch.batch_id, batch.head_seq]);
  const x = asked.result;
  if (!x || x.request_seq == null) return null;
  return html`<div id="exception"><h2>${t("Exceptional release, out of specification")}</h2>
    ${x.waits_for && html`<p class="refusal">${x.waits_for}</p>`}<${Facts} rows=${facts(x)} />
    ${(x.notices ?? []).length > 0 && html`<${Section} title="Notices" heads=${["Who is told", "Owner", "Due", "Done"]} rows=${x.notices.map((/** @type {any} */ n) =>
      [t(n.duty), n.owner_id, html`<${Day} at=${n.due_at} />`, n.notified_at ? html`<${Time} at=${n.notified_at} />` : html`<${Chip} kind="bad">${t("Open")}<//>`])} />`}</div>`;
}

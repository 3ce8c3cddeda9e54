/* Samples that wait: for which tests, until when, where each is; and the acts on them. What is due first stands first. */
import { html, Section, Table, Chip, Time, Answer, useAsk } from "./ui.js";
import { t, words } from "./text.js";
import { call } from "./api.js";
import { me, house, hasRole, mayAct, verbNamed } from "./router.js";
import { Due } from "./bench.js";

export const maySample = () => hasRole("technician", "supervisor", "qc");

/** @type {Record<string, string>} */
const states = { taken: "work", sent: "warn", received: "good", used_up: "work", retained: "work", destroyed: "bad", lost: "bad" };

/** The acts on a sample, in the words of its row. @type {Record<string, string>} */
const acts = { "custody.sample_send": "Send", "custody.sample_receive": "Receive", "quality.test_report": "Report a test", "custody.sample_end": "End" };

/** What the machine that the services walk has for a sample as it stands. An event that is no verb is an outcome of the act that says
 * what became of it; the machine's one fact, that another person sent it, is in the row. @param {any} s */
function next(s) {
  const rules = house.value?.machines.find((m) => m.machine === "sample")?.rules ?? [];
  const mine = rules.filter((r) => r.from === s.state && !(r.needs.includes("other_sent") && s.person_id === me.value?.session?.person_id));
  return [...new Set(mine.map((r) => (verbNamed(r.event) ? r.event : "custody.sample_end")))].filter((name) => mayAct(verbNamed(name)));
}

/** @param {{ s: any }} props */
const Ways = ({ s }) => html`<span class="ways">${next(s).map((name) => html`<a href=${`#/act/${name}/${s.batch_id}`}>${t(acts[name] ?? verbNamed(name)?.doc ?? name)}</a> `)}</span>`;

/** @param {any} s */
const what = (s) => [html`<code>${s.sample_id}</code>`, html`<${Chip} kind=${states[s.state] || "work"}>${words(s.state)}<//>`,
  html`<span class="long">${s.place}</span>`];

/** @param {any} s */
const waits = (s) => [...what(s), html`<a href=${`#/batch/${s.batch_id}`}>${s.batch_id}</a>`, (s.waiting ?? []).join(", "), html`<${Due} at=${s.due_at} />`,
  html`<${Time} at=${s.taken_at} />`, s.taken_by, html`<${Ways} s=${s} />`];

/** Of one batch, for its page: those that have ended too. @param {{ got: any }} props */
export const OfBatch = ({ got }) => got.samples?.length > 0 && html`<${Section} title="Samples" note=${got.more && t("There are more than five hundred: the first are shown.")} heads=${["Sample", "State", "Where", "Taken of", "Volume, mL", "Tests", "Tests without a result", "Taken"]}
  rows=${got.samples.map((/** @type {any} */ s) => [...what(s), s.container_id ?? s.batch_id, s.volume_ml, (s.codes ?? []).join(", "), (s.waiting ?? []).join(", "), html`<${Time} at=${s.taken_at} />`])} />`;

export function Samples() {
  const asked = useAsk(() => call("custody.samples", {}), [], (entry) => entry.stream.startsWith("B-"));
  return html`<h1>${t("Samples")}</h1><p class="quiet">${t("What waits for a result, due first.")}</p>
    <${Answer} asked=${asked}>${(/** @type {any} */ got) => html`${got.more && html`<p class="note">${t("There are more than five hundred: the first are shown.")}</p>`}<div class="sheet"><${Table} name="Samples" caption="Samples that wait for a result, due first"
      heads=${["Sample", "State", "Where", "Batch", "Tests without a result", "Due", "Taken", "Taken by", "Next"]} rows=${(got.samples ?? []).map(waits)} empty="Nothing waits for a result." /></div>`}<//>`;
}

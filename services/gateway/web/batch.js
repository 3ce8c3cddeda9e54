/* One batch: why it may not go first, then what was done, tested and filled; and what may be signed on it. */
import { html, useEffect, Section, Facts, Chip, Time, Day, Answer, useAsk, say } from "./ui.js";
import { t, words } from "./text.js";
import { call } from "./api.js";
import { house, mayAct, verbNamed } from "./router.js";
import { states } from "./batches.js";
import { Dossier } from "./dossier.js";
import { Trail, Custody, Corrected, Unsigned } from "./trail.js";
import { Trends } from "./chart.js";
import { Genealogy } from "./genealogy.js";
import { Timeline } from "./timeline.js";
import { OfBatch } from "./samples.js";
import { Sums, Copies } from "./copies.js";
import { Exception } from "./exception.js";

/** @type {Record<string, string>} */
export const verdicts = { pass: "good", fail: "bad", cannot_evaluate: "warn" };
/** @type {Record<string, string>} */
const gates = { holds: "good", open: "bad", not_applicable: "work", excepted: "warn" };

/** Where a point of the gate is put right: an act, or the part of this page that says more. @type {Record<number, [string, string]>} */
const ways = { 1: ["bench", "To the bench"], 2: ["#steps", "See the steps"], 3: ["#tests", "See the tests"], 4: ["#cases", "See the cases"],
  5: ["release.review", "Review"], 6: ["source.eligibility_determine", "Determine eligibility"], 7: ["#steps", "See the steps"], 8: ["labels", "To the labels"],
  9: ["batch.fill", "Record the containers filled"], 11: ["#containers", "See the containers"], 13: ["#facts", "See whose it is"] };

/** Containers that are filled are not filled again: what is open is a pool that waits for its second person, or to be seen with them.
 * @param {any} p a point of the gate @param {any} batch @returns {[string, string]} */
function wayOf(p, batch) {
  if (p.point !== 9 || !batch.containers?.length) return ways[p.point] ?? ["", ""];
  return /\bpool \S+ is not verified/.test(p.text ?? "") && mayAct(verbNamed("custody.pool_verify")) ? ["custody.pool_verify", "Verify the pool"] : ways[11];
}

/** @param {{ point: any, batch: any }} props */
function Way({ point, batch }) {
  const [to, text] = wayOf(point, batch);
  if (to.startsWith("#")) return html`<button type="button" class="link" onClick=${() => document.querySelector(to)?.scrollIntoView()}>${t(text)}</button>`;
  if (to === "labels" && !mayAct(verbNamed("custody.label_print"))) return null;
  if (to === "bench" || to === "labels") return html`<a href=${`#/${to}/${batch.batch_id}`}>${t(text)}</a>`;
  return to && mayAct(verbNamed(to)) ? html`<a href=${to.startsWith("source.") ? `#/act/${to}` : `#/act/${to}/${batch.batch_id}/${batch.head_seq}`}>${t(text)}</a>` : null;
}

/** @param {{ result: any, batch: any }} props */
function Gate({ result, batch }) {
  const open = result.points.filter((/** @type {any} */ p) => p.state === "open");
  const rest = result.points.filter((/** @type {any} */ p) => p.state !== "open");
  return html`<section><h2>${t("Release gate")}</h2>
    <p class=${result.may_release ? "note good" : "refusal"}>${result.may_release
      ? result.exceptional ? t("All points hold but what the physician accepted: the batch may be released exceptionally.")
      : result.conditional ? t("All points hold: the batch may be released conditionally, tests are pending.") : t("All points hold: the batch may be released.")
      : t("{n} of {of} points are open.", { n: open.length, of: result.points.length })}</p>
    <ol class="sheet points">${[...open, ...rest].map((p) => html`<li><${Chip} kind=${gates[p.state] || "warn"}>${words(p.state)}<//>
      <div><strong>${p.point}. ${t(p.title)}</strong>${p.text && (p.state === "open" || p.state === "excepted" || p.point === 3) && html`<p class="quiet">${p.text}</p>`}
        ${p.state === "open" && html`<p><${Way} point=${p} batch=${batch} /></p>`}</div></li>`)}</ol></section>`;
}

/** @param {any} b @returns {[string, unknown][]} */
const facts = (b) => [["Procedure", t("{id} version {n}", { id: b.procedure_id, n: b.procedure_version })],
  ["Specification", t("{id} version {n}", { id: b.specification_id, n: b.specification_version })],
  ["Donor", b.donor_id], ["Collection", b.collection_id], ["Donation number", html`<code>${b.donation_number}</code>`], ["Tissue", words(b.tissue)],
  ["Use", words(b.use)], ["Recipient", b.recipient_code], ["Opened", html`<${Time} at=${b.opened_at} />`], ["Last entry", String(b.head_seq)]];

/** Recorded long after it was done: how long, and why (R15). @param {{ min?: number, reason?: string, children?: unknown }} props */
const Late = ({ min, reason, children }) => html`<span>${children}${min ? html` <${Chip} kind="warn">${t("Late entry, {n} min", { n: min })}<//> ${reason ?? ""}` : ""}</span>`;

/** An entry of the batch's own stream by its number alone. @param {number} entry @param {string | undefined} stream */
const in_stream = (entry, stream) => stream ? `${stream} ${entry}` : String(entry);

/** @param {{ batch: any }} props */
function Corrections({ batch }) {
  const made = batch.corrections ?? [], open = batch.unsigned_acts ?? [];
  return made.length === 0 ? null : html`
    ${open.length > 0 && html`<p class="refusal">${t("{n} signatures stand as unsigned until reviewed.", { n: batch.more_unsigned ? `${open.length}+` : open.length })}</p>`}
    <${Section} title="Corrections" note=${batch.more_corrections && t("There are older corrections: the dossier has all.")} heads=${["Entry", "What", "Value", "Reason", "By", "At", "Reviewed"]} rows=${made.map((/** @type {any} */ c) =>
      [in_stream(c.entry, c.stream_id), `${c.field} (${t("entry")} ${c.corrects})`, html`<${Corrected} was=${c.old_value} is=${c.new_value} /> ${(c.findings ?? []).map((/** @type {string} */ f) => html`<${Chip} kind="bad">${words(f)}<//>`)}`, html`<span class="long">${c.reason}</span>`, c.person_id,
        html`<${Time} at=${c.corrected_at} />`, c.unsigned_count ? html`<${Unsigned} />` : html`<${Chip} kind="good">${t("Reviewed")}<//>`])} />
    ${open.length > 0 && html`<${Section} title="Unsigned until reviewed" note=${batch.more_unsigned && t("There are more than five hundred: the first are shown.")} heads=${["Entry", "Act", "Signed by", "Corrected at entry"]} rows=${open.map((/** @type {any} */ u) =>
      [String(u.entry), u.act, u.person_id, in_stream(u.corrected_by, u.corrected_in)])} />`}`;
}

/** What instruments wrote of the batch; the digest is of the bytes that are kept. @param {{ files: any[] }} props */
function Files({ files }) {
  return files.length > 0 && html`<${Section} title="Instruments' files" heads=${["Entry", "Name", "Format", "Values", "SHA-256", "Kept by"]}
    rows=${files.map((/** @type {any} */ f) => [String(f.file_seq), f.file_name, words(f.format), html`<span class="long">${(f.values ?? []).map((/** @type {any} */ v) =>
      [v.quantity, v.value, v.unit, v.note && `(${v.note})`].filter(Boolean).join(" ")).join("; ")}</span>`, html`<code>${f.file_sha256.slice(0, 16)}…</code>`, f.imported_by])} />`;
}

/** Readings before a test's last day, and what a failure after the release leaves to do. @param {{ results: any }} props */
function FollowUp({ results }) {
  const readings = results.readings ?? [], tasks = results.tasks ?? [];
  return html`<${Files} files=${results.files ?? []} />${readings.length > 0 && html`<${Section} title="Interim readings" heads=${["Test", "Day", "Reading", "Read by", "At"]}
      rows=${readings.map((/** @type {any} */ r) => [r.code, t("{done} of {total}", { done: r.day, total: r.final_day }), r.result, r.read_by,
        html`<${Time} at=${r.read_at} />`])} />`}
    ${tasks.length > 0 && html`<${Section} title="Tasks of the failure" heads=${["Task", "Owner", "Due", "Done"]} rows=${tasks.map((/** @type {any} */ k) =>
      [words(k.task), k.owner_id, html`<${Day} at=${k.due_at} />`, k.done_at ? html`<${Time} at=${k.done_at} />` : html`<${Chip} kind="bad">${t("Open")}<//>`])} />`}`;
}

/** The machine that the services walk says what its state allows; whether the facts do is theirs to say.
 * @param {string} state @param {string} name */
export function allows(state, name) {
  const machine = house.value?.machines.find((m) => m.machine === "batch");
  const known = machine?.rules.some((r) => r.event === name);
  return !known || !!machine?.rules.some((r) => r.event === name && r.from === state);
}

const beforeDisposition = ["open", "in_process", "in_test", "on_hold"];
const first = ["release.review", "release.release", "release.certify", "release.reject"];

/** @param {{ batch: any, gate: any }} props */
function BatchActs({ batch, gate }) {
  const mine = (house.value?.verbs ?? []).filter((v) => v.kind === "act" && v.stream_field === "batch_id" && mayAct(v) && v.name !== "batch.open" &&
    (allows(batch.state, v.name) || (v.name === "release.release" && gate.exceptional && allows(batch.state, "release.exceptional"))));
  const link = (/** @type {any} */ v) => html`<a class=${`button${v.name === "release.release" ? " main" : ""}`}
    href=${`#/act/${v.name}/${batch.batch_id}/${batch.head_seq}`}>${words(v.name.split(".")[1])}</a>`;
  const others = mine.filter((v) => !first.includes(v.name));
  return html`<div class="row">${first.map((name) => mine.find((v) => v.name === name)).filter(Boolean).map(link)}
    ${others.length > 0 && html`<details><summary class="button">${t("Other acts")}</summary><div class="row">${others.map(link)}</div></details>`}</div>`;
}

/** @param {any} s */
const step = (s) => [String(s.step), s.name, s.state === "unsigned" ? html`<${Unsigned} />` : words(s.state), s.performed_by, s.verified_by,
  html`<${Late} min=${s.late_min} reason=${s.reason}><${Time} at=${s.ended_at} /><//>`];
/** @param {any} l */
const line = (l) => [String(l.entry), l.equipment_id, html`<${Late} min=${l.late_min}><${Time} at=${l.cleared_at} /><//>`, l.person_id, l.verified_by, l.previous_batch_id];
/** @param {any} r */
const test = (r) => [r.sample_id ? `${r.code} (${r.sample_id})` : r.code, html`<${Chip} kind=${verdicts[r.verdict] || "warn"}>${words(r.verdict)}<//>`,
  r.was_result ? html`<${Corrected} was=${r.was_result} is=${r.result} />` : r.result + (r.file_seq != null ? ` (${t("file at entry {entry}", { entry: r.file_seq })})` : ""), r.reported,
  html`<${Late} min=${r.late_min} reason=${r.remark}>${r.performed_by}<//>`,
  html`<span class="long">${[r.explanation, r.identity].filter(Boolean).join("; ")}</span>`, r.corrected_by ? html`<${Unsigned} entry=${r.corrected_by} />` : r.reviewed_by, r.oos_state && words(r.oos_state)];

/** @param {{ batch: any, results: any, gate: any, chain: any, samples: any, labels: any }} props */
function Whole({ batch, results, gate, chain, samples, labels }) {
  useEffect(() => { say(`${batch.batch_id}, ${words(batch.state)}`); }, [batch.state]);
  return html`<div class="head"><h1>${batch.batch_id} <${Chip} kind=${states[batch.state] || "work"}>${words(batch.state)}<//>
      ${batch.held && html`<${Chip} kind="bad">${t("held: consent withdrawn")}<//>`}</h1></div>
    <${BatchActs} batch=${batch} gate=${gate} />${beforeDisposition.includes(batch.state) && html`<${Gate} result=${gate} batch=${batch} />`}
    <div id="facts"><h2>${t("Batch")}</h2><${Facts} rows=${facts(batch)} /></div>
    <${Genealogy} batch=${batch} events=${chain.events ?? []} />
    <div id="steps"><${Section} title="Steps" heads=${["Step", "Name", "State", "Performed by", "Verified by", "Ended"]} rows=${(batch.steps ?? []).map(step)} /></div>
    ${batch.lines?.length > 0 && html`<${Section} title="Line clearances" note=${batch.more_lines && t("There are older line clearances: the dossier has all.")} heads=${["Entry", "Work place", "Cleared at", "Cleared by", "Verified by", "Batch before"]} rows=${batch.lines.map(line)} />`}
    <div id="tests"><${Section} title="Tests" heads=${["Test", "Verdict", "Result", "Reportable", "Tested by", "Against its limit", "Reviewed by", "Case"]} rows=${(results.tests ?? []).map(test)} /></div>
    <${Trends} batch=${batch} tests=${results.tests ?? []} />
    <div id="cases"><${Section} title="Deviations" heads=${["Entry", "Class", "State", "What happened"]} rows=${(results.deviations ?? []).map((/** @type {any} */ d) =>
      [String(d.deviation_seq), words(d.deviation_class), html`<${Chip} kind=${d.state === "closed" ? "good" : "bad"}>${words(d.state)}<//>`, html`<span class="long">${d.text}</span>`])} empty="None." /></div>
    ${results.more && html`<p class="note">${t("There are more of a kind than are shown here: the dossier has all.")}</p>`}
    <${Exception} batch=${batch} /><${Corrections} batch=${batch} /><${FollowUp} results=${results} />
    <div id="containers"><${Section} title="Containers" heads=${["Container", "Volume, mL", "Viable cells", "Expires"]} rows=${(batch.containers ?? []).map((/** @type {any} */ c) =>
      [c.container_id, c.left_ml == null ? c.volume_ml : t("{volume}, {left} left", { volume: c.volume_ml, left: c.left_ml }), c.cells, html`<${Day} at=${c.expires_at} />`])} /></div>
    ${labels.printed > 0 && html`<section id="labels"><h2>${t("Labels")}</h2><${Sums} got=${labels} /></section><${Copies} batch=${batch.batch_id} got=${labels} />`}
    <${OfBatch} got=${samples} /><${Custody} chain=${chain}><${Timeline} batch=${batch} events=${chain.events ?? []} /><//><${Trail} id=${batch.batch_id} />
    ${mayAct(verbNamed("audit.dossier")) && html`<${Dossier} id=${batch.batch_id} />`}`;
}

/** @param {{ id: string }} props */
export function Batch({ id }) {
  const asked = useAsk(async () => {
    const key = { batch_id: id };
    const [batch, results, gate, chain, samples, labels] = await Promise.all([call("batch.show", key), call("quality.results", key), call("release.gate", key), call("custody.chain", key),
      call("custody.samples", key), call("custody.labels", key)]);
    return { batch, results, gate, chain, samples, labels };
  }, [id], (entry) => entry.stream === id);
  return html`<p><a href="#/batches">${t("All batches")}</a></p><${Answer} asked=${asked}>${(/** @type {any} */ got) => html`<${Whole} ...${got} />`}<//>`;
}

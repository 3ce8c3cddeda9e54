/* One batch: why it may not go first, then what was done, tested and filled; and what may be signed on it. */
import { el, show, say, stillHere, refusal, words, time } from "/dom.js";
import { call } from "/api.js";
import { mayAct } from "/act.js";
import { states } from "/batches.js";
import { dossierSection } from "/dossier.js";

const chip = (kind, text) => el("span", { class: `chip ${kind}` }, text);
const verdicts = { pass: "good", fail: "bad", cannot_evaluate: "warn" };
const gates = { holds: "good", open: "bad", not_applicable: "work" };

function section(title, heads, rows) {
  return el("section", {}, el("h2", {}, title), el("div", { class: "sheet" }, rows.length === 0
    ? el("p", { class: "empty" }, "Nothing yet.")
    : el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
      el("table", {}, el("thead", {}, el("tr", {}, heads.map((h) => el("th", { scope: "col" }, h)))),
        el("tbody", {}, rows.map((cells) => el("tr", {}, cells.map((c, i) => el(i === 0 ? "th" : "td",
          i === 0 ? { scope: "row" } : {}, c ?? "")))))))));
}

function gate(result) {
  const open = result.points.filter((p) => p.state === "open");
  return el("section", {}, el("h2", {}, "Release gate"),
    el("p", { class: result.may_release ? "note good" : "refusal" }, result.may_release ? "All points hold: the batch may be released."
      : `${open.length} of ${result.points.length} points are open.`),
    el("ol", { class: "sheet points" }, [...open, ...result.points.filter((p) => p.state !== "open")].map((p) =>
      el("li", {}, chip(gates[p.state] || "warn", words(p.state)), el("div", {}, el("strong", {}, `${p.point}. ${p.title}`),
        p.text && p.state === "open" ? el("p", { class: "quiet" }, p.text) : null)))));
}

function facts(b) {
  const rows = [["Procedure", `${b.procedure_id} version ${b.procedure_version}`], ["Specification", `${b.specification_id} version ${b.specification_version}`],
    ["Donor", b.donor_id], ["Collection", b.collection_id], ["Donation number", b.donation_number], ["Tissue", words(b.tissue)],
    ["Use", words(b.use)], ["Recipient", b.recipient_code], ["Opened", time(b.opened_at)], ["Last entry", String(b.head_seq)]];
  return el("dl", { class: "sheet" }, rows.filter(([, v]) => v).map(([k, v]) => [el("dt", {}, k), el("dd", {}, v)]).flat());
}

/* What was recorded stays readable beside what counts now. */
const corrected = (was, is) => el("span", {}, was === undefined || was === null ? null : el("del", {}, was), " ", el("ins", {}, is));
const unsignedChip = (entry) => chip("warn", `Unsigned until reviewed${entry ? ` (corrected at entry ${entry})` : ""}`);
const stepState = (s) => s.state === "unsigned" ? unsignedChip() : words(s.state);
/* Recorded long after it was done: how long, and why (R15). */
const lateNote = (minutes, reason) => minutes ? el("span", {}, " ", chip("warn", `Late entry, ${minutes} min`), " ", reason ?? "") : null;
const withLate = (what, minutes, reason) => el("span", {}, what ?? "", lateNote(minutes, reason));

function corrections(batch) {
  const made = batch.corrections ?? [], open = batch.unsigned_acts ?? [];
  return made.length === 0 ? [] : [
    open.length ? el("p", { class: "refusal" }, `${open.length} signatures stand as unsigned until reviewed.`) : "",
    section("Corrections", ["Entry", "What", "Value", "Reason", "By", "At", "Reviewed"], made.map((c) =>
      [String(c.entry), `${c.field} (entry ${c.corrects})`, corrected(c.old_value, c.new_value), c.reason, c.person_id, time(c.corrected_at),
        c.unsigned_count ? unsignedChip() : chip("good", "Reviewed")])),
    open.length ? section("Unsigned until reviewed", ["Entry", "Act", "Signed by", "Corrected at entry"], open.map((u) =>
      [String(u.entry), u.act, u.person_id, String(u.corrected_by)])) : ""];
}

/* The machine that the services walk says what its state allows; whether the facts do is theirs to say. */
function allows(machine, state, name) {
  const known = machine.rules.some((r) => r.event === name);
  return !known || machine.rules.some((r) => r.event === name && r.from === state);
}

const beforeDisposition = ["open", "in_process", "in_test", "on_hold"];

function acts(batch, { verbs, machines }, me) {
  const machine = machines.find((m) => m.machine === "batch");
  const first = ["release.review", "release.release", "release.reject"];
  const mine = verbs.filter((v) => v.kind === "act" && v.stream_field === "batch_id" && mayAct(v, me) && v.name !== "batch.open" &&
    allows(machine, batch.state, v.name));
  const link = (v) => el("a", { class: `button${v.name === "release.release" ? " main" : ""}`,
    href: `#/act/${v.name}/${batch.batch_id}/${batch.head_seq}` }, words(v.name.split(".")[1]));
  const others = mine.filter((v) => !first.includes(v.name));
  return el("div", { class: "row" }, first.map((name) => mine.find((v) => v.name === name)).filter(Boolean).map(link),
    others.length ? el("details", {}, el("summary", { class: "button" }, "Other acts"), el("div", { class: "row" }, others.map(link))) : null);
}

export async function showBatch(id, house, me, onRefusal) {
  const here = stillHere();
  try {
    const key = { batch_id: id };
    const [batch, results, gateResult] = await Promise.all([call("batch.show", key), call("quality.results", key), call("release.gate", key)]);
    if (!here()) return;
    show(el("p", {}, el("a", { href: "#/batches" }, "All batches")),
      el("div", { class: "head" }, el("h1", {}, id, " ", chip(states[batch.state] || "work", words(batch.state)),
        batch.held ? chip("bad", "held: consent withdrawn") : "")),
      acts(batch, house, me), beforeDisposition.includes(batch.state) ? gate(gateResult) : "", el("h2", {}, "Batch"), facts(batch),
      section("Steps", ["Step", "Name", "State", "Performed by", "Verified by", "Ended"], (batch.steps ?? []).map((s) =>
        [String(s.step), s.name, stepState(s), s.performed_by, s.verified_by, withLate(s.ended_at ? time(s.ended_at) : "", s.late_min, s.reason)])),
      section("Tests", ["Test", "Verdict", "Result", "Reportable", "Tested by", "Reviewed by", "Case"], (results.tests ?? []).map((t) =>
        [t.code, chip(verdicts[t.verdict] || "warn", words(t.verdict)), t.was_result ? corrected(t.was_result, t.result) : t.result,
          t.reported, withLate(t.performed_by, t.late_min, t.remark), t.corrected_by ? unsignedChip(t.corrected_by) : t.reviewed_by, t.oos_state])),
      ...corrections(batch),
      section("Containers", ["Container", "Volume, mL", "Viable cells", "Expires"], (batch.containers ?? []).map((c) =>
        [c.container_id, c.volume_ml, c.cells, time(c.expires_at)])),
      mayAct(house.verbs.find((v) => v.name === "audit.dossier"), me) ? dossierSection(id, onRefusal) : "");
    say(`${id}, ${words(batch.state)}`);
  } catch (error) {
    if (!onRefusal(error) && here()) show(refusal(error), el("p", {}, el("a", { href: "#/batches" }, "All batches")));
  }
}

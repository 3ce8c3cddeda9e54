/*
 * For the auditor: the whole live record verified now, how far it is, and what was found. The house's own word; whoever does not
 * believe the house takes a dossier and stemma-verify.
 */
import { el, show, say, stillHere, refusal } from "/dom.js";
import { call } from "/api.js";

const POLL_MS = 1000;
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const number = new Intl.NumberFormat();
const at = (text) => el("time", { datetime: text, title: text }, moment.format(new Date(text)));
const count = (n, one, many = `${one}s`) => `${number.format(n ?? 0)} ${n === 1 ? one : many}`;

function progress(report) {
  const total = Math.max(report.total ?? 0, report.entries, 1);
  const replays = report.replayed !== undefined;
  const text = replays ? `Every byte is read. ${count(report.replayed, "statement")} replayed into tables of their own.`
    : `${number.format(report.entries)} of ${count(total, "entry", "entries")} read`;
  return el("div", { class: "sheet form" },
    el("p", {}, el("strong", {}, "The record is being verified."), " You may leave this page; it goes on."),
    el("progress", { class: "wide", max: total, value: replays ? null : Math.min(report.entries, total), "aria-label": "Entries read" }),
    el("p", { class: "quiet" }, text, report.faults.length ? ` ${count(report.faults.length, "fault")} so far.` : ""));
}

function verdict(report) {
  if (report.state !== "done") {
    return el("div", { class: "note warn", role: "status" },
      el("p", {}, el("strong", {}, "The record was not read to the end."), ` ${count(report.entries, "entry", "entries")} were. Verify goes on where it was broken off.`));
  }
  if (report.holds) return el("div", { class: "note good", role: "status" }, el("p", {}, el("strong", {}, "The record holds.")));
  const n = report.faults.length;
  return el("div", { class: "refusal", role: "alert" },
    el("p", {}, el("strong", {}, "The record does not hold."), ` ${n >= 100 ? "More than 100 faults; the first are" : `${count(n, "fault")} ${n === 1 ? "is" : "are"}`} named here.`));
}

function faults(list) {
  if (list.length === 0) return null;
  const heads = ["Stream", "Entry", "Table", "Key", "Rule", "What is wrong"];
  return el("section", {}, el("h2", {}, "Faults"),
    el("div", { class: "sheet scroll", tabindex: "0", role: "region", "aria-label": "Faults" },
      el("table", { class: "faults" }, el("thead", {}, el("tr", {}, heads.map((h) => el("th", { scope: "col" }, h)))),
        el("tbody", {}, list.map((f) => el("tr", {},
          el("th", { scope: "row" }, f.stream ?? "—"), el("td", {}, f.seq === undefined ? "—" : String(f.seq)),
          el("td", {}, f.table ?? "—"), el("td", {}, f.key ?? "—"), el("td", {}, f.rule), el("td", { class: "long" }, f.text)))))));
}

function facts(report) {
  const rows = [["Begun", report.began_at && at(report.began_at)], ["Ended", report.ended_at && at(report.ended_at)],
    ["Read to the byte", `${count(report.entries, "entry", "entries")} in ${count(report.streams, "stream")}`],
    ["Signatures verified", number.format(report.acts)], ["Log", `a tree of ${count(report.tree_size, "leaf", "leaves")}, against checkpoints, notary and witnesses`],
    ["Made again from statements", report.replayed !== undefined && `${count(report.replayed, "statement")}, ${count(report.rows, "row")} compared`],
    ["Not looked at", report.notes?.length ? el("ul", { class: "notes" }, report.notes.map((n) => el("li", {}, n))) : "nothing was left out"]];
  return el("dl", { class: "sheet" }, rows.filter(([, v]) => v).map(([k, v]) => [el("dt", {}, k), el("dd", {}, v)]).flat());
}

/* A backup that nobody has put back is none. */
async function restores(into) {
  const tests = (await call("audit.restores", {})).tests ?? [];
  const last = tests[0];
  into.replaceChildren(el("h2", {}, "Backup"), el("dl", { class: "sheet" },
    el("dt", {}, "Last put back"), el("dd", {}, last ? at(last.tested_at) : "never: no test of a restore is recorded"),
    ...(last ? [el("dt", {}, "Copy of"), el("dd", {}, at(last.backup_at)), el("dt", {}, "Result"),
      el("dd", {}, el("span", { class: `chip ${last.holds ? "good" : "bad"}` }, last.holds ? "Holds" : "Does not hold"), ` ${last.text}`)] : [])));
}

export function showRecord(onRefusal) {
  const here = stillHere();
  const outcome = el("div", { "aria-live": "polite", "aria-busy": "true" });
  const buttons = el("div", { class: "row" });
  const backup = el("section");
  let spoken = "";

  function offer(report) {
    const broken = report && report.state === "unfinished";
    const now = el("button", { class: "main", onclick: () => ask("audit.verify", {}) }, broken ? "Go on verifying" : "Verify now");
    const all = broken ? el("button", { onclick: () => ask("audit.verify", { all: true }) }, "Verify from the start") : null;
    buttons.replaceChildren(...[now, all].filter(Boolean));
  }

  function draw(report) {
    const running = report.state === "running";
    outcome.replaceChildren(...(running ? [progress(report)] : [verdict(report), faults(report.faults), el("h2", {}, "What was looked at"), facts(report)].filter(Boolean)));
    outcome.setAttribute("aria-busy", String(running));
    if (running) buttons.replaceChildren();
    else offer(report);
    const word = running ? "Verifying" : report.state !== "done" ? "Not read to the end" : report.holds ? "The record holds" : "The record does not hold";
    if (word !== spoken) say(spoken = word);
    if (running) setTimeout(() => here() && ask("audit.verify_state", {}), POLL_MS);
  }

  async function ask(verb, body) {
    try {
      const report = await call(verb, body);
      if (here()) draw({ ...report, faults: report.faults ?? [] });
    } catch (error) {
      if (!here() || onRefusal(error)) return;
      outcome.setAttribute("aria-busy", "false");
      outcome.replaceChildren(error.code === "not_found" ? el("p", { class: "sheet empty" }, "The record was never verified here.") : refusal(error));
      offer(null);
    }
  }

  show(el("h1", {}, "The record"),
    el("p", { class: "quiet" }, "Every entry, signature, proof and attachment is read again and believed from nobody; every table that a page shows is made again from the signed statements and compared."),
    buttons, outcome, backup);
  restores(backup).catch((error) => { if (here() && !onRefusal(error)) backup.replaceChildren(refusal(error)); });
  return ask("audit.verify_state", {});
}

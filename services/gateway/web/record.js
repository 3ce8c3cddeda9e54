/*
 * For the auditor: the whole live record verified now, how far it is, and what was found. The house's own word; whoever does not
 * believe the house takes a dossier and stemma-verify.
 */
import { html, useState, useEffect, useRef, Table, Facts, Chip, Time, Refused, Answer, useAsk, say } from "./ui.js";
import { t, count, number } from "./text.js";
import { call } from "./api.js";

const POLL_MS = 1000;

/** @param {{ report: any }} props */
function Progress({ report }) {
  const total = Math.max(report.total ?? 0, report.entries, 1);
  const replays = report.replayed !== undefined;
  return html`<div class="sheet form"><p><strong>${t("The record is being verified.")}</strong> ${t("You may leave this page; it goes on.")}</p>
    <progress class="wide" max=${total} value=${replays ? undefined : Math.min(report.entries, total)} aria-label=${t("Entries read")} />
    <p class="quiet">${replays ? t("Every byte is read. {n} replayed into tables of their own.", { n: count(report.replayed, "statement") })
      : t("{n} of {of} read", { n: number(report.entries), of: count(total, "entry", "entries") })}
      ${report.faults.length > 0 && ` ${t("{n} so far.", { n: count(report.faults.length, "fault") })}`}</p></div>`;
}

/** @param {{ report: any }} props */
function Verdict({ report }) {
  if (report.state !== "done") {
    return html`<div class="note warn" role="status"><p><strong>${t("The record was not read to the end.")}</strong> ${" "}
      ${t("{n} were. Verify goes on where it was broken off.", { n: count(report.entries, "entry", "entries") })}</p></div>`;
  }
  if (report.holds) return html`<div class="note good" role="status"><p><strong>${t("The record holds.")}</strong></p></div>`;
  const n = report.faults.length;
  return html`<div class="refusal" role="alert"><p><strong>${t("The record does not hold.")}</strong> ${" "}
    ${n >= 100 ? t("More than 100 faults; the first are named here.") : t(n === 1 ? "{n} is named here." : "{n} are named here.", { n: count(n, "fault") })}</p></div>`;
}

/** @param {any} f */
const fault = (f) => [f.stream ?? "—", f.seq === undefined ? "—" : String(f.seq), f.table ?? "—", f.key ?? "—", f.rule, html`<span class="long">${f.text}</span>`];

/** @param {any} report @returns {[string, unknown][]} */
const facts = (report) => [["Begun", report.began_at && html`<${Time} at=${report.began_at} />`], ["Ended", report.ended_at && html`<${Time} at=${report.ended_at} />`],
  ["Read to the byte", t("{entries} in {streams}", { entries: count(report.entries, "entry", "entries"), streams: count(report.streams, "stream") })],
  ["Signatures verified", number(report.acts)],
  ["Log", t("a tree of {leaves}, against checkpoints, notary and witnesses", { leaves: count(report.tree_size, "leaf", "leaves") })],
  ["Made again from statements", report.replayed !== undefined && t("{statements}, {rows} compared", { statements: count(report.replayed, "statement"), rows: count(report.rows, "row") })],
  ["Not looked at", report.notes?.length ? html`<ul class="notes">${report.notes.map((/** @type {string} */ n) => html`<li>${n}</li>`)}</ul>` : t("nothing was left out")]];

/** A backup that nobody has put back is none. @param {{ tests: any[] }} props */
function Restores({ tests }) {
  const last = tests[0];
  return html`<h2>${t("Backup")}</h2><${Facts} rows=${[["Last put back", last ? html`<${Time} at=${last.tested_at} />` : t("never: no test of a restore is recorded")],
    ["Copy of", last && html`<${Time} at=${last.backup_at} />`],
    ["Result", last && html`<${Chip} kind=${last.holds ? "good" : "bad"}>${t(last.holds ? "Holds" : "Does not hold")}<//> ${last.text}`]]} />`;
}

export function Record() {
  const [report, setReport] = useState(/** @type {any} */ (undefined));
  const [error, setError] = useState(/** @type {any} */ (null));
  const gone = useRef(false), spoken = useRef("");
  const restores = useAsk(async () => (await call("audit.restores")).tests ?? [], []);

  /** @param {string} verb @param {object} body */
  async function ask(verb, body) {
    try {
      const now = await call(verb, body);
      if (gone.current) return;
      setError(null);
      setReport({ ...now, faults: now.faults ?? [] });
      const word = now.state === "running" ? "Verifying" : now.state !== "done" ? "Not read to the end" : now.holds ? "The record holds" : "The record does not hold";
      if (word !== spoken.current) say(t(spoken.current = word));
      if (now.state === "running") setTimeout(() => !gone.current && ask("audit.verify_state", {}), POLL_MS);
    } catch (/** @type {any} */ refused) {
      if (gone.current) return;
      setReport(null);
      setError(refused);
    }
  }
  useEffect(() => {
    ask("audit.verify_state", {});
    return () => { gone.current = true; };
  }, []);

  const running = report?.state === "running", broken = report?.state === "unfinished";
  return html`<h1>${t("The record")}</h1>
    <p class="quiet">${t("Every entry, signature, proof and attachment is read again and believed from nobody; every table that a page shows is made again from the signed statements and compared.")}</p>
    ${report !== undefined && !running && html`<div class="row gap"><button class="main" type="button" onClick=${() => ask("audit.verify", {})}>${t(broken ? "Go on verifying" : "Verify now")}</button>
      ${broken && html`<button type="button" onClick=${() => ask("audit.verify", { all: true })}>${t("Verify from the start")}</button>`}</div>`}
    <div aria-live="polite" aria-busy=${String(running || report === undefined)}>
      ${error && (error.code === "not_found" ? html`<p class="sheet empty">${t("The record was never verified here.")}</p>` : html`<${Refused} error=${error} />`)}
      ${running && html`<${Progress} report=${report} />`}
      ${report && !running && html`<${Verdict} report=${report} />
        ${report.faults.length > 0 && html`<section><h2>${t("Faults")}</h2><div class="sheet"><${Table} name="Faults" kind="faults"
          heads=${["Stream", "Entry", "Table", "Key", "Rule", "What is wrong"]} rows=${report.faults.map(fault)} /></div></section>`}
        <h2>${t("What was looked at")}</h2><${Facts} rows=${facts(report)} />`}</div>
    <section><${Answer} asked=${restores}>${(/** @type {any[]} */ tests) => html`<${Restores} tests=${tests} />`}<//></section>`;
}

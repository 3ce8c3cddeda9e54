/*
 * Trace: from a donor, lot, machine, person, batch or container on to all that it touched, or back to all that touched it; where each
 * container is now; and the ways to recall what was found. A scan is traced; what is typed is looked up the same way.
 */
import { html, useState, useEffect, Section, Chip, Answer, Refused, Working, useAsk, say } from "./ui.js";
import { t, words, count } from "./text.js";
import { get, call } from "./api.js";
import { mayAct, verbNamed } from "./router.js";
import { useScanner } from "./scan.js";
import { states } from "./batches.js";
import { handOver } from "./dossier.js";

const MOST = 20;                                       /* pages of a thousand rows that are kept as a file */

/** @param {string} kind @param {string} id @param {boolean} [back] */
const pathTo = (kind, id, back) => `#/trace/${kind}/${encodeURIComponent(id)}${back ? "/back" : ""}`;

/** Where the page of what a code names is; what can be traced is the contract's own list. @param {string} text */
async function lookUp(text) {
  const [form, read] = await Promise.all([get("/api/forms/trace_request"), call("custody.scan", { text })]);
  const kinds = form.fields.find((/** @type {any} */ f) => f.name === "kind").words, hits = read.found ?? [];
  const hit = hits.find((/** @type {any} */ h) => kinds.includes(h.kind));
  if (!hit) throw Object.assign(new Error(), { text: t("{code} names nothing that this lab has.", { code: text }) });
  return pathTo(hit.kind, hit.id);
}

/** @param {{ id: string }} props */
function Ask({ id }) {
  const [typed, setTyped] = useState(id);
  const [error, setError] = useState(/** @type {any} */ (null));
  useEffect(() => setTyped(id), [id]);
  /** @param {string} text */
  const look = async (text) => {
    setError(null);
    try {
      location.hash = await lookUp(text);
    } catch (refused) {
      setError(refused);
    }
  };
  useScanner(({ code, twice }) => { if (!twice) look(code); });
  return html`<form class="head" role="search" onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); if (typed.trim()) look(typed.trim()); }}>
      <label class="seek"><span>${t("Donor, donation number, lot, equipment, person, batch, container or sample")}</span>
        <input value=${typed} autocomplete="off" spellcheck=${false} maxlength="400" onInput=${(/** @type {any} */ e) => setTyped(e.target.value)} /></label>
      <button class="main">${t("Trace")}</button></form>${error && html`<${Refused} error=${error} />`}`;
}

/** How many containers are in which state, as bars: what was given or is lost is seen before it is read. @param {{ rows: any[] }} props */
function Where({ rows }) {
  const all = rows.filter((r) => r.kind === "container");
  /** @type {Map<string, number>} */
  const by = new Map();
  for (const r of all) by.set(r.state ?? "", (by.get(r.state ?? "") ?? 0) + 1);
  return all.length === 0 ? null : html`<section><h2>${t("Containers by state")}</h2><dl class="sheet bars">${[...by].sort((a, b) => b[1] - a[1]).map(([state, n]) =>
    html`<dt>${state ? words(state) : t("Unknown")}</dt><dd><progress max=${all.length} value=${n} aria-label=${state ? words(state) : t("Unknown")} /> ${n}</dd>`)}</dl></section>`;
}

/** A recall names what it was traced from. @param {{ r: any, kind: string, id: string }} props */
const Recall = ({ r, kind, id }) => html`<span class="ways">${[["custody.recall", "Recall"], ["custody.mock_recall", "Try a recall"]].filter(([name]) => mayAct(verbNamed(name))).map(([name, text]) =>
  html`<a href=${`#/act/${name}/${r.id}/${encodeURIComponent(`${kind} ${id}`)}`}>${t(text)}</a> `)}</span>`;

/** @param {any} r */
const link = (r) => r.kind === "batch" ? html`<a href=${`#/batch/${r.id}`}>${r.id}</a>` : html`<a href=${pathTo(r.kind, r.id)}>${r.id}</a>`;
/** @param {any} r @param {string} kind @param {string} id */
const cells = (r, kind, id) => [link(r), words(r.kind), String(r.depth), r.batch_id && r.kind !== "batch" && html`<a href=${`#/batch/${r.batch_id}`}>${r.batch_id}</a>`,
  r.state && (r.kind === "batch" ? html`<${Chip} kind=${states[r.state] || "work"}>${words(r.state)}<//>` : words(r.state)), [r.place, r.consignee].filter(Boolean).join(", "), r.kind === "batch" && html`<${Recall} r=${r} kind=${kind} id=${id} />`];

const columns = ["kind", "id", "depth", "batch_id", "state", "place", "consignee"];
/** A cell that a spreadsheet would take for a formula is kept from it by an apostrophe. @param {unknown} value */
const quoted = (value) => `"${String(value ?? "").replace(/^(?=[=+\-@\t\r])/, "'").replaceAll("\"", "\"\"")}"`;

/** All pages as a file; one that would be cut says so. @param {object} asked @param {string} name */
async function keepAll(asked, name) {
  const rows = [];
  let got = await call("custody.trace", asked), pages = 1;
  rows.push(...(got.rows ?? []));
  for (; got.more && pages < MOST; pages++) {
    const last = rows[rows.length - 1];
    got = await call("custody.trace", { ...asked, after: `${last.kind} ${last.id}` });
    rows.push(...(got.rows ?? []));
  }
  if (got.more) throw Object.assign(new Error(), { text: t("More than {n} rows: trace something narrower.", { n: rows.length }) });
  handOver([columns.join(","), ...rows.map((r) => columns.map((c) => quoted(r[c])).join(","))].join("\r\n") + "\r\n", `${name}.csv`, "text/csv");
}

/** @param {{ got: any, kind: string, id: string, back: boolean }} props */
function Found({ got, kind, id, back }) {
  const [rows, setRows] = useState(/** @type {any[]} */ (got.rows ?? []));
  const [more, setMore] = useState(!!got.more);
  const [only, setOnly] = useState("");
  const [error, setError] = useState(/** @type {any} */ (null));
  const asked = { kind, id, ...(back ? { back } : {}) };
  const there = [...new Set(rows.map((r) => r.kind))];
  const next = async () => {
    const last = rows[rows.length - 1], page = await call("custody.trace", { ...asked, after: `${last.kind} ${last.id}` });
    setRows([...rows, ...(page.rows ?? [])]);
    setMore(!!page.more);
  };
  const said = `${count(got.batches, "batch", "batches")}, ${count(got.containers, "container")}`;
  useEffect(() => say(said), [said]);
  return html`<p class=${got.unaccounted ? "refusal" : "note good"}>${said}. ${got.unaccounted ? t("{n} are in nobody's hands and at no place.", { n: got.unaccounted })
      : t("Each container is in somebody's hands, at a place, or has its end.")}</p>
    ${!more && html`<${Where} rows=${rows} />`}${error && html`<${Refused} error=${error} />`}
    <div class="row filters"><label><span>${t("Kind")}</span><select value=${only} onInput=${(/** @type {any} */ e) => setOnly(e.target.value)}><option value="">${t("All")}</option>
      ${there.map((k) => html`<option value=${k}>${words(k)}</option>`)}</select></label></div>
    <${Section} title=${back ? "What touched it" : "What it touched"} note=${more && t("There are more: {n} are shown.", { n: rows.length })}
      heads=${["Identifier", "Kind", "Steps away", "Batch", "State", "Where", "Next"]} rows=${rows.filter((r) => !only || r.kind === only).map((r) => cells(r, kind, id))} />
    <div class="row">${more && html`<${Working} run=${next} failed=${setError}>${t("Show more")}<//>`}
      <${Working} run=${() => keepAll(asked, `trace-${kind}-${id}${back ? "-back" : ""}`)} failed=${setError}>${t("Keep all as CSV")}<//></div>`;
}

/** @param {{ kind: string, id: string, back: boolean }} props */
function Traced({ kind, id, back }) {
  const asked = useAsk(() => call("custody.trace", { kind, id, ...(back ? { back } : {}) }), [kind, id, back]);
  return html`<h2>${words(kind)} <span class="id">${id}</span></h2>
    <div class="row gap"><a class="button" aria-current=${back ? undefined : "true"} href=${pathTo(kind, id)}>${t("On to what it touched")}</a>
      <a class="button" aria-current=${back ? "true" : undefined} href=${pathTo(kind, id, true)}>${t("Back to what touched it")}</a></div>
    <${Answer} asked=${asked}>${(/** @type {any} */ got) => html`<${Found} got=${got} kind=${kind} id=${id} back=${back} />`}<//>`;
}

/** @param {{ kind?: string, id?: string, back?: boolean }} props */
export function Trace({ kind = "", id = "", back = false }) {
  return html`<h1>${t("Trace")}</h1><p class="quiet">${t("Scan or type what is asked about: the record says what it touched, what touched it, and where each container is now.")}</p>
    <${Ask} id=${id} />${kind && id && html`<${Traced} kind=${kind} id=${id} back=${back} />`}`;
}

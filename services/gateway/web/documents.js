/*
 * Procedures and specifications: their versions, each to read as people read it, with what differs from another; a new version is
 * written as a draft that the house checks while it is typed, signed by its author and approved by somebody else. What is approved
 * is never changed. The draft is the document's own JSON (docs/DOCUMENTS.md).
 */
import { html, useState, useEffect, useMemo, useRef, Section, Chip, Answer, Refused, useAsk } from "./ui.js";
import { t, words } from "./text.js";
import { call, prepare } from "./api.js";
import { Signing, Receipt, OnItsWay } from "./act.js";
import { keep, kept, forget } from "./drafts.js";
import { mayAct, verbNamed } from "./router.js";
import { DocumentText, Differences } from "./document_text.js";

/**
 * @typedef {{ key: string, all: string, list: string, show: string, author: string, approve: string, title: string }} Kind
 * @typedef {{ id: string, version: number, state: string, title: string }} Version
 */

/** The two kinds of document, and the verbs of each. @type {Record<string, Kind>} */
const kinds = {
  "P-": { key: "procedure_id", all: "procedures", list: "batch.procedures", show: "batch.procedure_show", author: "batch.procedure_author", approve: "batch.procedure_approve", title: "Procedures" },
  "Q-": { key: "specification_id", all: "specifications", list: "quality.specifications", show: "quality.specification_show", author: "quality.specification_author", approve: "quality.specification_approve", title: "Specifications" },
};
/** @type {Record<string, string>} */
const states = { draft: "warn", approved: "good", superseded: "work" };
const CHECK_MS = 900;

/** @param {string} id */
const kindOf = (id) => kinds[id.slice(0, 2)];

/** @param {Kind} kind @returns {Promise<{ versions: Version[], more: boolean }>} */
async function versionsOf(kind) {
  const got = await call(kind.list);
  return { versions: (got[kind.all] ?? []).map((/** @type {any} */ d) => ({ ...d, id: d[kind.key] })), more: !!got.more };
}

/** @param {string} id @param {number} [version] */
async function read(id, version) {
  const kind = kindOf(id), got = await call(kind.show, { [kind.key]: id, ...(version ? { version } : {}) });
  return { ...got, document: JSON.parse(got.document) };
}

/** @param {{ kind: Kind, versions: Version[], more: boolean }} props */
const List = ({ kind, versions, more }) => html`<${Section} title=${kind.title} note=${more && t("There are more than two hundred versions: the first are shown.")} heads=${["Document", "Version", "Title", "State"]}
  rows=${versions.map((v) => [html`<a href=${`#/documents/${v.id}/${v.version}`}>${v.id}</a>`, String(v.version), html`<span class="long">${v.title}</span>`, html`<${Chip} kind=${states[v.state] || "work"}>${words(v.state)}<//>`])} />`;

function All() {
  const asked = useAsk(() => Promise.all(Object.values(kinds).map(versionsOf)), [], (entry) => /^[PQ]-/.test(entry.stream));
  return html`<h1>${t("Documents")}</h1><p class="quiet">${t("What a batch is made by and judged by. A batch keeps the version that it began with.")}</p>
    <${Answer} asked=${asked}>${(/** @type {any[]} */ got) => Object.values(kinds).map((kind, i) => html`<${List} kind=${kind} ...${got[i]} />
      ${mayAct(verbNamed(kind.author)) && html`<div class="row"><a class="button" href=${`#/act/${kind.author}`}>${t(kind.key === "procedure_id" ? "A new procedure" : "A new specification")}</a></div>`}`)}<//>`;
}

/** @param {{ id: string, version: number }} props */
function One({ id, version }) {
  const [against, setAgainst] = useState(0);
  const kind = kindOf(id);
  const asked = useAsk(async () => {
    const [shown, list, other] = await Promise.all([read(id, version), versionsOf(kind), against ? read(id, against) : null]);
    return { shown, others: list.versions.filter((v) => v.id === id && v.version !== shown.version), other };
  }, [id, version, against], (entry) => entry.stream === id);
  return html`<p><a href="#/documents">${t("All documents")}</a></p><${Answer} asked=${asked}>${(/** @type {any} */ { shown, others, other }) => html`
    <h1>${id} ${t("version {n}", { n: shown.version })} <${Chip} kind=${states[shown.state] || "work"}>${words(shown.state)}<//></h1>
    <div class="row gap">${shown.state === "draft" && mayAct(verbNamed(kind.approve)) && html`<a class="button main" href=${`#/act/${kind.approve}/${id}/${shown.version}`}>${t("Approve")}</a>`}
      ${mayAct(verbNamed(kind.author)) && html`<a class="button" href=${`#/documents/${id}/${shown.version}/draft`}>${t("Write a new version from this")}</a>`}
      ${others.length > 0 && html`<label class="against"><span>${t("Differences from")}</span><select value=${String(against)} onInput=${(/** @type {any} */ e) => setAgainst(Number(e.target.value))}>
        <option value="0">—</option>${others.map((/** @type {Version} */ v) => html`<option value=${String(v.version)}>${t("version {n}", { n: v.version })}</option>`)}</select></label>`}</div>
    ${other && html`<${Differences} was=${other.document} is=${shown.document} title=${t("Version {a} beside version {b}", { a: other.version, b: shown.version })} />`}
    <${DocumentText} document=${shown.document} />`}<//>`;
}

/** What is typed as JSON, or where it is none. @param {string} text */
function parse(text) {
  try {
    return { document: JSON.parse(text) };
  } catch (/** @type {any} */ fault) {
    return { error: { text: t("This is no JSON yet: {why}", { why: fault.message }) } };
  }
}

/** The house's own judgement of the draft, asked when typing rests; it records nothing. @param {Kind} kind @param {any} body */
function useCheck(kind, body) {
  const [said, setSaid] = useState(/** @type {{ state: string, error?: any, prepared?: any }} */ ({ state: "waits" }));
  const text = JSON.stringify(body);
  useEffect(() => {
    let over = false;
    setSaid({ state: "waits" });
    if (!body) return undefined;
    const timer = setTimeout(() => prepare(kind.author, body).then((prepared) => !over && setSaid({ state: "holds", prepared }), (error) => !over && setSaid({ state: "refused", error })), CHECK_MS);
    return () => { over = true; clearTimeout(timer); };
  }, [text]);
  return said;
}

/** @param {{ id: string, base: any, version: number, first?: { text: string } }} props */
function Editor({ id, base, version, first }) {
  const kind = kindOf(id), name = `documents/${id}`;
  const [text, setText] = useState(first?.text ?? JSON.stringify({ ...base.document, version }, null, 2));
  const [signing, setSigning] = useState(/** @type {any} */ (null));
  const [receipt, setReceipt] = useState(/** @type {any} */ (undefined));
  const [error, setError] = useState(/** @type {any} */ (null));
  const shown = useRef(/** @type {any} */ (base.document));
  const parsed = useMemo(() => parse(text), [text]);
  if (parsed.document) shown.current = parsed.document;
  const body = parsed.document && { [kind.key]: id, version, document: parsed.document };
  const checked = useCheck(kind, signing ? null : body);
  /** @param {string} typed */
  const change = (typed) => { setText(typed); setError(null); keep(name, { text: typed }); };
  const look = () => prepare(kind.author, body).then(setSigning, setError);
  if (receipt) return html`<${Receipt} receipt=${receipt} doc=${verbNamed(kind.author)?.doc ?? ""}><a class="button main" href=${`#/documents/${id}/${version}`}>${t("Go on")}</a><//>`;
  if (receipt === null) return html`<${OnItsWay}><a class="button main" href="#/unsent">${t("What is unsent")}</a><//>`;
  if (signing) return html`<${Signing} verb=${verbNamed(kind.author)} prepared=${signing} again=${() => setSigning(null)} done=${(/** @type {any} */ got) => { forget(name); setReceipt(got); }} />`;
  const refused = error ?? parsed.error ?? checked.error;
  return html`<p><a href=${`#/documents/${id}/${base.version}`}>${id} ${t("version {n}", { n: base.version })}</a></p><h1>${t("{id}: draft of version {n}", { id, n: version })}</h1>
    ${first && html`<p class="note" role="status">${t("Typed before and kept on this device: not signed, not recorded.")}
      <button type="button" class="link" onClick=${() => { forget(name); setText(JSON.stringify({ ...base.document, version }, null, 2)); }}>${t("Throw it away")}</button></p>`}
    <label class="field"><span>${t("Document (JSON)")}</span><textarea class="draft" rows="28" spellcheck=${false} autocomplete="off" aria-invalid=${refused ? "true" : undefined} value=${text}
      onInput=${(/** @type {any} */ e) => change(e.target.value)} /></label>
    <div aria-live="polite">${refused ? html`<${Refused} error=${refused} />` : html`<p class=${checked.state === "holds" ? "note good" : "note"}>${checked.state === "holds" ? t("No fault found") : t("Being checked …")}</p>`}</div>
    <div class="row"><button type="button" class="main" disabled=${!body} onClick=${look}>${t("See what would be signed")}</button></div>
    <${Differences} was=${base.document} is=${shown.current} title=${t("What changes against version {n}", { n: base.version })} />
    <h2>${t("As people read it")}</h2><${DocumentText} document=${shown.current} />`;
}

/** @param {{ id: string, version: number }} props */
function Draft({ id, version }) {
  const asked = useAsk(async () => {
    const [base, newest, first] = await Promise.all([read(id, version), read(id), kept(`documents/${id}`)]);
    return { base, version: newest.version + 1, first };
  }, [id, version]);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ got) => html`<${Editor} id=${id} ...${got} />`}<//>`;
}

/** @param {{ id?: string, version?: string, draft?: string }} props */
export function Documents({ id = "", version = "", draft = "" }) {
  if (!kindOf(id)) return html`<${All} />`;
  return draft === "draft" ? html`<${Draft} id=${id} version=${Number(version)} />` : html`<${One} id=${id} version=${Number(version)} />`;
}

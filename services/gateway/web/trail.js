/* The audit trail of a stream: every entry, filtered, and each statement as it was signed. */
import { html, useState, Table, Chip, Time, Refused, Answer, useAsk } from "./ui.js";
import { t, words } from "./text.js";
import { call } from "./api.js";
import { entriesOf } from "./record_text.js";

/** What was recorded stays readable beside what counts now. @param {{ was?: string, is: string }} props */
export const Corrected = ({ was, is }) => html`<span>${was !== undefined && was !== null && html`<del>${was}</del>`} <ins>${is}</ins></span>`;
/** @param {{ entry?: number | string }} props */
export const Unsigned = ({ entry }) => html`<${Chip} kind="warn">${t("Unsigned until reviewed")}${entry ? ` (${t("corrected at entry {n}", { n: entry })})` : ""}<//>`;
/** A signature that lapsed is none until it is made anew. @param {{ e: any }} props */
const Signature = ({ e }) => e.unsigned_by !== undefined ? html`<${Unsigned} entry=${e.unsigned_in ? `${e.unsigned_in} ${e.unsigned_by}` : e.unsigned_by} />`
  : e.is_signed ? html`<${Chip} kind="good">${t("Signed")}<//>` : html`<${Chip} kind="work">${t("Observed")}<//>`;

const MOST = 200;

/** @param {{ label: string, value: string, all: string[], set: (value: string) => void }} props */
const Filter = ({ label, value, all, set }) => html`<label><span>${t(label)}</span><select value=${value} onInput=${(/** @type {any} */ e) => set(e.target.value)}>
  <option value="">${t("All")}</option>${all.map((one) => html`<option value=${one}>${one}</option>`)}</select></label>`;

/** @param {{ id: string, entries: any[] }} props */
function Entries({ id, entries }) {
  const [type, setType] = useState("");
  const [person, setPerson] = useState("");
  const [since, setSince] = useState("");
  const [shown, setShown] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const of = (/** @type {string} */ key) => [...new Set(entries.map((e) => e[key]))].sort();
  const found = entries.filter((e) => (!type || e.type === type) && (!person || e.person_id === person) && (!since || e.time >= since)).reverse();
  /** @param {number} seq */
  const show = async (seq) => {
    setError(null);
    try {
      setShown({ seq, ...(await call("audit.statement", { stream: id, seq })) });
    } catch (refused) {
      setError(refused);
    }
  };
  return html`<div class="row filters"><${Filter} label="What" value=${type} all=${of("type")} set=${setType} /><${Filter} label="Who" value=${person} all=${of("person_id")} set=${setPerson} />
      <label><span>${t("Since")}</span><input type="date" value=${since} onInput=${(/** @type {any} */ e) => setSince(e.target.value)} /></label></div>
    <p class="quiet" role="status">${t("{n} of {of} entries", { n: found.length, of: entries.length })}${found.length > MOST ? `, ${t("the newest {n} shown", { n: MOST })}` : ""}</p>
    <div class="sheet"><${Table} name="Audit trail" heads=${["Entry", "What", "Meaning", "Who", "Signed", "Time", "Statement"]} rows=${found.slice(0, MOST).map((e) => [String(e.seq), e.type, t(e.meaning), e.person_id,
      html`<${Signature} e=${e} />`, html`<${Time} at=${e.time} />`,
      html`<button type="button" class="link" aria-label=${t("Show entry {n}", { n: e.seq })} onClick=${() => show(e.seq)}>${t("Show")}</button>`])} /></div>
    ${error && html`<${Refused} error=${error} />`}
    ${shown && html`<section aria-label=${t("Entry {n}", { n: shown.seq })}><h3>${t("Entry {n}", { n: shown.seq })}</h3><div class="sheet"><pre tabindex="0">${shown.statement}${"\n\n"}${shown.entry}</pre></div></section>`}`;
}

/** Read when it is opened. @param {{ id: string }} props */
export function Trail({ id }) {
  const [open, setOpen] = useState(false);
  return html`<details class="trail" onToggle=${(/** @type {any} */ e) => setOpen(e.target.open)}><summary class="button">${t("Audit trail")}</summary>${open && html`<${Read} id=${id} />`}</details>`;
}

/** @param {{ id: string }} props */
function Read({ id }) {
  const asked = useAsk(() => entriesOf(id), [id], (entry) => entry.stream === id);
  return html`<${Answer} asked=${asked}>${(/** @type {any[]} */ entries) => html`<${Entries} id=${id} entries=${entries} />`}<//>`;
}

/** Hands, places, and when. @param {{ chain: any, children?: unknown }} props */
export const Custody = ({ chain, children }) => html`<section id="custody"><h2>${t("Chain of custody")}</h2>${chain.more && html`<p class="note">${t("There are earlier events than these.")}</p>`}${children}
  <div class="sheet"><${Table} name="Chain of custody" heads=${["Entry", "Event", "Person", "Container", "Place", "Time"]} rows=${(chain.events ?? []).map((/** @type {any} */ e) =>
    [String(e.seq), words(e.event), e.person_id, e.container_id ?? e.transfer_id,
      e.was_place ? html`<${Corrected} was=${e.was_place} is=${e.place} />` : e.place, html`<${Time} at=${e.time} />`])} /></div></section>`;

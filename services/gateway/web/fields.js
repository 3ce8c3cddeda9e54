/* One input a field, from the house's own description of the record. What was typed stays as typed until it is read. */
import { html } from "./ui.js";
import { t, fromWall } from "./text.js";
import { toBase64, toHex } from "./seal.js";

/**
 * @typedef {{ name: string, label: string, kind: string, unit: string, max: number, required: boolean, assigned: boolean, computed: boolean, words: string[], rows: Form }} Field
 * @typedef {{ title: string, fields: Field[] }} Form
 * @typedef {Record<string, any>} Raw
 */

/** The service fills what is assigned, where nobody does. @param {Field} f */
const needed = (f) => f.required && !f.assigned;

/** @param {Field} f */
const note = (f) => [f.unit && f.kind !== "stream" ? f.unit : "", needed(f) ? "" : t("optional")].filter(Boolean).join(", ");

/** @type {Record<string, (value: string) => unknown>} */
const readers = {
  text: (v) => v.replace(/\s*\n\s*/g, " "),
  integer: (v) => (/^-?\d+$/.test(v) ? Number(v) : v),
  stream: (v) => v.toUpperCase(),
  digest: (v) => v.toLowerCase(),
  boolean: (v) => v === "yes",
  time: fromWall,
  texts: (v) => v.split("\n").map((s) => s.trim()).filter(Boolean),
  document: (v) => JSON.parse(v),
};

/** What the record wants, from what was typed. @param {Form} form @param {Raw} raw @returns {Record<string, unknown>} */
export function readFields(form, raw) {
  /** @type {Record<string, unknown>} */
  const record = {};
  for (const f of form.fields.filter((one) => !one.computed)) {
    const typed = raw[f.name];
    if (f.kind === "list") {
      const rows = (typed ?? []).map((/** @type {Raw} */ row) => readFields(f.rows, row));
      if (rows.length) record[f.name] = rows;
    } else if (String(typed ?? "").trim() !== "") {
      record[f.name] = (readers[f.kind] ?? ((v) => v))(String(typed).trim());
    }
  }
  return record;
}

/** @param {Form} form @returns {Raw} */
export const blank = (form) => Object.fromEntries(form.fields.filter((f) => f.kind === "list" && f.required && !f.computed).map((f) => [f.name, [{}]]));

/** A file sets its digest, too, where the record has a field for it beside.
 * @param {{ f: Field, value: any, set: (value: any, more?: Raw) => void, fixed: boolean, bad: boolean }} props */
function Input({ f, value, set, fixed, bad }) {
  const common = { value: value ?? "", required: needed(f), readOnly: fixed, "aria-invalid": bad ? "true" : undefined,
    onInput: (/** @type {any} */ e) => set(e.target.value) };
  const text = { ...common, autocomplete: "off", spellcheck: false };
  const choice = (/** @type {[string, string][]} */ options) => html`<select ...${common} disabled=${fixed}><option value="">—</option>
    ${options.map(([v, said]) => html`<option value=${v}>${said}</option>`)}</select>`;
  switch (f.kind) {
    case "boolean": return choice([["yes", t("Yes")], ["no", t("No")]]);
    case "word": return choice(f.words.map((w) => [w, t(w.replaceAll("_", " "))]));
    case "integer": return html`<input ...${text} inputmode="numeric" />`;
    case "decimal": return html`<input ...${text} inputmode="decimal" maxlength=${f.max || undefined} />`;
    case "time": return html`<input ...${common} type="datetime-local" step="1" />`;
    case "stream": return html`<input ...${text} autocapitalize="characters" maxlength=${f.max || undefined} placeholder=${f.unit ? `${f.unit}-…` : ""} />`;
    case "lines": case "document": return html`<textarea ...${text} rows="8" />`;
    case "texts": return html`<textarea ...${text} rows="3" placeholder=${t("one a line")} />`;
    case "bytes": return html`<input type="file" required=${f.required} onInput=${async (/** @type {any} */ e) => {
      const bytes = new Uint8Array(e.target.files[0] ? await e.target.files[0].arrayBuffer() : 0);
      set(toBase64(bytes), { [`${f.name}_sha256`]: bytes.length ? toHex(await crypto.subtle.digest("SHA-256", bytes)) : "" });
    }} />`;
    default: return f.max > 200 ? html`<textarea ...${text} rows="3" maxlength=${f.max} />` : html`<input ...${text} maxlength=${f.max || undefined} />`;
  }
}

/** @param {{ f: Field, value: Raw[], set: (value: Raw[]) => void }} props */
function List({ f, value, set }) {
  const rows = value ?? [];
  return html`<fieldset class="field" data-field=${f.name}><legend>${t(f.label)}${note(f) && html`<em> ${note(f)}</em>`}</legend>
    ${rows.map((row, i) => html`<div class="rowset" key=${i}><${Fields} form=${f.rows} raw=${row}
      set=${(/** @type {Raw} */ changed) => set(rows.map((r, k) => (k === i ? changed : r)))} />
      <button type="button" class="link" onClick=${() => set(rows.filter((_, k) => k !== i))}>${t("Take out")}</button></div>`)}
    <button type="button" onClick=${() => set([...rows, {}])}>${t("Add one")}</button></fieldset>`;
}

/** The inputs of a record: computed fields are the service's. `preset` fills some, which are then fixed; `bad` is what a refusal
 * names (`values[2].name` marks `values`).
 * @param {{ form: Form, raw: Raw, set: (raw: Raw) => void, preset?: Raw, bad?: string, without?: string[] }} props */
export function Fields({ form, raw, set, preset = {}, bad = "", without = [] }) {
  const wrong = bad.split(/[.[]/)[0];
  return form.fields.filter((f) => !f.computed && !without.includes(f.name)).map((f) => {
    const change = (/** @type {any} */ value, /** @type {Raw} */ more = {}) => set({ ...raw, [f.name]: value, ...more });
    if (f.kind === "list") return html`<${List} f=${f} value=${raw[f.name]} set=${change} />`;
    return html`<label class="field" data-field=${f.name}><span>${t(f.label)}${note(f) && html`<em> ${note(f)}</em>`}</span>
      <${Input} f=${f} value=${preset[f.name] ?? raw[f.name]} set=${change} fixed=${f.name in preset} bad=${f.name === wrong} /></label>`;
  });
}

/** Goes to the input that a refusal names. @param {Element | null} root @param {string} [name] */
export function goTo(root, name = "") {
  const top = name.split(/[.[]/)[0];
  /** @type {HTMLElement | null | undefined} */
  const input = top ? root?.querySelector(`[data-field="${CSS.escape(top)}"] :is(input, select, textarea)`) : null;
  input?.focus();
}

/* A procedure or a specification as a person reads it, and what one version has that another has not. Values are shown as they stand. */
import { html, Section, Facts, Table } from "./ui.js";
import { t, words } from "./text.js";
import { limitsText } from "./limits.js";

/** @typedef {{ path: string, was?: string, is?: string }} Difference */

/** What names an element of a list, so that one put in between moves no other. @param {any} value @param {number} i */
const nameOf = (value, i) => (value !== null && typeof value === "object" ? String(value.no ?? value.name ?? value.code ?? value.id ?? i + 1) : String(i + 1));

/** Every value by its path. @param {any} value @param {string} path @param {Map<string, string>} into */
function flatten(value, path, into) {
  if (Array.isArray(value)) value.forEach((one, i) => flatten(one, `${path}[${nameOf(one, i)}]`, into));
  else if (value !== null && typeof value === "object") for (const [key, one] of Object.entries(value)) flatten(one, path ? `${path}.${key}` : key, into);
  else into.set(path, String(value));
  return into;
}

/** @param {any} was @param {any} is @returns {Difference[]} */
export function differences(was, is) {
  const a = flatten(was, "", new Map()), b = flatten(is, "", new Map());
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path)).map((path) => ({ path, was: a.get(path), is: b.get(path) }));
}

/** @param {{ was: any, is: any, title: string }} props */
export function Differences({ was, is, title }) {
  const all = differences(was, is);
  return html`<section><h2>${title}</h2><div class="sheet"><${Table} name="Differences" heads=${["Where", "Before", "Now"]} empty="The two say the same."
    rows=${all.map((d) => [html`<code>${d.path}</code>`, html`<span class="long">${d.was !== undefined ? html`<del>${d.was}</del>` : t("not there")}</span>`,
      html`<span class="long">${d.is !== undefined ? html`<ins>${d.is}</ins>` : t("taken out")}</span>`])} /></div></section>`;
}

/** @param {any} value @returns {string} */
const said = (value) => (Array.isArray(value) ? value.map(said).join(", ") : value !== null && typeof value === "object" ? JSON.stringify(value) : String(value));
/** What of it has no place of its own here: nothing of a document stays unread because a page did not know it yet. @param {any} o @param {string[]} known @returns {string[]} */
const rest = (o, known) => Object.entries(o ?? {}).filter(([key, value]) => !known.includes(key) && value !== false && value !== "none").map(([key, value]) =>
  (value === true ? words(key) : `${words(key)}: ${typeof value === "string" && /^[a-z_]+$/.test(value) ? words(value) : said(value)}`));

/** @param {any} f */
const field = (f) => [f.label ?? words(String(f.name ?? "")), f.choices ? f.choices.join(", ") : words(String(f.kind ?? "")), f.unit && f.unit !== "1" ? f.unit : "", html`<span class="long">${f.formula ? html`<code>${f.formula}</code> ` : ""}${limitsText(f)}</span>`,
  [f.required ? t("required") : f.kind === "computed" ? "" : t("optional"), f.critical && t("critical"),
    ...rest(f, ["name", "label", "choices", "kind", "unit", "formula", "hard_min", "hard_max", "warn_min", "warn_max", "typical", "decimals", "required", "critical"])].filter(Boolean).join(", ")];

/** Each with what the step asks of it. @param {any[] | undefined} all */
const named = (all) => (all ?? []).map((one) => `${one.label ?? words(String(one.name ?? ""))} (${[t(one.required ? "required" : "optional"), ...rest(one, ["name", "label", "required"])].join(", ")})`).join("; ");

/** @param {any} b */
const balance = (b) => `${(b.in ?? []).join(" + ")} = ${(b.out ?? []).join(" + ")} ± ${t("{percent} % or {least} {unit}", { percent: b.tolerance_percent, least: b.tolerance_min, unit: b.unit })}`;

/** @param {{ s: any }} props */
const Step = ({ s }) => html`<section class="docstep"><h3>${s.no}. ${s.name} <span class="quiet">${words(String(s.stage ?? ""))}</span></h3><p class="instruction">${s.instruction}</p>
  <${Facts} kind="plain" rows=${[["Second person", s.verify ? t("verifies this step") : ""], ["What is worked on", s.scan_to_confirm ? t("is scanned before the step") : ""], ["Begins within, h", s.max_hold_h],
    ["Balance", (s.balance ?? []).map(balance).join("; ")], ["Equipment", named(s.equipment)], ["Materials", named(s.materials)],
    ["Also", rest(s, ["no", "name", "stage", "instruction", "verify", "scan_to_confirm", "max_hold_h", "balance", "equipment", "materials", "fields", "computed"]).join("; ")]]} />
  ${(s.fields?.length > 0 || s.computed?.length > 0) && html`<div class="sheet"><${Table} name=${`${s.no}. ${s.name}`} heads=${["Field", "Kind", "Unit", "Limits", "Asked"]} rows=${[...(s.fields ?? []), ...(s.computed ?? []).map((/** @type {any} */ c) => ({ ...c, kind: "computed" }))].map(field)} /></div>`}</section>`;

/** What else a test asks: of profiles over how many loci and whose, and which others may stand for it. @param {any} q */
const besides = (q) => [q.loci && t("over {n} loci", { n: q.loci }), q.cells_of && t("cells of: {who}", { who: words(String(q.cells_of)) }),
  q.slot && t("one of slot {slot}", { slot: q.slot }), q.surrogate && t("while pending: {code}", { code: q.surrogate }),
  ...rest(q, ["code", "title", "op", "limit", "limit_high", "unit", "gating", "method", "sample_point", "replicates", "pending_allowed", "final_day", "rounding", "loci", "cells_of", "slot", "surrogate"])].filter(Boolean).join(", ");

/** @param {any} q */
const test = (q) => [html`${q.title ?? q.code} <code>${q.code}</code>`, html`<code>${[q.op, q.limit, q.limit_high].filter(Boolean).join(" ")}</code> ${q.unit ?? ""} <span class="quiet">${besides(q)}</span>`, words(String(q.gating ?? "")), q.method, q.sample_point, q.replicates ?? "",
  [q.pending_allowed && t("may be pending at release"), q.final_day && t("final on day {n}", { n: q.final_day })].filter(Boolean).join(", "), q.rounding ? words(String(q.rounding)) : ""];

/** @param {{ document: any }} props */
export const DocumentText = ({ document: d }) => html`<${Facts} rows=${[["Title", d.title], ["Product", d.product], ["Tissue", (d.sources ?? []).map(words).join(", ")], ["Use", d.use && words(d.use)], ["Specification", d.specification],
    ["Storage", d.storage], ["Shelf life, h", d.shelf_life_h], ["Shelf life, months", d.shelf_life_months], ["After thaw, h", d.post_thaw_h], ["References", (d.references ?? []).join("; ")],
    ["Also", rest(d, ["id", "version", "title", "product", "sources", "use", "specification", "storage", "shelf_life_h", "shelf_life_months", "post_thaw_h", "references", "steps", "tests"]).join("; ")]]} />
  ${(d.steps ?? []).map((/** @type {any} */ s) => html`<${Step} key=${s.no} s=${s} />`)}
  ${d.tests && html`<${Section} title="Tests" kind="spec" heads=${["Test", "Limit", "Counts for", "Method", "Sampling point", "Replicates", "Pending", "Rounding"]} rows=${d.tests.map(test)} />`}`;

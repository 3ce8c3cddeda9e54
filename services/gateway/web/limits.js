/* A value beside its limits, for the eye while typing. The verdict that counts is the house's, from exact decimals. */
import { t } from "./text.js";

/** @typedef {{ name: string, label?: string, kind: string, unit?: string, decimals?: number, required?: boolean, critical?: boolean, choices?: string[],
 *   hard_min?: string, hard_max?: string, warn_min?: string, warn_max?: string, typical?: string }} StepField */

/** @param {string | undefined} least @param {string | undefined} most */
const range = (least, most) => (least && most ? t("{a} to {b}", { a: least, b: most }) : least ? t("at least {a}", { a: least }) : t("at most {b}", { b: most }));

/** @param {{ unit?: string, hard_min?: string, hard_max?: string, warn_min?: string, warn_max?: string, typical?: string, decimals?: number }} f */
export function limitsText(f) {
  const unit = f.unit && f.unit !== "1" ? ` ${f.unit}` : "";
  const parts = [];
  if (f.hard_min || f.hard_max) parts.push(t("Limit: {range}", { range: range(f.hard_min, f.hard_max) }) + unit);
  if (f.warn_min || f.warn_max) parts.push(t("usual: {range}", { range: range(f.warn_min, f.warn_max) }) + unit);
  if (f.typical) parts.push(t("typical: {n}", { n: f.typical }) + unit);
  if (f.decimals !== undefined && f.decimals > 0) parts.push(t(f.decimals === 1 ? "one decimal at most" : "{n} decimals at most", { n: f.decimals }));
  return parts.join("; ");
}

/** @param {StepField} f @param {string} value @returns {{ kind: string, text: string } | null} */
export function eye(f, value) {
  if (!["decimal", "integer"].includes(f.kind) || value.trim() === "") return null;
  const n = Number(value);
  if (Number.isNaN(n)) return { kind: "warn", text: t("Cannot be evaluated: not a number") };
  const below = (/** @type {string | undefined} */ limit) => limit !== undefined && n < Number(limit);
  const above = (/** @type {string | undefined} */ limit) => limit !== undefined && n > Number(limit);
  if (below(f.hard_min) || above(f.hard_max)) return { kind: "bad", text: t("Outside its limit: it will be refused") };
  if (below(f.warn_min) || above(f.warn_max)) return { kind: "warn", text: t("Unusual: a reason is needed") };
  return { kind: "good", text: t("Within limits") };
}

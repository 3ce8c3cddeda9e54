/*
 * Words of the pages. The English text is its own key; german.js is the table beside it. What a person signs is the record's
 * own text and is never translated. Times are the lab's: its zone, with the offset said.
 */
import { signal } from "./vendor/signals.js";

const KEPT = "stemma-language";
export const languages = { en: "English", de: "Deutsch" };

function wanted() {
  const kept = localStorage.getItem(KEPT);
  return kept && kept in languages ? kept : navigator.language.startsWith("de") ? "de" : "en";
}

export const language = signal("en");
/** @type {Record<string, string>} */
let table = {};

/** @param {string} name */
async function load(name) {
  table = name === "de" ? (await import("./german.js")).default : {};
  document.documentElement.lang = name;
  language.value = name;
}

export const startLanguage = () => load(wanted());

/** @param {string} name */
export function choose(name) {
  localStorage.setItem(KEPT, name);
  return load(name);
}

/** Texts that were wanted in German and are not in the table; the tests look. @type {Set<string>} */
export const untold = new Set();

/** The text in the page's language; {names} are filled in.
 * @param {string} text @param {Record<string, unknown>} [values] */
export function t(text, values = {}) {
  if (language.value === "de" && !(text in table) && text) untold.add(text);
  const said = (language.value === "de" && table[text]) || text;
  return said.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A word of the record as a person reads it. @param {string} name */
export const words = (name) => t(name.replace(/^cond_/, "conditionally_").replace(/^except_(?=released|handed|received)/, "exceptionally_").replaceAll("_", " ").replace(/^./, (c) => c.toUpperCase()));

/** @param {number} [n] */
export const number = (n) => new Intl.NumberFormat(language.value === "de" ? "de-DE" : "en-GB").format(n ?? 0);
/** @param {number | undefined} n @param {string} one @param {string} [many] */
export const count = (n, one, many = `${one}s`) => `${number(n)} ${t(n === 1 ? one : many)}`;

let zone = "UTC";
/** @param {string} name */
export function setZone(name) {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    zone = name;
  } catch {
    zone = "UTC";
  }
}

/** Year, month … second of a moment in the lab's zone. @param {Date} date */
function wall(date) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit",
    minute: "2-digit", second: "2-digit", hourCycle: "h23" }).formatToParts(date);
  /** @type {Record<string, string>} */
  const named = Object.fromEntries(parts.map((p) => [p.type, p.value]));
  return `${named.year}-${named.month}-${named.day}T${named.hour}:${named.minute}:${named.second}`;
}

/** @param {Date} date */
const offsetMin = (date) => Math.round((Date.parse(`${wall(date)}Z`) - Math.floor(date.getTime() / 1000) * 1000) / 60000);
/** @param {number} n */
const two = (n) => String(n).padStart(2, "0");

/** +01:00 @param {Date} date */
function offset(date) {
  const min = offsetMin(date), abs = Math.abs(min);
  return `${min < 0 ? "−" : "+"}${two(Math.floor(abs / 60))}:${two(abs % 60)}`;
}

/** 2026-03-01 08:30 +01:00 @param {string} text */
export function moment(text) {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : `${wall(date).slice(0, 16).replace("T", " ")} ${offset(date)}`;
}

/** @param {string} text */
export const day = (text) => (Number.isNaN(Date.parse(text)) ? text : wall(new Date(text)).slice(0, 10));

/** What an input of date and time holds, in the lab's zone, as the record's time. @param {string} local */
export function fromWall(local) {
  const asUtc = Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`);
  if (Number.isNaN(asUtc)) throw Object.assign(new Error(), { text: t("This is no date and time: {text}", { text: local }) });
  const guess = asUtc - offsetMin(new Date(asUtc)) * 60000;
  return new Date(asUtc - offsetMin(new Date(guess)) * 60000).toISOString();
}

/** Now, as such an input holds it. */
export const wallNow = () => wall(new Date());

/* The bench's queue: what is next at each open batch, what is for me first, by when. A scan opens what it names. */
import { html, useState, useEffect, Answer, Chip, Time, useAsk } from "./ui.js";
import { t, words } from "./text.js";
import { call } from "./api.js";
import { hasRole } from "./router.js";
import { useScanner } from "./scan.js";

export const mayBench = () => hasRole("technician", "supervisor");

/** @type {Record<string, string>} */
const titles = { perform: "Perform", verify: "Verify", fill: "Fill containers", complete: "Complete recording" };

/** @param {number} ms */
export function span(ms) {
  const min = Math.floor(Math.abs(ms) / 60000);
  return min < 60 ? `${min} min` : min < 2880 ? `${Math.floor(min / 60)} h ${min % 60} min` : t("{n} days", { n: Math.floor(min / 1440) });
}

/** The time now, every so often. @param {number} every */
export function useNow(every) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** How long a hold time still lasts. @param {{ at?: string }} props */
export function Due({ at }) {
  const now = useNow(10000);
  if (!at) return null;
  const left = Date.parse(at) - now;
  return html`<${Chip} kind=${left < 0 ? "bad" : left < 7200000 ? "warn" : "work"}>${left < 0 ? t("overdue by {time}", { time: span(left) })
    : t("due in {time}", { time: span(left) })}<//> <${Time} at=${at} />`;
}

/** @param {{ use: string }} props */
export const Use = ({ use }) => html`<${Chip} kind=${use === "autologous" ? "warn" : "work"}>${use === "autologous" ? t("AUTOLOGOUS: for its donor alone") : words(use)}<//>`;

/** @param {{ w: any }} props */
const Card = ({ w }) => html`<li class="card"><a href=${`#/bench/${w.batch_id}/${w.what === "perform" || w.what === "verify" ? w.step : w.what}`}>
  <strong class="id">${w.batch_id}</strong><span>${t(titles[w.what] ?? w.what)}${w.step ? `: ${t("step {n} of {of}", { n: w.step, of: w.steps_total })}, ${w.name}` : ""}</span></a>
  <p><code>${w.donation_number}</code> ${words(w.tissue)} <${Use} use=${w.use} /> <${Due} at=${w.due_at} /></p>
  ${w.why_not && html`<p class="quiet">${t("Not yours: {why}", { why: t(w.why_not) })}</p>`}</li>`;

/** Where a scanned code leads, or why nowhere. @param {any[]} work @param {string} code */
async function find(work, code) {
  const item = work.find((w) => w.batch_id === code || w.donation_number === code || code.startsWith(`${w.donation_number}-`));
  if (item) return { to: `#/bench/${item.batch_id}` };
  if (/^B-/.test(code)) return { text: t("{code} has no work at the bench now.", { code }), to: "", link: `#/batch/${code}` };
  const said = await named(code);
  return { ...said, to: "" };
}

/** What the house says that a code names, and where that is. @param {string} code @returns {Promise<{ text: string, link: string, hits: any[], isbt: boolean }>} */
export async function named(code) {
  const read = await call("custody.scan", { text: code });
  const hits = read.found ?? [], hit = hits[0], isbt = read.symbology === "isbt_128";
  if (!hit) return { text: t("{code} names nothing that this lab has.", { code }), link: "", hits, isbt };
  const more = [hit.title, hit.state && words(hit.state), hit.place && t("at {place}", { place: hit.place })].filter(Boolean).join(", ");
  return { text: t("{id} is here as {kind}: {more}.", { id: hit.id, kind: words(hit.kind), more }), link: hit.batch_id ? `#/batch/${hit.batch_id}` : "", hits, isbt };
}

export function Bench() {
  const asked = useAsk(() => call("batch.work"), [], (entry) => entry.stream.startsWith("B-"));
  const [said, setSaid] = useState(/** @type {any} */ (null));
  useScanner(async ({ code, twice }) => {
    if (twice) return;
    try {
      const found = await find(asked.result?.work ?? [], code);
      if (found.to) location.hash = found.to;
      else setSaid(found);
    } catch (/** @type {any} */ error) {
      setSaid({ text: error.text || error.sentence });
    }
  });
  return html`<h1>${t("Bench")}</h1><p class="quiet">${t("What is next, due first. Scan a batch, a donation number or a container to open it.")}</p>
    ${said && html`<div class="refusal" role="alert"><p>${said.text} ${said.link && html`<a href=${said.link}>${t("Show it")}</a>`}</p></div>`}
    <${Answer} asked=${asked}>${(/** @type {any} */ got) => {
      const work = /** @type {any[]} */ (got.work ?? []);
      const mine = work.filter((w) => !w.why_not), others = work.filter((w) => w.why_not);
      return html`${got.more && html`<p class="note">${t("There are more: only the two hundred batches that are open longest are here.")}</p>`}${mine.length ? html`<ul class="cards">${mine.map((w) => html`<${Card} key=${w.batch_id} w=${w} />`)}</ul>`
        : html`<p class="sheet empty">${t("Nothing waits for you.")}</p>`}
      ${others.length > 0 && html`<h2>${t("For others")}</h2><ul class="cards others">${others.map((w) => html`<${Card} key=${w.batch_id} w=${w} />`)}</ul>`}`;
    }}<//>`;
}

/*
 * The small parts every page is made of. Text is always text: no markup is ever parsed, which the page's policy enforces too.
 */
import { h } from "./vendor/preact.js";
import htm from "./vendor/htm.js";
import { useState, useEffect, useRef } from "./vendor/hooks.js";
import { t, moment, day } from "./text.js";
import { news } from "./router.js";

export { render } from "./vendor/preact.js";
export { useState, useEffect, useRef, useMemo } from "./vendor/hooks.js";
export { signal, computed, effect } from "./vendor/signals.js";
export const html = htm.bind(h);

/** Said to who listens. @param {string} text */
export function say(text) {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
}

/**
 * @typedef {{ code?: string, text?: string, sentence?: string, hint?: string, request?: string, field?: string, rule?: string, http?: number,
 *   name?: string, message?: string }} Told
 */

/** What was refused, why, and what to do, in the words of the house's catalogue. @param {{ error: Told }} props */
export function Refused({ error }) {
  const why = error.text || t(error.sentence || "") || error.message || String(error);
  return html`<div class="refusal" role="alert"><p>${why}</p>
    ${error.text && error.sentence && html`<p><small>${t(error.sentence)} ${t(error.hint || "")}</small></p>`}
    ${error.request && html`<p><small>${t("Request {id}", { id: error.request })}</small></p>`}</div>`;
}

/** The marks beside a word, so that colour is never alone (shapes of Lucide, see vendor/LICENCES.txt). @type {Record<string, string[]>} */
const marks = {
  good: ["M20 6 9 17l-5-5"],
  bad: ["M18 6 6 18", "m6 6 12 12"],
  warn: ["M12 9v4", "M12 17h.01", "m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3"],
  work: ["M12 6v6l4 2", "M2 12a10 10 0 1 0 20 0a10 10 0 1 0-20 0"],
};

/** @param {{ kind: string }} props */
export const Mark = ({ kind }) => html`<svg class="mark" viewBox="0 0 24 24" width="14" height="14" fill="none" stroke="currentColor"
  stroke-width="3" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${(marks[kind] ?? marks.work).map((d) => html`<path d=${d} />`)}</svg>`;

/** @param {{ kind: string, children?: unknown, role?: string }} props */
export const Chip = ({ kind, children, role }) => html`<span class=${`chip ${kind}`} role=${role}><${Mark} kind=${kind} />${children}</span>`;

/** @param {{ at?: string }} props */
export const Time = ({ at }) => (at ? html`<time datetime=${at} title=${at}>${moment(at)}</time>` : null);
/** @param {{ at?: string }} props */
export const Day = ({ at }) => (at ? html`<time datetime=${at} title=${at}>${day(at)}</time>` : null);

/** A table in a sheet that scrolls by itself; the first cell of a row is its head.
 * @param {{ name: string, heads: string[], rows: unknown[][], caption?: string, empty?: string, kind?: string }} props */
export const Table = ({ name, heads, rows, caption = "", empty = "Nothing yet.", kind = "" }) => (rows.length === 0
  ? html`<p class="empty">${t(empty)}</p>`
  : html`<div class="scroll" tabindex="0" role="region" aria-label=${t(name)}><table class=${kind}>
      ${caption && html`<caption class="unseen">${t(caption)}</caption>`}
      <thead><tr>${heads.map((head) => html`<th scope="col">${t(head)}</th>`)}</tr></thead>
      <tbody>${rows.map((cells) => html`<tr>${cells.map((c, i) => (i === 0 ? html`<th scope="row">${c}</th>` : html`<td>${c}</td>`))}</tr>`)}</tbody>
    </table></div>`);

/** With what is to be known of the rows before they are read. @param {{ title: string, heads: string[], rows: unknown[][], empty?: string, note?: unknown, kind?: string }} props */
export const Section = ({ title, note, ...rest }) => html`<section><h2>${t(title)}</h2>${note && html`<p class="note">${note}</p>`}
  <div class="sheet"><${Table} name=${title} ...${rest} /></div></section>`;

/** Names with what they hold; rows without a value are left out. @param {{ rows: [string, unknown][], kind?: string }} props */
export const Facts = ({ rows, kind = "sheet" }) => html`<dl class=${kind}>${rows.filter(([, v]) => v !== undefined && v !== null && v !== "" && v !== false)
  .map(([k, v]) => [html`<dt>${t(k)}</dt>`, html`<dd>${v}</dd>`])}</dl>`;

/** @param {{ text: string }} props */
export const Reading = ({ text }) => html`<p class="sheet empty" aria-busy="true">${t(text)}</p>`;

/**
 * What the house answers, asked when `deps` change; an answer to what was asked before is not shown. With `live`, asked again
 * when the house announces an entry that `live` says concerns it.
 * @template R @param {() => Promise<R>} ask @param {unknown[]} deps @param {(entry: { stream: string, seq: number }) => boolean} [live]
 * @returns {{ result?: R, error?: any, again: () => Promise<void> }}
 */
export function useAsk(ask, deps, live) {
  const [state, set] = useState(/** @type {{ result?: any, error?: any }} */ ({}));
  const turn = useRef(0);
  const again = async () => {
    const mine = ++turn.current;
    try {
      const result = await ask();
      if (mine === turn.current) set({ result });
    } catch (error) {
      if (mine === turn.current) set({ error });
    }
  };
  useEffect(() => {
    set({});
    again();
    return () => { turn.current++; };
  }, deps);
  useEffect(() => {
    if (!live) return undefined;
    let waiting = 0, first = true;
    const stop = news.subscribe((entry) => {
      const known = first;
      first = false;
      if (known || !entry || !live(entry)) return;
      clearTimeout(waiting);
      waiting = setTimeout(again, 300);
    });
    return () => { clearTimeout(waiting); stop(); };
  }, deps);
  return { ...state, again };
}

/** An answer, or what is shown until it is there, or why it is not.
 * @param {{ asked: { result?: any, error?: any }, reading?: string, children: (result: any) => unknown }} props */
export const Answer = ({ asked, reading = "Reading …", children }) => (asked.error ? html`<${Refused} error=${asked.error} />`
  : asked.result === undefined ? html`<${Reading} text=${reading} />` : children(asked.result));

/** A button that works: disabled while it does, and what went wrong goes to `failed`.
 * @param {{ run: () => Promise<unknown> | unknown, failed: (error: any) => void, kind?: string, disabled?: boolean, children?: unknown }} props */
export function Working({ run, failed, kind = "", disabled = false, children }) {
  const [busy, setBusy] = useState(false);
  const click = async () => {
    setBusy(true);
    try {
      await run();
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  return html`<button type="button" class=${kind} disabled=${busy || disabled} onClick=${click}>${children}</button>`;
}

/*
 * A short tour at a person's first login in this browser: a note under the bar that says of one place after the other what it is for, and marks
 * it. It lies on nothing, takes no focus and no key, and is out of sight wherever somebody is at one batch, one form or a signature.
 */
import { html, signal, useEffect, say } from "./ui.js";
import { t } from "./text.js";
import { me, house, route, signing, mayAct, verbNamed } from "./router.js";
import { mayBench } from "./bench.js";
import { mayReview } from "./review.js";

/** @typedef {{ name: string, page: string, may: () => boolean, title: string, text: string }} Stop the sheet marks the place by its name */
/** @type {Stop[]} */
const stops = [
  { name: "bench", page: "#/bench", may: mayBench, title: "The bench", text: "What is next at each batch, due first. Scan a batch, a label or a donation number, and it opens, wherever the focus is." },
  { name: "step", page: "#/bench", may: mayBench, title: "A step", text: "Each card opens one step: what to do, what to enter, its limits. What you type is kept on this device; it counts when you have signed it." },
  { name: "review", page: "#/review", may: mayReview, title: "Review", text: "Batches by what stands against them. Those without an exception are quickly looked at; the others say their reasons." },
  { name: "batches", page: "#/batches", may: () => true, title: "A batch on one page", text: "Every batch, newest first. Open one: its steps, tests, points of the gate, who did what, and its dossier." },
  { name: "acts", page: "#/acts", may: () => true, title: "Acts", text: "All that your roles allow, each by a form. You see the text to the letter before you sign it, with your own secret." },
  { name: "record", page: "#/record", may: () => mayAct(verbNamed("audit.verify")), title: "The record", text: "Every entry of the log. Here it is verified, and you see what it was verified against." },
  { name: "own", page: "#/own", may: () => true, title: "Your key, and help", text: "A refusal says why, and what to do; the number of its request finds it in the logs, for whoever helps you. Under your name you change your secret and see this tour again." },
];

/** Where this person is in the tour; -1: it is over. Kept for each person of this browser. */
const at = signal(-1);
const keptAs = () => `stemma-tour/${me.value?.session?.person_id}`;

/** @param {number} n */
function go(n) {
  at.value = n;
  localStorage.setItem(keptAs(), n < 0 ? "over" : String(n));
}

export const startTour = () => go(0);

export function Tour() {
  const who = me.value?.session?.person_id, mine = stops.filter((stop) => stop.may());
  useEffect(() => {
    const kept = localStorage.getItem(keptAs()) ?? "0";
    at.value = kept === "over" ? -1 : Number(kept);
  }, [who]);
  const stop = house.value && route.value.length < 2 && signing.value === 0 ? mine[at.value] : undefined;
  useEffect(() => {
    if (stop) document.documentElement.dataset.tour = stop.name;
    return () => { delete document.documentElement.dataset.tour; };
  }, [stop?.name]);
  if (!stop) return null;
  /** @param {number} n */
  const to = (n) => () => {
    go(n);
    location.hash = mine[n].page;
    say(`${t(mine[n].title)}. ${t(mine[n].text)}`);
  };
  const n = at.value;
  return html`<aside class="sheet tour" aria-label=${t("Tour")}><div><p class="quiet">${t("Tour, {n} of {of}", { n: n + 1, of: mine.length })}</p>
      <p><strong>${t(stop.title)}.</strong> ${t(stop.text)}</p></div>
    <div class="row">${n > 0 && html`<button type="button" onClick=${to(n - 1)}>${t("Back")}</button>`}
      ${n + 1 < mine.length && html`<button type="button" class="main" onClick=${to(n + 1)}>${t("Next stop")}</button>`}
      <button type="button" class=${n + 1 < mine.length ? "" : "main"} onClick=${() => go(-1)}>${t("End the tour")}</button></div></aside>`;
}

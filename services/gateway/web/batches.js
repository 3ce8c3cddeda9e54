/* The batches with their state, newest first; kept fresh by the house's announcements. */
import { el, show, say, refusal, words, time } from "/dom.js";
import { call } from "/api.js";

export const states = { open: "work", in_process: "work", in_test: "warn", on_hold: "bad", released: "good", rejected: "bad",
  handed_over: "good", received: "good" };
const PAGE = 50;

function row(batch) {
  return el("tr", {},
    el("th", { scope: "row" }, el("a", { href: `#/batch/${batch.batch_id}` }, batch.batch_id)),
    el("td", {}, el("span", { class: `chip ${states[batch.state] || "work"}` }, words(batch.state))),
    el("td", {}, words(batch.tissue)),
    el("td", {}, words(batch.use)),
    el("td", {}, batch.donation_number),
    el("td", {}, el("progress", { max: Math.max(batch.steps_total, 1), value: batch.steps_done,
      "aria-label": `Steps done of ${batch.batch_id}` }), `${batch.steps_done} of ${batch.steps_total} `,
      batch.unsigned_count ? el("strong", { class: "chip warn" }, `${batch.unsigned_count} unsigned until reviewed`) : null),
    el("td", {}, `${batch.procedure_id} v${batch.procedure_version}`),
    el("td", {}, time(batch.opened_at)));
}

function table(batches) {
  if (batches.length === 0) return el("p", { class: "empty" }, "No batches here yet.");
  const heads = ["Batch", "State", "Tissue", "Use", "Donation number", "Steps", "Procedure", "Opened"];
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Batches" },
    el("table", {}, el("caption", { class: "unseen" }, "Batches, newest first"),
      el("thead", {}, el("tr", {}, heads.map((h) => el("th", { scope: "col" }, h)))),
      el("tbody", {}, batches.map(row))));
}

export function showBatches(onRefusal) {
  const list = el("div", { class: "sheet", "aria-busy": "true" }, el("p", { class: "empty" }, "Reading the batches…"));
  const more = el("div", { class: "row" });
  const state = el("select", { onchange: () => load() }, el("option", { value: "" }, "All states"),
    Object.keys(states).map((s) => el("option", { value: s }, words(s))));
  let batches = [];

  async function load(before = "") {
    const body = { limit: PAGE };
    if (state.value) body.state = state.value;
    if (before) body.before = before;
    try {
      const page = (await call("batch.list", body)).batches ?? [];
      batches = before ? batches.concat(page) : page;
      list.replaceChildren(table(batches));
      more.replaceChildren(...(page.length === PAGE
        ? [el("button", { onclick: () => load(batches.at(-1).batch_id) }, "Show older batches")] : []));
      say(`${batches.length} batches`);
    } catch (error) {
      if (!onRefusal(error)) list.replaceChildren(refusal(error));
    } finally {
      list.setAttribute("aria-busy", "false");
    }
  }

  show(el("div", { class: "head" },
    el("div", {}, el("h1", {}, "Batches"), el("p", { class: "quiet" }, "Newest first. State and steps come from the signed record.")),
    el("label", {}, el("span", {}, "State"), state)), list, more);
  load();
  return load;
}

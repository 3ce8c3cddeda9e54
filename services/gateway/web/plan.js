/* What ends when, and what to do by when: the audit service's plan of renewals, the urgent first. Who may renew does it here. */
import { el, show, say, refusal, words, time } from "/dom.js";
import { call } from "/api.js";

const states = { late: "bad", due: "warn", good: "good", renewed: "work" };
const order = Object.keys(states);
const readers = ["qa", "auditor", "admin"], renewers = ["qa", "admin"];
const has = (me, roles) => (me.session.roles ?? []).some((r) => roles.includes(r));

export const mayPlan = (me) => has(me, readers);

/* What stands between backticks is typed as it is. */
const withCommands = (text) => text.split("`").map((part, i) => (i % 2 ? el("code", {}, part) : part));

function row(r) {
  return el("tr", {},
    el("th", { scope: "row" }, words(r.kind)),
    el("td", {}, el("span", { class: `chip ${states[r.state] || "warn"}` }, words(r.state))),
    el("td", { class: "long" }, r.name),
    el("td", {}, r.ends_at ? time(r.ends_at) : "–"),
    el("td", {}, r.act_by ? time(r.act_by) : "–"),
    el("td", { class: "long" }, withCommands(r.todo)));
}

function table(rows) {
  const heads = ["Kind", "State", "Which", "Ends", "Act by", "What to do"];
  const sorted = [...rows].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || (a.act_by ?? "9").localeCompare(b.act_by ?? "9"));
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Plan" },
    el("table", {}, el("caption", { class: "unseen" }, "What ends when, the urgent first"),
      el("thead", {}, el("tr", {}, heads.map((h) => el("th", { scope: "col" }, h)))),
      el("tbody", {}, sorted.map(row))));
}

function done(result) {
  if (result.state === "under_way") return `Under way: ${result.size} entries so far. This page shows the second tree when it is recorded.`;
  return `Recorded over ${result.size} entries by ${result.authority}; it lasts until ${result.lasts_until.slice(0, 10)}.`;
}

export function showPlan(me, onRefusal) {
  const list = el("div", { class: "sheet", "aria-busy": "true" }, el("p", { class: "empty" }, "Reading the plan…"));
  const note = el("p", { class: "quiet" }, "Read from the record.");
  const said = el("div", {});

  async function load() {
    try {
      const plan = await call("audit.plan", {});
      list.replaceChildren(table(plan.rows ?? []));
      note.textContent = plan.due === 0 ? "Nothing is due." : `${plan.due} of ${plan.rows.length} are due or late.`;
      say(note.textContent);
    } catch (error) {
      if (!onRefusal(error)) list.replaceChildren(refusal(error));
    } finally {
      list.setAttribute("aria-busy", "false");
    }
  }

  function renew(what, text) {
    const button = el("button", { async onclick() {
      button.disabled = true;
      try {
        said.replaceChildren(el("p", { class: "note good", role: "status" }, done(await call("audit.renew", { what }))));
        await load();
      } catch (error) {
        if (!onRefusal(error)) said.replaceChildren(refusal(error));
      } finally {
        button.disabled = false;
      }
    } }, text);
    return button;
  }

  show(el("div", { class: "head" }, el("div", {}, el("h1", {}, "Plan"), note),
    has(me, renewers) ? el("div", { class: "row" }, renew("time_stamps", "Renew time-stamps"), renew("hashes", "Hash the log anew")) : null),
    said, list);
  load();
  return load;
}

/*
 * An act in three steps: say what (a form from the contract), see exactly what will be signed, sign it with one's own
 * secret. The text shown must have the digest that stands in the statement; else there is nothing to sign.
 */
import { el, show, say, stillHere, refusal, words, time } from "/dom.js";
import { get, post, call, commandId, prepare, signAndCommit } from "/api.js";
import { fields, mark } from "/fields.js";

const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");

async function isWhatIsShown(prepared) {
  const digest = hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(prepared.rendered)));
  const line = prepared.statement.split("\n").find((l) => l.startsWith("rendered "));
  return line?.split(" ")[1] === digest;
}

function showReceipt(verb, receipt, back) {
  show(el("div", { class: "sheet login" },
    el("h1", {}, "Recorded"),
    el("p", { class: "quiet" }, verb.doc),
    el("dl", { class: "plain" },
      el("dt", {}, "Stream"), el("dd", {}, receipt.stream),
      el("dt", {}, "Entry"), el("dd", {}, String(receipt.seq)),
      el("dt", {}, "Time"), el("dd", {}, time(receipt.time)),
      el("dt", {}, "Leaf"), el("dd", {}, el("code", {}, receipt.leaf))),
    el("div", { class: "row" }, el("a", { class: "button main", href: back(receipt) }, "Go on"))));
  say("Recorded");
}

async function showSigning(verb, prepared, again, back, onRefusal) {
  if (!(await isWhatIsShown(prepared))) {
    show(refusal({ text: "What came to be shown is not what would be signed. Nothing was signed." }));
    return;
  }
  const secret = el("input", { type: "password", autocomplete: "current-password", required: true });
  const code = el("input", { inputmode: "numeric", autocomplete: "one-time-code", maxlength: "6" });
  const asked = el("label", { class: "field", hidden: true }, el("span", {}, "Code that your device shows"), code);
  const button = el("button", { class: "main" }, `Sign as ${verb.meaning}`);
  const outcome = el("div");
  const form = el("form", { async onsubmit(event) {
    event.preventDefault();
    button.disabled = true;
    outcome.replaceChildren();
    try {
      showReceipt(verb, await signAndCommit(verb.name, prepared, secret.value, code.value), back);
    } catch (error) {
      if (error.code === "code_missing") asked.hidden = false;
      if (error.code === "code_missing" || !onRefusal(error)) outcome.replaceChildren(refusal(error));
    } finally {
      secret.value = code.value = "";
      button.disabled = false;
    }
  } },
  el("label", { class: "field" }, el("span", {}, "Your secret"), secret), asked, outcome,
  el("div", { class: "row" }, button, el("button", { type: "button", onclick: again }, "Change it")));
  show(el("h1", {}, "This is what you sign"), el("p", { class: "quiet" }, `${verb.doc} Your signature means: ${verb.meaning}.`),
    el("div", { class: "sheet" }, el("pre", { tabindex: "0", "aria-label": "Text to be signed" }, prepared.rendered)),
    el("div", { class: "narrow" }, form));
  secret.focus();
}

const answers = (result) => el("div", { class: "sheet" }, el("pre", { tabindex: "0" }, JSON.stringify(result, null, 2)));

/* Any verb of the contract by its form. */
export async function showAct(verb, preset, back, onRefusal) {
  const here = stillHere();
  const form = await get(`/api/forms/${verb.in}`);
  if (!here()) return;
  const inputs = fields(form, preset);
  const outcome = el("div", { "aria-live": "polite" });
  const button = el("button", { class: "main" }, verb.kind === "act" ? "See what would be signed" : "Send");
  const command = commandId();
  const sheet = el("form", { class: "sheet form", novalidate: true, async onsubmit(event) {
    event.preventDefault();
    button.disabled = true;
    outcome.replaceChildren();
    try {
      const body = await inputs.read();
      if (verb.kind === "act") await showSigning(verb, await prepare(verb.name, body), () => show(...page), back, onRefusal);
      else if (verb.kind === "observe") showReceipt(verb, await post(`/api/${verb.name.replace(".", "/")}`, body, command), back);
      else outcome.replaceChildren(answers(await call(verb.name, body)));
    } catch (error) {
      if (onRefusal(error)) return;
      outcome.replaceChildren(refusal(error));
      mark(sheet, error.field);
    } finally {
      button.disabled = false;
    }
  } }, inputs.nodes, outcome, el("div", { class: "row" }, button));
  const page = [el("h1", {}, form.title), el("p", { class: "quiet" }, verb.doc), sheet];
  show(...page);
}

export const mayAct = (verb, me) => verb.roles === "anyone" || verb.roles.split(", ").some((r) => (me.session.roles ?? []).includes(r));

/* What this person may do, by service. */
export function showActs(verbs, me) {
  const mine = verbs.filter((v) => ["act", "observe"].includes(v.kind) && mayAct(v, me));
  const groups = Object.groupBy ? Object.groupBy(mine, (v) => v.name.split(".")[0])
    : mine.reduce((all, v) => ({ ...all, [v.name.split(".")[0]]: [...(all[v.name.split(".")[0]] ?? []), v] }), {});
  show(el("h1", {}, "Acts"), el("p", { class: "quiet" }, "What your roles allow. Each act is signed with your own key, after you saw what it says."),
    Object.entries(groups).map(([service, list]) => el("section", {}, el("h2", {}, words(service)),
      el("ul", { class: "sheet acts" }, list.map((v) => el("li", {},
        el("a", { href: `#/act/${v.name}` }, words(v.name.split(".")[1])), el("span", { class: "quiet" }, v.doc)))))));
}

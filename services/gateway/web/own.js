/* One's own key: its authenticator, its secret. Nobody else can do either for a person. */
import { el, show, say, refusal, stillHere } from "/dom.js";
import { authenticator, registerAuthenticator, changeSecret } from "/api.js";
import { made } from "/authenticator.js";

const field = (label, props) => {
  const input = el("input", { required: true, ...props });
  return { input, node: el("label", { class: "field" }, el("span", {}, label), input) };
};

const codeField = () => {
  const code = field("Code that your device shows", { inputmode: "numeric", autocomplete: "one-time-code", maxlength: "6", required: false });
  code.node.hidden = true;
  return code;
};

/* A form that does one thing; a refusal that a code is missing asks for one. */
function sheet(name, button, inputs, code, run) {
  const outcome = el("div", { "aria-live": "polite" });
  const send = el("button", { class: "main" }, button);
  return el("form", { class: "sheet form", "aria-label": name, novalidate: true, async onsubmit(event) {
    event.preventDefault();
    send.disabled = true;
    outcome.replaceChildren();
    try {
      await run();
    } catch (error) {
      if (error.code === "code_missing") code.node.hidden = false;
      outcome.replaceChildren(refusal(error));
    } finally {
      for (const one of [...inputs, code]) one.input.value = "";
      send.disabled = false;
    }
  } }, inputs.map((one) => one.node), code.node, outcome, el("div", { class: "row" }, send));
}

function authenticatorPart(known, me, again) {
  const head = el("h2", {}, "Authenticator");
  if (!known.rp_id) return [head, el("p", {}, "This lab takes no authenticators.")];
  if (known.credential_id)
    return [head, el("p", {}, "An authenticator is registered. One that is lost is a lost key: an administrator renews it.")];
  const secret = field("Your secret", { type: "password", autocomplete: "current-password" });
  const code = codeField();
  let fresh = null;             /* kept when the secret was mistyped, so that the device makes no second one */
  return [head, el("p", { class: "quiet" }, "A security key, or this device. It is asked twice: to make a key, and to show that it has it."),
    sheet("Authenticator", "Register authenticator", [secret], code, async () => {
      fresh ??= await made(known, me.session.person_id);
      await registerAuthenticator(fresh, secret.input.value, code.input.value);
      say("The authenticator is registered");
      await again();
    })];
}

function secretPart() {
  const before = field("Secret until now", { type: "password", autocomplete: "current-password" });
  const [after, same] = ["New secret", "New secret again"].map((label) => field(label, { type: "password", autocomplete: "new-password" }));
  const code = codeField();
  const done = el("p", { role: "status" });
  return [el("h2", {}, "Secret"), sheet("Secret", "Change secret", [before, after, same], code, async () => {
    done.textContent = "";
    if (after.input.value !== same.input.value) throw Object.assign(new Error(), { text: "The two new secrets differ. Nothing was changed." });
    await changeSecret(before.input.value, after.input.value, code.input.value);
    done.textContent = "The secret is changed.";
  }), done];
}

export async function showOwn(me) {
  const here = stillHere();
  const known = await authenticator(me.session.person_id);
  if (!here()) return;
  show(el("h1", {}, "My key"), authenticatorPart(known, me, () => showOwn(me)), secretPart());
}

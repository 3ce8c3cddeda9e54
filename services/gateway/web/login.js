/* Logging in: the person's id and the secret that opens the person's key for one signature. */
import { el, show, refusal } from "/dom.js";
import { login } from "/api.js";

export function showLogin(done, why = "") {
  const person = el("input", { id: "person", name: "person", autocomplete: "username", autocapitalize: "characters",
    spellcheck: "false", required: true, pattern: "U-[A-Z0-9]{1,27}", maxlength: "29", placeholder: "U-…" });
  const secret = el("input", { id: "secret", name: "secret", type: "password", autocomplete: "current-password", required: true });
  const code = el("input", { id: "code", inputmode: "numeric", autocomplete: "one-time-code", maxlength: "6" });
  const asked = el("label", { class: "field", hidden: true }, el("span", {}, "Code that your device shows"), code);
  const button = el("button", { class: "main wide" }, "Log in");
  const outcome = el("div");
  const form = el("form", { class: "sheet login", novalidate: true, async onsubmit(event) {
    event.preventDefault();
    const id = person.value.trim().toUpperCase();
    if (!id || !secret.value) {
      outcome.replaceChildren(refusal({ text: "Both the person and the secret are needed." }));
      (id ? secret : person).focus();
      return;
    }
    button.disabled = true;
    outcome.replaceChildren();
    try {
      done(await login(id, secret.value, code.value));
    } catch (error) {
      outcome.replaceChildren(refusal(error));
      if (error.code === "code_missing") asked.hidden = false;
      secret.focus();
    } finally {
      secret.value = code.value = "";
      button.disabled = false;
    }
  } },
  el("h1", {}, "Log in"),
  el("p", { class: "quiet" }, "Your secret opens your key in the signer, and nowhere else."),
  why ? el("p", { class: "note" }, why) : null,
  el("label", { class: "field" }, el("span", {}, "Person"), person),
  el("label", { class: "field" }, el("span", {}, "Secret"), secret),
  asked,
  outcome, button);
  show(form);
  person.focus();
}

/* One's own key: its authenticator, its secret. Nobody else can do either for a person. */
import { html, useState, useRef, Refused, Answer, useAsk, say } from "./ui.js";
import { t } from "./text.js";
import { authenticator, registerAuthenticator, changeSecret } from "./api.js";
import { made } from "./authenticator.js";
import { me } from "./router.js";
import { startTour } from "./tour.js";

/**
 * A form of secrets that does one thing; a refusal that a code is missing asks for one. Nothing of it is kept.
 * @param {{ name: string, button: string, inputs: [string, string, string][], run: (typed: Record<string, string>) => Promise<void> }} props
 */
function Sheet({ name, button, inputs, run }) {
  const [typed, setTyped] = useState(/** @type {Record<string, string>} */ ({}));
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  /** @param {string} key */
  const into = (key) => (/** @type {any} */ e) => setTyped({ ...typed, [key]: e.target.value });
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await run(typed);
    } catch (/** @type {any} */ refused) {
      if (refused.code === "code_missing") setAsked(true);
      setError(refused);
    }
    setTyped({});
    setBusy(false);
  };
  return html`<form class="sheet form" aria-label=${t(name)} novalidate onSubmit=${submit}>
    ${inputs.map(([key, label, complete]) => html`<label class="field"><span>${t(label)}</span><input type="password" required autocomplete=${complete}
      value=${typed[key] ?? ""} onInput=${into(key)} /></label>`)}
    ${asked && html`<label class="field"><span>${t("Code that your device shows")}</span><input inputmode="numeric" autocomplete="one-time-code" maxlength="6"
      value=${typed.code ?? ""} onInput=${into("code")} /></label>`}
    <div aria-live="polite">${error && html`<${Refused} error=${error} />`}</div>
    <div class="row"><button class="main" disabled=${busy}>${t(button)}</button></div></form>`;
}

/** @param {{ known: any, again: () => Promise<void> }} props */
function AuthenticatorPart({ known, again }) {
  const fresh = useRef(/** @type {any} */ (null));      /* kept when the secret was mistyped, so that the device makes no second one */
  if (!known.rp_id) return html`<p>${t("This lab takes no authenticators.")}</p>`;
  if (known.credential_id) return html`<p>${t("An authenticator is registered. One that is lost is a lost key: an administrator renews it.")}</p>`;
  return html`<p class="quiet">${t("A security key, or this device. It is asked twice: to make a key, and to show that it has it.")}</p>
    <${Sheet} name="Authenticator" button="Register authenticator" inputs=${[["secret", "Your secret", "current-password"]]} run=${async (/** @type {any} */ typed) => {
      fresh.current ??= await made(known, me.value?.session?.person_id ?? "");
      await registerAuthenticator(fresh.current, typed.secret ?? "", typed.code ?? "");
      say(t("The authenticator is registered"));
      await again();
    }} />`;
}

function SecretPart() {
  const [done, setDone] = useState(false);
  return html`<h2>${t("Secret")}</h2><${Sheet} name="Secret" button="Change secret" inputs=${[["before", "Secret until now", "current-password"],
    ["after", "New secret", "new-password"], ["same", "New secret again", "new-password"]]} run=${async (/** @type {any} */ typed) => {
      setDone(false);
      if (typed.after !== typed.same) throw Object.assign(new Error(), { text: t("The two new secrets differ. Nothing was changed.") });
      await changeSecret(typed.before ?? "", typed.after ?? "", typed.code ?? "");
      setDone(true);
    }} /><p role="status">${done && t("The secret is changed.")}</p>`;
}

export function Own() {
  const asked = useAsk(() => authenticator(me.value?.session?.person_id ?? ""), []);
  return html`<h1>${t("My key")}</h1><h2>${t("Authenticator")}</h2>
    <${Answer} asked=${asked}>${(/** @type {any} */ known) => html`<${AuthenticatorPart} known=${known} again=${asked.again} />`}<//><${SecretPart} />
    <h2>${t("Tour")}</h2><p class="quiet">${t("A few notes say what the pages are for.")}</p><div class="row"><button type="button" onClick=${startTour}>${t("Show the tour again")}</button></div>`;
}

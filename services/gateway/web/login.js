/* Logging in: the person's id and the secret that opens the person's key for one signature. */
import { html, useState, useEffect, useRef, Refused } from "./ui.js";
import { t, moment } from "./text.js";
import { login } from "./api.js";
import { why, signedSince } from "./router.js";

/** Since when the count is. @param {import("./router.js").Signed} since */
function from(since) {
  if (since.login_before_at) return t("Since your last login at {at}, terminal {terminal}:", { at: moment(since.login_before_at), terminal: since.login_before_terminal });
  return since.counted_from ? t("Since {at}, as far as was looked, with no login of yours:", { at: moment(since.counted_from) })
    : t("In the signer's journal, which has no login of yours before:");
}

/** Who has the secret signs in the person's name: the person sees at each login how often somebody did. */
export function SignedSince() {
  const since = signedSince.value;
  if (!since) return null;
  const n = since.signed_count, at = moment(since.signed_last_at ?? "");
  const many = !n ? t("no signature was made in your name.") : n === 1 ? t("one signature was made in your name, at {at}.", { at })
    : t("{n} signatures were made in your name, the last at {at}.", { n, at });
  return html`<aside class="note since" aria-label=${t("Signatures in your name")}><p role="status">${from(since)} ${many}
    ${" "}<button type="button" class="link" onClick=${() => { signedSince.value = null; }}>${t("I have read it")}</button></p></aside>`;
}

/** @param {{ person?: string }} props */
export function Login({ person = "" }) {
  const [id, setId] = useState(person);
  const [secret, setSecret] = useState("");
  const [code, setCode] = useState("");
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const personInput = useRef(/** @type {HTMLInputElement | null} */ (null));
  const secretInput = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => { (person ? secretInput : personInput).current?.focus(); }, []);

  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    const wanted = id.trim().toUpperCase();
    setError(null);
    if (!wanted || !secret) {
      setError({ text: t("Both the person and the secret are needed.") });
      (wanted ? secretInput : personInput).current?.focus();
      return;
    }
    setBusy(true);
    try {
      await login(wanted, secret, code);
    } catch (/** @type {any} */ refused) {
      setError(refused);
      if (refused.code === "code_missing") setAsked(true);
      secretInput.current?.focus();
    }
    setSecret("");
    setCode("");
    setBusy(false);
  };

  return html`<form class="sheet login" novalidate onSubmit=${submit}>
    <h1>${t("Log in")}</h1>
    <p class="quiet">${t("Your secret opens your key in the signer, and nowhere else.")}</p>
    ${why.value && html`<p class="note" role="status">${t(why.value)}</p>`}
    <label class="field"><span>${t("Person")}</span><input ref=${personInput} name="person" autocomplete="username" autocapitalize="characters"
      spellcheck=${false} required maxlength="29" placeholder="U-…" value=${id} onInput=${(/** @type {any} */ e) => setId(e.target.value)} /></label>
    <label class="field"><span>${t("Secret")}</span><input ref=${secretInput} name="secret" type="password" autocomplete="current-password" required
      value=${secret} onInput=${(/** @type {any} */ e) => setSecret(e.target.value)} /></label>
    ${asked && html`<label class="field"><span>${t("Code that your device shows")}</span><input inputmode="numeric" autocomplete="one-time-code"
      maxlength="6" value=${code} onInput=${(/** @type {any} */ e) => setCode(e.target.value)} /></label>`}
    ${error && html`<${Refused} error=${error} />`}
    <button class="main wide" disabled=${busy}>${t("Log in")}</button></form>`;
}

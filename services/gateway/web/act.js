/*
 * An act in three steps: say what (a form from the contract), see exactly what will be signed, sign it with one's own secret.
 * The text shown must have the digest that stands in the statement; else there is nothing to sign.
 */
import { html, useState, useEffect, useRef, Refused, Facts, Answer, Time, useAsk, say } from "./ui.js";
import { t, words } from "./text.js";
import { get, call, observe, commandId, prepare, sign, record } from "./api.js";
import { Fields, readFields, blank, goTo } from "./fields.js";
import { keep, kept, forget, keepSending, mayPass } from "./drafts.js";
import { toHex } from "./seal.js";
import { handOver } from "./dossier.js";
import { house, mayAct, verbNamed, me, hasRole, signing } from "./router.js";

/** @param {{ rendered: string, statement: string }} prepared */
export async function isWhatIsShown(prepared) {
  const digest = toHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(prepared.rendered)));
  const line = prepared.statement.split("\n").find((l) => l.startsWith("rendered "));
  return line?.split(" ")[1] === digest;
}

/** Records what is signed; null where the network was lost behind the signature: then it waits on this device.
 * @param {string} verb @param {{ statement: string, signature: string }} signed */
export async function recordSigned(verb, signed) {
  const id = toHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(signed.statement)));
  await keepSending(id, { verb, signed, title: verb });         /* before it is sent: a reload in between loses nothing */
  try {
    const receipt = await record(verb, signed);
    await forget(`sending/${id}`);
    return receipt;
  } catch (/** @type {any} */ refused) {
    if (mayPass(refused)) return null;
    await forget(`sending/${id}`);
    throw refused;
  }
}

/** While what calls it is shown, a text is shown to be signed. */
export const useSigning = () => useEffect(() => {
  signing.value++;
  return () => { signing.value--; };
}, []);

/** @param {{ receipt: any, doc: string, children?: unknown }} props */
export const Receipt = ({ receipt, doc, children }) => html`<div class="sheet login"><h1>${t("Recorded")}</h1><p class="quiet">${t(doc)}</p>
  <${Facts} kind="plain" rows=${[["Stream", receipt.stream], ["Entry", String(receipt.seq)], ["Time", html`<${Time} at=${receipt.time} />`],
    ["Leaf", html`<code>${receipt.leaf}</code>`]]} /><div class="row">${children}
    ${receipt.note && html`<button type="button"
      onClick=${() => handOver(receipt.note, `${receipt.stream}-${receipt.seq}.receipt`, "text/plain")}>${t("Keep the signed receipt")}</button>`}
  </div></div>`;

/**
 * What is signed, its meaning, the printed name, the secret. `done` gets the receipt, or null where the network was lost behind
 * the signature: then the signed act waits here and is sent when the way is back.
 * @param {{ verb: import("./router.js").Verb, prepared: any, again: () => void, done: (receipt: any) => void, title?: string, picture?: unknown }} props
 */
export function Signing({ verb, prepared, again, done, title = "This is what you sign", picture = null }) {
  const [fits, setFits] = useState(/** @type {boolean | null} */ (null));
  const [secret, setSecret] = useState("");
  const [code, setCode] = useState("");
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useSigning();
  useEffect(() => { isWhatIsShown(prepared).then(setFits); }, [prepared]);
  useEffect(() => { input.current?.focus(); }, [fits]);

  async function finish() {
    const receipt = await recordSigned(verb.name, await sign(verb.name, prepared, secret, code));
    if (receipt) say(t("Recorded"));
    done(receipt);
  }

  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await finish();
    } catch (/** @type {any} */ refused) {
      if (refused.code === "code_missing") setAsked(true);
      setError(refused);
    }
    setSecret("");
    setCode("");
    setBusy(false);
  };

  if (fits === null) return null;
  if (!fits) return html`<${Refused} error=${{ text: t("What came to be shown is not what would be signed. Nothing was signed.") }} />`;
  return html`<h1>${t(title)}</h1>
    <p class="quiet">${t(verb.doc)} ${t("Your signature means: {meaning}.", { meaning: t(verb.meaning) })}</p>${picture}
    <div class="sheet"><pre tabindex="0" aria-label=${t("Text to be signed")}>${prepared.rendered}</pre></div>
    <form class="narrow" onSubmit=${submit}>
      <p class="signer">${t("Signed by")} <strong>${me.value?.session?.name}</strong>, ${me.value?.session?.person_id}</p>
      <label class="field"><span>${t("Your secret")}</span><input ref=${input} type="password" autocomplete="current-password" required value=${secret}
        onInput=${(/** @type {any} */ e) => setSecret(e.target.value)} /></label>
      ${asked && html`<label class="field"><span>${t("Code that your device shows")}</span><input inputmode="numeric" autocomplete="one-time-code" maxlength="6"
        value=${code} onInput=${(/** @type {any} */ e) => setCode(e.target.value)} /></label>`}
      ${error && html`<${Refused} error=${error} />`}
      <div class="row"><button class="main" disabled=${busy}>${t("Sign as {meaning}", { meaning: t(verb.meaning) })}</button>
        <button type="button" onClick=${again}>${t("Change it")}</button></div></form>`;
}

/** @param {{ children?: unknown }} props */
export const OnItsWay = ({ children }) => html`<div class="sheet login"><h1>${t("Signed, not recorded yet")}</h1>
  <p class="note warn" role="status">${t("The house cannot be reached. What you signed is kept here and sent when the way is back; until then it is not done.")}</p>
  <div class="row">${children}</div></div>`;

/** @param {any} receipt */
const wayBack = (receipt) => (receipt.stream.startsWith("B-") ? `#/batch/${receipt.stream}` : /^[PQ]-/.test(receipt.stream) ? "#/documents" : /^[EM]-/.test(receipt.stream) ? "#/stores"
  : receipt.stream.startsWith("U-") && hasRole("admin") ? "#/keys" : "#/acts");

/** Which field an identifier in the address fills. @type {Record<string, string>} */
const subjects = { "U-": "person_id", "P-": "procedure_id", "Q-": "specification_id", "E-": "equipment_id", "M-": "lot_id" };

/** @param {string} subject @param {string} verb @param {string} head */
function presetOf(subject, verb, head) {
  /** @type {Record<string, any>} */
  const preset = subject ? { [subjects[subject.slice(0, 2)] ?? "batch_id"]: subject, ...(head && /^[PQ]-/.test(subject) ? { version: head } : {}) } : {};
  if (verb === "release.review" && head) preset.entries = String(Number(head) + 1);
  const cause = /^([a-z]+) (\S+)$/.exec(head);                  /* a batch's own page says its last entry instead */
  if (verb.endsWith("recall") && cause) [, preset.cause, preset.cause_id] = cause;
  return preset;
}

/** @param {{ verb: import("./router.js").Verb, form: import("./fields.js").Form, preset: Record<string, any>, draft: string, first: any }} props */
function ActForm({ verb, form, preset, draft, first }) {
  const [raw, setRaw] = useState({ ...blank(form), ...first });
  const [prepared, setPrepared] = useState(/** @type {any} */ (null));
  const [receipt, setReceipt] = useState(/** @type {any} */ (undefined));
  const [answer, setAnswer] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const sheet = useRef(/** @type {Element | null} */ (null));
  const command = useRef(commandId());

  /** @param {any} typed */
  const change = (typed) => { setRaw(typed); keep(draft, typed); };
  /** @param {any} got */
  const finish = (got) => { forget(draft); setPrepared(null); setReceipt(got); };

  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const body = readFields(form, { ...raw, ...preset });
      if (verb.kind === "act") setPrepared(await prepare(verb.name, body));
      else if (verb.kind === "observe") await record_(body);
      else setAnswer(await call(verb.name, body));
    } catch (/** @type {any} */ refused) {
      setError(refused);
      goTo(sheet.current, refused.field);
    }
    setBusy(false);
  };

  /** @param {object} body */
  async function record_(body) {
    await keepSending(command.current, { verb: verb.name, body, command: command.current, title: verb.name });
    try {
      const got = await observe(verb.name, body, command.current);
      await forget(`sending/${command.current}`);
      finish(got);
    } catch (/** @type {any} */ refused) {
      if (mayPass(refused)) finish(null);
      else {
        await forget(`sending/${command.current}`);
        throw refused;
      }
    }
  }

  if (receipt) return html`<${Receipt} receipt=${receipt} doc=${verb.doc}><a class="button main" href=${wayBack(receipt)}>${t("Go on")}</a><//>`;
  if (receipt === null) return html`<${OnItsWay}><a class="button main" href="#/unsent">${t("What is unsent")}</a><//>`;
  if (prepared) return html`<${Signing} verb=${verb} prepared=${prepared} again=${() => setPrepared(null)} done=${finish} />`;
  return html`<h1>${t(form.title)}</h1><p class="quiet">${t(verb.doc)}</p>
    <form class="sheet form" novalidate ref=${sheet} onSubmit=${submit}>
      ${Object.keys(first ?? {}).length > 0 && html`<p class="note" role="status">${t("Typed before and kept on this device: not signed, not recorded.")}
        <button type="button" class="link" onClick=${() => { forget(draft); setRaw(blank(form)); }}>${t("Throw it away")}</button></p>`}
      <${Fields} form=${form} raw=${raw} set=${change} preset=${preset} bad=${error?.field} />
      <div aria-live="polite">${error && html`<${Refused} error=${error} />`}
        ${answer && html`<div class="sheet"><pre tabindex="0">${JSON.stringify(answer, null, 2)}</pre></div>`}</div>
      <div class="row"><button class="main" disabled=${busy}>${t(verb.kind === "act" ? "See what would be signed" : "Send")}</button></div></form>`;
}

/** Any verb of the contract by its form. @param {{ name: string, subject?: string, head?: string }} props */
export function Act({ name, subject = "", head = "" }) {
  const verb = verbNamed(name);
  const draft = `act/${name}${subject ? `/${subject}` : ""}`;
  const asked = useAsk(async () => {
    if (!verb) throw Object.assign(new Error(), { text: t("There is no {name}.", { name }) });
    const [form, first] = await Promise.all([get(`/api/forms/${verb.in}`), kept(draft)]);
    return { form, first };
  }, [name, subject]);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ got) => html`<${ActForm} verb=${verb} ...${got} preset=${presetOf(subject, name, head)} draft=${draft} />`}<//>`;
}

/** What this person may do, by service. */
export function Acts() {
  const mine = (house.value?.verbs ?? []).filter((v) => ["act", "observe"].includes(v.kind) && mayAct(v));
  const services = [...new Set(mine.map((v) => v.name.split(".")[0]))];
  return html`<h1>${t("Acts")}</h1><p class="quiet">${t("What your roles allow. Each act is signed with your own key, after you saw what it says.")}</p>
    ${services.map((service) => html`<section><h2>${words(service)}</h2><ul class="sheet acts">
      ${mine.filter((v) => v.name.startsWith(`${service}.`)).map((v) => html`<li><a href=${`#/act/${v.name}`}>${words(v.name.split(".")[1])}</a>
        <span class="quiet">${t(v.doc)}</span></li>`)}</ul></section>`)}`;
}

/*
 * The same act on several clear batches, looked at together: each is a statement of its own with a signature of its own, and each text
 * is shown whole before the secret is typed. The secret is sealed for each of these texts and for no other; a one-time code serves
 * one signature, so with codes the secret is asked for again. What the house refuses stays out and says why; the others go on.
 */
import { html, useState, useRef, Refused, Answer, Chip, useAsk, say } from "./ui.js";
import { t } from "./text.js";
import { get, call, prepare, sign } from "./api.js";
import { Fields, readFields, blank, goTo } from "./fields.js";
import { isWhatIsShown, recordSigned, useSigning } from "./act.js";
import { me, mayAct, verbNamed } from "./router.js";

/** What of the record the page fills in, or what is one batch's own and so no matter of a series. */
const without = ["batch_id", "entries", "physician_id", "informed_at", "follow_up_by"];

/** What is next for a clear batch: nothing open means that it may be released. @param {any} b */
export const nextOf = (b) => ((b.open_points ?? []).length > 0 ? "release.review" : "release.release");

/** @typedef {{ id: string, prepared?: any, error?: any, receipt?: any, waits?: boolean }} One */

/** @param {{ verb: import("./router.js").Verb, form: import("./fields.js").Form, batches: any[], seen: (all: One[]) => void }} props */
function Ask({ verb, form, batches, seen }) {
  const [raw, setRaw] = useState(blank(form));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const sheet = useRef(/** @type {Element | null} */ (null));
  /** @param {any} b @returns {Promise<One>} */
  const one = async (b) => {
    const preset = { batch_id: b.batch_id, ...(verb.name === "release.review" ? { entries: String(b.head_seq + 1) } : {}) };
    try {
      const prepared = await prepare(verb.name, readFields(form, { ...raw, ...preset }));
      return await isWhatIsShown(prepared) ? { id: b.batch_id, prepared }
        : { id: b.batch_id, error: { text: t("What came to be shown is not what would be signed. Nothing was signed.") } };
    } catch (error) {
      return { id: b.batch_id, error };
    }
  };
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const all = [];
    for (const b of batches) all.push(await one(b));
    const typed = all.find((r) => r.error?.field && form.fields.some((f) => f.name === r.error.field && !without.includes(f.name)));
    if (typed) {                                                /* what was typed is wrong for all of them alike */
      setError(typed.error);
      goTo(sheet.current, typed.error.field);
    } else seen(all);
    setBusy(false);
  };
  return html`<form class="sheet form" novalidate ref=${sheet} onSubmit=${submit}><p>${t("For {n} batches, each as if it were alone:", { n: batches.length })}
      ${" "}${batches.map((b) => html`<a href=${`#/batch/${b.batch_id}`}>${b.batch_id}</a> `)}</p>
    <${Fields} form=${form} raw=${raw} set=${setRaw} without=${without} bad=${error?.field} />
    <div aria-live="polite">${error && html`<${Refused} error=${error} />`}</div>
    <div class="row"><button class="main" disabled=${busy}>${t("See what would be signed")}</button></div></form>`;
}

/** @param {{ one: One, out: () => void, fixed: boolean }} props */
const Text = ({ one, out, fixed }) => html`<section aria-label=${one.id} class="one"><div class="head"><h2><a href=${`#/batch/${one.id}`} target="_blank" rel="noopener">${one.id}</a>
    ${one.receipt ? html` <${Chip} kind="good">${t("Recorded")}, ${t("entry")} ${String(one.receipt.seq)}<//>` : one.waits ? html` <${Chip} kind="warn">${t("On its way, not recorded")}<//>`
      : one.error ? html` <${Chip} kind="bad">${t("Left out")}<//>` : html` <${Chip} kind="work">${t("To be signed")}<//>`}</h2>
    ${!fixed && one.prepared && !one.error && html`<button type="button" onClick=${out}>${t("Leave {id} out", { id: one.id })}</button>`}</div>
  ${one.error && html`<${Refused} error=${one.error} />`}
  ${one.prepared && !one.error && html`<div class="sheet"><pre tabindex="0" aria-label=${t("Text to be signed")}>${one.prepared.rendered}</pre></div>`}</section>`;

/** @param {One} one */
const isOpen = (one) => !!one.prepared && !one.receipt && !one.waits && !one.error;

/** @param {{ verb: import("./router.js").Verb, all: One[], set: (all: One[]) => void }} props */
function Sign({ verb, all, set }) {
  const [secret, setSecret] = useState("");
  const [code, setCode] = useState("");
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useSigning();
  const open = all.filter(isOpen), meaning = t(verb.meaning), done = all.filter((one) => one.receipt || one.waits).length;

  async function run() {
    let now = all;
    const note = (/** @type {string} */ id, /** @type {object} */ change) => { now = now.map((one) => (one.id === id ? { ...one, ...change } : one)); set(now); };
    for (const one of open) {
      const signed = await sign(verb.name, one.prepared, secret, code);          /* a wrong secret stops here: it is tried once */
      try {
        const receipt = await recordSigned(verb.name, signed);
        note(one.id, receipt ? { receipt } : { waits: true });
      } catch (refused) {
        note(one.id, { error: refused });
      }
      if (code) break;                                           /* it is spent */
    }
    return now.filter((one) => one.receipt).length > all.filter((one) => one.receipt).length;
  }
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      if (await run()) say(t("Recorded"));
    } catch (/** @type {any} */ refused) {
      if (refused.code === "code_missing") setAsked(true);
      setError(refused);
    }
    setSecret("");
    setCode("");
    setBusy(false);
    input.current?.focus();
  };

  const fixed = busy || done > 0;
  return html`<p class="quiet">${t(verb.doc)} ${t("Your signature means: {meaning}.", { meaning })}</p>
    ${all.map((one) => html`<${Text} key=${one.id} one=${one} fixed=${fixed} out=${() => set(all.filter((o) => o.id !== one.id))} />`)}
    ${open.length === 0 ? html`<p class=${done ? "note good" : "note warn"} role="status">${t("{n} of {of} are signed and sent.", { n: done, of: all.length })}</p>
      <div class="row"><a class="button main" href="#/review">${t("Back to the review")}</a></div>` : html`<form class="narrow" onSubmit=${submit}>
      <p class="signer">${t("Signed by")} <strong>${me.value?.session?.name}</strong>, ${me.value?.session?.person_id}</p>
      <p>${t("{n} statements, {n} signatures, each on one of the texts above.", { n: open.length })} ${asked && t("A code serves one signature: the secret is asked for at each.")}</p>
      <label class="field"><span>${t("Your secret")}</span><input ref=${input} type="password" autocomplete="current-password" required value=${secret}
        onInput=${(/** @type {any} */ e) => setSecret(e.target.value)} /></label>
      ${asked && html`<label class="field"><span>${t("Code that your device shows")}</span><input inputmode="numeric" autocomplete="one-time-code" maxlength="6" value=${code}
        onInput=${(/** @type {any} */ e) => setCode(e.target.value)} /></label>`}
      ${error && html`<${Refused} error=${error} />`}
      <div class="row"><button class="main" disabled=${busy}>${asked ? t("Sign {id} as {meaning}", { id: open[0].id, meaning }) : t("Sign {n} as {meaning}", { n: open.length, meaning })}</button></div></form>`}`;
}

/** @param {{ verb: import("./router.js").Verb, form: import("./fields.js").Form, batches: any[], lost: string[] }} props */
function Whole({ verb, form, batches, lost }) {
  const [all, setAll] = useState(/** @type {One[] | null} */ (null));
  return html`<p><a href="#/review">${t("Review")}</a></p><h1>${t(form.title)}</h1>
    ${lost.length > 0 && html`<p class="note warn" role="status">${t("No longer clear, so left out: {ids}", { ids: lost.join(", ") })}</p>`}
    ${batches.length === 0 ? html`<p class="sheet empty">${t("None of these batches is clear for that now.")}</p>`
      : all ? html`<${Sign} verb=${verb} all=${all} set=${setAll} />` : html`<${Ask} verb=${verb} form=${form} batches=${batches} seen=${setAll} />`}`;
}

/** @param {{ name: string, ids?: string }} props */
export function Series({ name, ids = "" }) {
  const verb = verbNamed(name), wanted = ids.split(",");
  const asked = useAsk(async () => {
    if (!verb || !mayAct(verb) || !["release.review", "release.release"].includes(name)) throw Object.assign(new Error(), { text: t("There is no {name}.", { name }) });
    const [form, work] = await Promise.all([get(`/api/forms/${verb.in}`), call("release.worklist")]);
    const batches = (work.batches ?? []).filter((/** @type {any} */ b) => b.lane === "clear" && nextOf(b) === name && wanted.includes(b.batch_id));
    return { form, batches, lost: wanted.filter((id) => !batches.some((/** @type {any} */ b) => b.batch_id === id)) };
  }, [name, ids]);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ got) => html`<${Whole} verb=${verb} ...${got} />`}<//>`;
}

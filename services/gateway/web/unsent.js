/* What this person typed on this device and the record does not have: drafts, and what is on its way. Shown as unsent, never as done. */
import { html, useState, Chip, Time, Refused, Working } from "./ui.js";
import { t } from "./text.js";
import { unsent, keep, forget, isSending, sendAll } from "./drafts.js";

/** @param {import("./drafts.js").Kept} one */
const titleOf = (one) => (isSending(one) ? one.value.title : one.id.replace(/^(act|bench)\//, "").replaceAll("/", " "));
/** @param {import("./drafts.js").Kept} one */
const addressOf = (one) => `#/${one.id}`;

/* What a person typed, so that it can be read, or typed again, where the house refused it. */
/** @param {import("./drafts.js").Sending} what */
const typedOf = (what) => what.signed?.statement ?? JSON.stringify(what.body ?? {}, null, 2);
/** @param {import("./drafts.js").Kept} one */
async function again(one) {
  const { error, ...what } = one.value;
  await keep(one.id, what);
  await sendAll();
}

/** @param {{ one: import("./drafts.js").Kept, failed: (error: any) => void }} props */
function Row({ one, failed }) {
  const on = isSending(one), refused = on && one.value.error;
  return html`<li class="kept"><div><strong>${titleOf(one)}</strong> ${" "}
      <${Chip} kind=${refused ? "bad" : "warn"}>${t(refused ? "Refused" : on ? "On its way, not recorded" : "Draft, not signed")}<//>
      <p class="quiet"><${Time} at=${one.at} /></p>${refused && html`<${Refused} error=${one.value.error} />`}
      ${on && html`<details><summary>${t("What was typed")}</summary><pre tabindex="0">${typedOf(one.value)}</pre></details>`}</div>
    <div class="row">${!on && html`<a class="button" href=${addressOf(one)}>${t("Go on with it")}</a>`}
      ${refused && html`<${Working} run=${() => again(one)} failed=${failed}>${t("Try again")}<//>`}
      ${(!on || refused) && html`<button type="button" onClick=${() => forget(one.id)}>${t("Throw it away")}</button>`}</div></li>`;
}

export function Unsent() {
  const [error, setError] = useState(/** @type {any} */ (null));
  const all = unsent.value;
  return html`<h1>${t("Unsent")}</h1><p class="quiet">${t("Kept on this device, for you alone. None of it is in the record.")}</p>
    ${all.length === 0 ? html`<p class="sheet empty">${t("Nothing waits here.")}</p>`
      : html`<ul class="sheet acts">${all.map((one) => html`<${Row} key=${one.id} one=${one} failed=${setError} />`)}</ul>`}
    ${all.some((one) => isSending(one) && !one.value.error) && html`<div class="row"><${Working} kind="main" run=${sendAll} failed=${setError}>${t("Try now")}<//></div>`}
    ${error && html`<${Refused} error=${error} />`}`;
}

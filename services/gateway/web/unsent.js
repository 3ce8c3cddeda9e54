/* What this person typed on this device and the record does not have: drafts, and what is on its way. Shown as unsent, never as done. */
import { html, useState, Chip, Time, Refused, Working } from "./ui.js";
import { t } from "./text.js";
import { unsent, forget, isSending, sendAll } from "./drafts.js";

/** @param {import("./drafts.js").Kept} one */
const titleOf = (one) => (isSending(one) ? one.value.title : one.id.replace(/^(act|bench)\//, "").replaceAll("/", " "));
/** @param {import("./drafts.js").Kept} one */
const addressOf = (one) => `#/${one.id}`;

/** @param {{ one: import("./drafts.js").Kept }} props */
function Row({ one }) {
  const on = isSending(one), refused = on && one.value.error;
  return html`<li class="kept"><div><strong>${titleOf(one)}</strong> ${" "}
      <${Chip} kind=${refused ? "bad" : "warn"}>${t(refused ? "Refused" : on ? "On its way, not recorded" : "Draft, not signed")}<//>
      <p class="quiet"><${Time} at=${one.at} /></p>${refused && html`<${Refused} error=${one.value.error} />`}</div>
    <div class="row">${!on && html`<a class="button" href=${addressOf(one)}>${t("Go on with it")}</a>`}
      ${(!on || refused) && html`<button type="button" onClick=${() => forget(one.id)}>${t("Throw it away")}</button>`}</div></li>`;
}

export function Unsent() {
  const [error, setError] = useState(/** @type {any} */ (null));
  const all = unsent.value;
  return html`<h1>${t("Unsent")}</h1><p class="quiet">${t("Kept on this device, for you alone. None of it is in the record.")}</p>
    ${all.length === 0 ? html`<p class="sheet empty">${t("Nothing waits here.")}</p>`
      : html`<ul class="sheet acts">${all.map((one) => html`<${Row} key=${one.id} one=${one} />`)}</ul>`}
    ${all.some((one) => isSending(one) && !one.value.error) && html`<div class="row"><${Working} kind="main" run=${sendAll} failed=${setError}>${t("Try now")}<//></div>`}
    ${error && html`<${Refused} error=${error} />`}`;
}

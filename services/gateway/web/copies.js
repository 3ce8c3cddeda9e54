/* The copies of a batch's labels: how they add up, how each stands, and the act that is next. What is open stands first. */
import { html, Section, Chip, Time } from "./ui.js";
import { t, words } from "./text.js";
import { mayAct, verbNamed } from "./router.js";

/** @type {Record<string, string>} */
const states = { printed: "warn", applied: "good", replaced: "bad", destroying: "warn", spoiled: "work", destroyed: "work", specimen: "work" };

/** What may be said of a copy as it stands, in words. @type {Record<string, [string, string][]>} */
const ways = { printed: [["custody.label_apply", "Typed instead of scanned"], ["custody.label_end", "What became of it"]],
  replaced: [["custody.label_end", "What became of it"]], destroying: [["custody.label_witness", "Witness it"], ["custody.label_end", "What became of it"]] };

/** @param {{ batch: string, copy: any }} props */
const Ways = ({ batch, copy }) => html`<span class="ways">${(ways[copy.state] ?? []).filter(([name]) => mayAct(verbNamed(name))).map(([name, text]) =>
  html`<a href=${`#/act/${name}/${batch}`}>${t(text)}</a> `)}</span>`;

/** How they add up: large, for it is read from where one stands. @param {{ got: any }} props */
export const Sums = ({ got }) => html`<dl class="sums" aria-label=${t("Labels reconciled")}>${[["Printed", got.printed], ["Applied", got.applied], ["Spoiled", got.spoiled],
    ["Destroyed", got.destroyed], ["Specimens", got.specimen]].map(([name, n]) => html`<div><dt>${t(name)}</dt><dd>${n}</dd></div>`)}</dl>
  ${!got.asked ? html`<p class="quiet">${t("The procedure does not ask that labels are scanned back.")}</p>`
    : got.open?.length > 0 ? html`<div class="refusal"><ul>${got.open.map((/** @type {string} */ text) => html`<li>${text}</li>`)}</ul></div>`
    : html`<p class="note good">${t("Every copy is accounted for.")}</p>`}`;

/** @param {{ batch: string, got: any }} props */
export const Copies = ({ batch, got }) => got.labels?.length > 0 && html`<${Section} title="Copies of labels" note=${got.more && t("There are more than a thousand: the first are shown.")}
  heads=${["Container", "Copy", "State", "Since", "Signed by", "Reason", "Next"]} rows=${got.labels.map((/** @type {any} */ k) => [html`<code>${k.container_id}</code>`, String(k.copy),
    html`<${Chip} kind=${states[k.state] || "work"}>${words(k.state)}<//>`, html`<${Time} at=${k.since} />`, k.witness_id ? t("{by}, witness {witness}", { by: k.person_id, witness: k.witness_id }) : k.person_id,
    html`<span class="long">${k.reason ?? ""}</span>`, html`<${Ways} batch=${batch} copy=${k} />`])} />`;

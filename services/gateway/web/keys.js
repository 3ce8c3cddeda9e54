/* The keys of the house's people as the signer sees them. Who is locked out waits for an administrator: that shows on every
   page of an administrator, and is put right by a signed act about somebody else. */
import { html, Table, Chip, Day, Answer, useAsk } from "./ui.js";
import { t, words } from "./text.js";
import { call } from "./api.js";
import { me } from "./router.js";

/** @type {Record<string, string>} */
const looks = { open: "good", throttled: "warn", locked: "bad", revoked: "work" };
const acts = [["key_unlock", "Unlock"], ["key_revoke", "Revoke"]];
const heads = ["Person", "State", "Wrong secrets", "Last one", "Certificate ends", "Acts"];

const keys = async () => (await call("signer.keys")).keys ?? [];

/** How many wait; nothing when the signer cannot be asked: a page is no place for that alert. */
export async function lockedKeys() {
  try {
    return (await keys()).filter((/** @type {any} */ key) => ["locked", "throttled"].includes(key.state)).length;
  } catch {
    return 0;
  }
}

/** @param {any} key */
function cells(key) {
  const own = key.person_id === me.value?.session?.person_id;   /* nobody does these for themselves */
  const mine = own || key.state === "revoked" ? [] : acts.filter(([verb]) => verb !== "key_unlock" || key.failures > 0);
  return [key.person_id, html`<${Chip} kind=${looks[key.state] || "work"}>${words(key.state)}<//>`, String(key.failures),
    html`<${Day} at=${key.last_failure_at} />`, html`<${Day} at=${key.certificate_ends_at} />`,
    mine.map(([verb, text]) => html`<a class="button" href=${`#/act/access.${verb}/${key.person_id}`}>${t(text)} ${key.person_id}</a> `)];
}

export function Keys() {
  const asked = useAsk(keys, []);
  return html`<h1>${t("Keys")}</h1>
    <p class="quiet">${t("Wrong secrets in a row slow a key down (throttled), more of them lock it until another person unlocks it.")}</p>
    <div class="sheet"><${Answer} asked=${asked}>${(/** @type {any[]} */ all) => html`<${Table} name="Keys" caption="Keys of people" heads=${heads} rows=${all.map(cells)} />`}<//></div>`;
}

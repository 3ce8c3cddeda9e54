/* The keys of the house's people as the signer sees them. Who is locked out waits for an administrator: that shows on every
   page of an administrator, and is put right by a signed act about somebody else. */
import { el, show, say, refusal, words, time } from "/dom.js";
import { call } from "/api.js";

const looks = { open: "good", throttled: "warn", locked: "bad", revoked: "work" };
const acts = [["key_unlock", "Unlock"], ["key_revoke", "Revoke"]];

export const isAdmin = (me) => (me.session.roles ?? []).includes("admin");

const keys = async () => (await call("signer.keys", {})).keys ?? [];

/* How many wait; nothing when the signer cannot be asked: a page is no place for that alert. */
export async function lockedKeys() {
  try {
    return (await keys()).filter((key) => ["locked", "throttled"].includes(key.state)).length;
  } catch {
    return 0;
  }
}

function row(key, me) {
  const own = key.person_id === me.session.person_id;   /* nobody does these for themselves */
  return el("tr", {},
    el("th", { scope: "row" }, key.person_id),
    el("td", {}, el("span", { class: `chip ${looks[key.state] || "work"}` }, words(key.state))),
    el("td", {}, String(key.failures)),
    el("td", {}, key.last_failure_at ? time(key.last_failure_at) : ""),
    el("td", {}, key.certificate_ends_at ? time(key.certificate_ends_at) : ""),
    el("td", {}, own || key.state === "revoked" ? "" : acts
      .filter(([verb]) => verb !== "key_unlock" || key.failures > 0)
      .map(([verb, text]) => el("a", { class: "button", href: `#/act/access.${verb}/${key.person_id}` }, `${text} ${key.person_id}`))));
}

export async function showKeys(me, onRefusal) {
  const heads = ["Person", "State", "Wrong secrets", "Last one", "Certificate ends", "Acts"];
  const list = el("div", { class: "sheet" });
  show(el("h1", {}, "Keys"), el("p", { class: "quiet" }, "Wrong secrets in a row slow a key down (throttled), more of them lock it until another person unlocks it."), list);
  try {
    const all = await keys();
    list.replaceChildren(el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Keys" },
      el("table", {}, el("caption", { class: "unseen" }, "Keys of people"),
        el("thead", {}, el("tr", {}, heads.map((h) => el("th", { scope: "col" }, h)))),
        el("tbody", {}, all.map((key) => row(key, me))))));
    say(`${all.length} keys`);
  } catch (error) {
    if (!onRefusal(error)) list.replaceChildren(refusal(error));
  }
}

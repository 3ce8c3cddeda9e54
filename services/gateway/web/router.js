/* Which page the address names, who is here, and what the house announces: the few things that all pages look at. */
import { signal } from "./vendor/signals.js";

/**
 * @typedef {{ person_id: string, name: string, roles: string[], terminal_id: string, expires_at: string }} Session
 * @typedef {{ session: Session | null, terminal_id: string, time_zone: string, idle_s: number, run: string }} Me
 * @typedef {{ name: string, kind: "act" | "observe" | "read" | "serve", in: string, out: string, meaning: string, roles: string, stream_field: string,
 *   doc: string }} Verb
 * @typedef {{ verbs: Verb[], machines: { machine: string, rules: { event: string, from: string, to: string, needs: string[] }[] }[] }} House
 */

export const me = signal(/** @type {Me | null} */ (null));
export const house = signal(/** @type {House | null} */ (null));
/** What the signer says was signed in the person's name since the login before, until it was read.
 * @typedef {{ signed_count: number, signed_last_at?: string, login_before_at?: string, login_before_terminal?: string, counted_from?: string }} Signed */
export const signedSince = signal(/** @type {Signed | null} */ (null));
/** Why the login page is shown again, if there is a why. */
export const why = signal("");
export const news = signal(/** @type {{ stream: string, seq: number } | null} */ (null));
/** How many texts are shown to be signed: nothing else asks for attention then. */
export const signing = signal(0);
export const route = signal(/** @type {string[]} */ ([]));

/** @param {string} part */
function plain(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const readRoute = () => { route.value = location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(plain); };

/** @param {string[]} roles */
export const hasRole = (...roles) => (me.value?.session?.roles ?? []).some((r) => roles.includes(r));
/** @param {Verb | undefined} verb */
export const mayAct = (verb) => !!verb && (verb.roles === "anyone" || hasRole(...verb.roles.split(", ")));
/** @param {string} name */
export const verbNamed = (name) => house.value?.verbs.find((v) => v.name === name);

/** @type {EventSource | null} */
let source = null;

export function listen() {
  source?.close();
  source = new EventSource("/events");
  source.addEventListener("entry", (event) => {
    try {
      const { stream, seq } = JSON.parse(event.data);
      news.value = { stream: String(stream ?? ""), seq: Number(seq ?? 0) };
    } catch { /* what cannot be read announces nothing */ }
  });
}

export function deafen() {
  source?.close();
  source = null;
}

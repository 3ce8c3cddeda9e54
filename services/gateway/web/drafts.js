/*
 * What was typed and not yet recorded, kept on this device: through a reload, a log-out, a lost network. Each piece is sealed with
 * AES-GCM under a key that the browser made for this device and gives out to nobody, and is read again by the same person
 * only. Two kinds: drafts (typed, not signed) and what is on its way (an observation, or an act that is signed) with its command
 * id, which is sent until the house has answered. Nothing of it is ever shown as done.
 */
import { signal } from "./vendor/signals.js";
import { me } from "./router.js";
import { observe, record } from "./api.js";

/**
 * @typedef {{ id: string, person: string, at: string, value: any }} Kept
 * @typedef {{ verb: string, body?: object, command?: string, signed?: { statement: string, signature: string }, title: string, error?: any }} Sending
 */

const utf8 = (/** @type {string} */ text) => new TextEncoder().encode(text);
/** How many pieces of this person wait here. */
export const unsent = signal(/** @type {Kept[]} */ ([]));

/** The device kept nothing of what was typed last: its storage is full, broken or forbidden. */
export const notKept = signal(false);

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** @type {Promise<IDBDatabase> | null} */
let opened = null;
/** @returns {Promise<IDBDatabase>} */
const openBase = () => new Promise((resolve, reject) => {
  const request = indexedDB.open("stemma", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("keys");
    request.result.createObjectStore("kept");
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
const database = () => (opened ??= openBase().catch((error) => {
  opened = null;      /* asked again the next time */
  notKept.value = true;
  throw error;
}));

/** @param {string} name @param {IDBTransactionMode} mode */
const store = async (name, mode) => (await database()).transaction(name, mode).objectStore(name);

/* Two pages may make keys at once: the first one kept is everybody's. */
async function madeKeys() {
  const fresh = { box: await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
    name: await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]) };
  const keys = await store("keys", "readwrite");
  const known = await done(keys.get("device"));
  if (!known) await done(keys.put(fresh, "device"));
  return known ?? fresh;
}

/** @type {Promise<any> | null} */
let device = null;
const keys = () => (device ??= madeKeys().catch((error) => {
  device = null;
  throw error;
}));

/** @param {string} person @param {string} id */
async function placeOf(person, id) {
  const mac = await crypto.subtle.sign("HMAC", (await keys()).name, utf8(`${person}\n${id}`));
  return Array.from(new Uint8Array(mac), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** @param {any} row @param {string} place @returns {Promise<Kept | null>} */
async function openBox(row, place) {
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv, additionalData: utf8(place) }, (await keys()).box, row.box);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}

const person = () => me.value?.session?.person_id ?? "";

/* Writes go one after the other, so that the last one typed is the one kept. */
let writing = Promise.resolve();
/** @param {() => Promise<void>} write */
function inTurn(write) {
  writing = writing.then(write, write);
  writing.then(() => { notKept.value = false; }, () => { notKept.value = true; });
  return writing;
}

export async function lookAgain() {
  const who = person();
  if (!who) {
    unsent.value = [];
    return;
  }
  const kept = await store("kept", "readonly");
  const [places, rows] = await Promise.all([done(kept.getAllKeys()), done(kept.getAll())]);
  const all = await Promise.all(rows.map((row, i) => openBox(row, String(places[i]))));
  if (person() !== who) return;      /* another logged in while the boxes were opened */
  unsent.value = /** @type {Kept[]} */ (all.filter((one) => one && one.person === who)).sort((a, b) => a.at.localeCompare(b.at));
}

/** @param {string} id @param {any} value @param {string} [who] */
export function keep(id, value, who = person()) {
  return inTurn(async () => {
    const place = await placeOf(who, id), iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = utf8(JSON.stringify({ id, person: who, at: new Date().toISOString(), value }));
    const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(place) }, (await keys()).box, plain);
    await done((await store("kept", "readwrite")).put({ iv, box }, place));
    await lookAgain();
  });
}

/** @param {string} id @param {string} [who] */
export function forget(id, who = person()) {
  return inTurn(async () => {
    const place = await placeOf(who, id);
    await done((await store("kept", "readwrite")).delete(place));
    await lookAgain();
  });
}

/** @param {string} id */
export async function kept(id) {
  try {
    const place = await placeOf(person(), id);
    const row = await done((await store("kept", "readonly")).get(place));
    return row ? (await openBox(row, place))?.value : undefined;
  } catch {
    notKept.value = true;
    return undefined;
  }
}

export const isSending = (/** @type {Kept} */ one) => one.id.startsWith("sending/");
/* What will pass by itself; everything else the house has decided. */
const passing = ["offline", "busy", "unavailable", "rate_limited", "deadline_passed", "fault", "session_ended", "session_missing", "log_halted",
  "peer_refused"];
export const mayPass = (/** @type {any} */ error) => passing.includes(error.code);

/** @param {string} id @param {Sending} what */
export const keepSending = (id, what) => keep(`sending/${id}`, what);

/** @param {Sending} what */
const send = (what) => (what.signed ? record(what.verb, what.signed) : observe(what.verb, what.body ?? {}, what.command ?? ""));

let sending = false;

/** Everything on its way is tried once, while its person is here; what the house refused stays, with the reason. Returns what was recorded. */
export async function sendAll() {
  if (sending || !person()) return [];
  sending = true;
  const recorded = [];
  try {
    for (const one of unsent.value.filter((k) => isSending(k) && !k.value.error)) {
      if (one.person !== person()) break;      /* another logged in meanwhile: what is left is not theirs to send */
      try {
        recorded.push({ ...one, receipt: await send(one.value) });
        await forget(one.id, one.person);
      } catch (/** @type {any} */ error) {
        if (mayPass(error)) break;
        await keep(one.id, { ...one.value, error: { text: error.text, sentence: error.sentence, hint: error.hint, code: error.code } }, one.person);
      }
    }
  } finally {
    sending = false;
  }
  return recorded;
}

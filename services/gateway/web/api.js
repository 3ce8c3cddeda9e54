/* Calls to the gateway. A refusal is thrown as the catalogue's row; what the network did not bring has the code "offline". */
import { sealTo, fromBase64 } from "./seal.js";
import { asserted } from "./authenticator.js";
import { me, why, signedSince } from "./router.js";
import { setZone } from "./text.js";

let csrf = "";

export class Refusal extends Error {
  /** @param {import("./ui.js").Told} error */
  constructor(error) {
    super(error.text || error.sentence);
    this.code = error.code;
    this.text = error.text;
    this.sentence = error.sentence;
    this.hint = error.hint;
    this.field = error.field;
    this.rule = error.rule;
    this.request = error.request;
    this.http = error.http;
  }
}

/** @param {string} path @param {RequestInit} options */
async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refusal({ code: "offline", sentence: "The house cannot be reached.", hint: "What was typed is kept on this device.",
      text: "" });
  }
  let reply;
  try {
    reply = await response.json();
  } catch {
    throw new Refusal({ code: "fault", sentence: "The answer could not be read.", http: response.status });
  }
  if (reply.ok) return reply.result;
  if (isOver(reply.error) && me.value?.session) await ended();
  throw new Refusal(reply.error);
}

/* The session, or the page's token of it: another tab logged in anew. */
/** @param {{ code: string, field?: string }} error */
const isOver = ({ code, field }) => ["session_ended", "session_missing"].includes(code) || (code === "peer_refused" && field === "Stemma-Csrf");

/* A session that ended is not an error of the page: it asks to log in again, and says whether the house was started anew. */
async function ended() {
  const before = me.value;
  try {
    const now = keep(await ask("/api/session", {}));
    why.value = now.session ? "" : before && now.run !== before.run ? "The server was started again, so you log in again. What you typed is kept."
      : "The session has ended. Nothing that was answered is lost.";
  } catch {
    why.value = "The session has ended. Nothing that was answered is lost.";
    if (before) me.value = { ...before, session: null };
  }
}

/** @param {string} path */
export const get = (path) => ask(path, { headers: { Accept: "application/json" } });

/** @param {string} path @param {object} [body] @param {string} [command] */
export function post(path, body = {}, command = "") {
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/json" };
  if (csrf) headers["Stemma-Csrf"] = csrf;
  if (command) headers["Stemma-Command"] = command;
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/* What was said to one person is not said to the next, who may have logged in elsewhere in this browser. */
/** @param {any} result @returns {import("./router.js").Me} */
function keep(result) {
  csrf = result.csrf || "";
  setZone(result.time_zone);
  /** @type {import("./router.js").Me} */
  const now = { session: result.session || null, terminal_id: result.terminal_id, time_zone: result.time_zone, idle_s: result.idle_s, run: result.run };
  if (now.session?.person_id !== me.value?.session?.person_id) signedSince.value = null;
  me.value = now;
  return now;
}

export const session = async () => keep(await get("/api/session"));

/** @param {string} text @param {string} secret @param {string} [code] */
async function sealed(text, secret, code = "") {
  const key = await post("/api/signer/sealing_key");
  return sealTo(fromBase64(key.public_key), new TextEncoder().encode(text), code ? `${secret}\n${code}` : secret);
}

/** @param {string} personId */
export const authenticator = (personId) => post("/api/signer/authenticator", { person_id: personId });

/* A second factor that is missing is said before the secret is tried: who has an authenticator is asked for it then, and the
   same is sent again with what it asserts of the text. */
/** @param {string} personId @param {string} text @param {(factor: object) => Promise<any>} send */
async function withFactor(personId, text, send) {
  try {
    return await send({});
  } catch (/** @type {any} */ error) {
    if (error.code !== "code_missing" || error.field !== "second_factor") throw error;
    return send({ second_factor: await asserted(await authenticator(personId), text) });
  }
}

/** The secret is sealed to the signer here, for this login text alone.
 * @param {string} personId @param {string} secret @param {string} code */
export async function login(personId, secret, code) {
  const { login: text } = await post("/api/access/challenge", { person_id: personId, terminal_id: me.value?.terminal_id });
  const secret_sealed = await sealed(text, secret, code);
  const { signature, ...since } = await withFactor(personId, text, (factor) => post("/api/signer/prove",
    { person_id: personId, login: text, secret_sealed, ...factor }));
  const now = keep(await post("/api/login", { login: text, signature }));
  signedSince.value = since;
  return now;
}

export async function logout() {
  const before = me.value;
  try {
    await post("/api/logout");
  } finally {
    keep({ ...before, csrf: "", session: null });
  }
}

/* UUIDv7: made once for a command, so that asking again after a time-out does nothing twice. */
export function commandId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = BigInt(Date.now());
  for (let i = 0; i < 6; i++) bytes[i] = Number((now >> BigInt(8 * (5 - i))) & 0xffn);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** @param {string} verb */
const verbPath = (verb, phase = "") => `/api/${verb.replace(".", "/")}${phase ? `/${phase}` : ""}`;

/** @param {string} verb @param {object} [body] @returns {Promise<any>} */
export const call = (verb, body = {}) => post(verbPath(verb), body);
/** @param {string} verb @param {object} body @param {string} command */
export const observe = (verb, body, command) => post(verbPath(verb), body, command);
/** @param {string} verb @param {{ statement: string, signature: string }} signed */
export const commit = (verb, signed) => post(verbPath(verb, "commit"), signed);

/** @param {string} verb @param {object} body */
export const prepare = (verb, body) => post(verbPath(verb, "prepare"), body, commandId());

/* What the signer has to hear of an act about a key: before it is recorded, so that a key that is to go has gone when the
   record says so, or after, so that none is opened by what was then refused. Given again, both go on where they stopped. */
/** @type {Record<string, { verb: string, first: boolean }>} */
const orders = {
  "access.key_unlock": { verb: "signer.key_unlock", first: false },
  "access.key_revoke": { verb: "signer.key_revoke", first: true },
  "access.person_close": { verb: "signer.key_revoke", first: true },
};

/** What was shown is what is signed: the statement that came with the text, whole.
 * @param {string} verb @param {{ statement: string }} prepared @param {string} secret @param {string} code */
export async function sign(verb, prepared, secret, code) {
  const secret_sealed = await sealed(prepared.statement, secret, code);
  const person_id = me.value?.session?.person_id ?? "";
  const { signature } = await withFactor(person_id, prepared.statement, (factor) => post("/api/signer/sign",
    { person_id, statement: prepared.statement, secret_sealed, ...factor }));
  return { statement: prepared.statement, signature };
}

/** A signed act is recorded; the same again gives the first receipt.
 * @param {string} verb @param {{ statement: string, signature: string }} signed */
export async function record(verb, signed) {
  const order = orders[verb];
  const tell = () => post(verbPath(order.verb), { statement: signed.statement, order_signature: signed.signature });
  if (order?.first) await tell();
  const receipt = await commit(verb, signed);
  if (order && !order.first) await tell();
  return receipt;
}

/** The key of `fresh` (authenticator.js) asserts what the secret is sealed for, so nobody between can put another in its place.
 * @param {{ text: string, body: object }} fresh @param {string} secret @param {string} code */
export const registerAuthenticator = async (fresh, secret, code) => post("/api/signer/authenticator_set",
  { ...fresh.body, secret_sealed: await sealed(fresh.text, secret, code) });

/** An authenticator asserts which secret is to come, sealed as it is.
 * @param {string} before @param {string} after @param {string} code */
export async function changeSecret(before, after, code) {
  const person_id = me.value?.session?.person_id ?? "";
  const secret_sealed = await sealed(person_id, before, code);
  const new_secret_sealed = await sealed(person_id, after);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", fromBase64(new_secret_sealed)));
  const hex = Array.from(digest, (b) => b.toString(16).padStart(2, "0")).join("");
  return withFactor(person_id, `${person_id} ${hex}`, (factor) => post("/api/signer/secret_change",
    { person_id, secret_sealed, new_secret_sealed, ...factor }));
}

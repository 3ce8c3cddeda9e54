/* Calls to the gateway. A refusal is thrown as the catalogue's row. */
import { sealTo, fromBase64 } from "/seal.js";
import { asserted } from "/authenticator.js";

let csrf = "";
let me = { session: null, terminal_id: "" };

export class Refusal extends Error {
  constructor(error) {
    super(error.text || error.sentence);
    Object.assign(this, error);
  }
}

async function answer(response) {
  let reply;
  try {
    reply = await response.json();
  } catch {
    throw new Refusal({ code: "fault", sentence: "The answer could not be read.", http: response.status });
  }
  if (!reply.ok) throw new Refusal(reply.error);
  return reply.result;
}

export const get = async (path) => answer(await fetch(path, { headers: { Accept: "application/json" } }));

export async function post(path, body = {}, command = "") {
  const headers = { "Content-Type": "application/json" };
  if (csrf) headers["Stemma-Csrf"] = csrf;
  if (command) headers["Stemma-Command"] = command;
  return answer(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

function keep(result) {
  csrf = result.csrf || "";
  me = { session: result.session || null, terminal_id: result.terminal_id };
  return me;
}

export const session = async () => keep(await get("/api/session"));

async function sealed(text, secret, code = "") {
  const key = await post("/api/signer/sealing_key");
  return sealTo(fromBase64(key.public_key), new TextEncoder().encode(text), code ? `${secret}\n${code}` : secret);
}

export const authenticator = (personId) => post("/api/signer/authenticator", { person_id: personId });

/* A second factor that is missing is said before the secret is tried: who has an authenticator is asked for it then, and the
   same is sent again with what it asserts of the text. */
async function withFactor(personId, text, send) {
  try {
    return await send({});
  } catch (error) {
    if (error.code !== "code_missing" || error.field !== "second_factor") throw error;
    return send({ second_factor: await asserted(await authenticator(personId), text) });
  }
}

/* The secret is sealed to the signer here, for this login text alone. */
export async function login(personId, secret, code) {
  const { login: text } = await post("/api/access/challenge", { person_id: personId, terminal_id: me.terminal_id });
  const secret_sealed = await sealed(text, secret, code);
  const { signature } = await withFactor(personId, text, (factor) => post("/api/signer/prove",
    { person_id: personId, login: text, secret_sealed, ...factor }));
  return keep(await post("/api/login", { login: text, signature }));
}

export async function logout() {
  await post("/api/logout");
  keep({ terminal_id: me.terminal_id });
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

const verbPath = (verb, phase = "") => `/api/${verb.replace(".", "/")}${phase ? `/${phase}` : ""}`;

export const call = (verb, body) => post(verbPath(verb), body);

export const prepare = (verb, body) => post(verbPath(verb, "prepare"), body, commandId());

/* What the signer has to hear of an act about a key: before it is recorded, so that a key that is to go has gone when the
   record says so, or after, so that none is opened by what was then refused. Given again, both go on where they stopped. */
const orders = {
  "access.key_unlock": { verb: "signer.key_unlock", first: false },
  "access.key_revoke": { verb: "signer.key_revoke", first: true },
  "access.person_close": { verb: "signer.key_revoke", first: true },
};

/* What was shown is what is signed: the statement that came with the text, whole. */
export async function signAndCommit(verb, prepared, secret, code) {
  const secret_sealed = await sealed(prepared.statement, secret, code);
  const { person_id } = me.session;
  const { signature } = await withFactor(person_id, prepared.statement, (factor) => post("/api/signer/sign",
    { person_id, statement: prepared.statement, secret_sealed, ...factor }));
  const order = orders[verb];
  const tell = () => post(verbPath(order.verb), { statement: prepared.statement, order_signature: signature });
  if (order?.first) await tell();
  const receipt = await post(verbPath(verb, "commit"), { statement: prepared.statement, signature });
  if (order && !order.first) await tell();
  return receipt;
}

/* The key of `fresh` (authenticator.js) asserts what the secret is sealed for, so nobody between can put another in its place. */
export const registerAuthenticator = async (fresh, secret, code) => post("/api/signer/authenticator_set",
  { ...fresh.body, secret_sealed: await sealed(fresh.text, secret, code) });

/* An authenticator asserts which secret is to come, sealed as it is. */
export async function changeSecret(before, after, code) {
  const { person_id } = me.session;
  const secret_sealed = await sealed(person_id, before, code);
  const new_secret_sealed = await sealed(person_id, after);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", fromBase64(new_secret_sealed)));
  const hex = Array.from(digest, (b) => b.toString(16).padStart(2, "0")).join("");
  return withFactor(person_id, `${person_id} ${hex}`, (factor) => post("/api/signer/secret_change",
    { person_id, secret_sealed, new_secret_sealed, ...factor }));
}

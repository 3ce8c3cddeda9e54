/* A person's authenticator (WebAuthn). What it is asked to assert is made of the very text that is signed, so an assertion
   serves that text alone; the signer checks it, and nothing between has to be believed. */
import { toBase64, fromBase64 } from "/seal.js";

const utf8 = (text) => new TextEncoder().encode(text);
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const challenge = async (text) => sha256(new Uint8Array([...utf8("stemma-webauthn/1\n"), ...(await sha256(utf8(text)))]));
const base64 = (buffer) => toBase64(new Uint8Array(buffer));
const verification = (known) => (known.user_verified ? "required" : "preferred");
const says = (text) => Object.assign(new Error(text), { text });

/* Browsers offer a credential at its RP id's host alone, and at no bare address. */
function checkPlace(known) {
  if (location.hostname !== known.rp_id && !location.hostname.endsWith(`.${known.rp_id}`))
    throw says(`Authenticators serve at ${known.rp_id} only: open these pages there, not at ${location.hostname}.`);
}

async function answered(asked) {
  try {
    return await asked();
  } catch {
    throw says("The authenticator gave no answer. Nothing was done: try again.");
  }
}

async function assertedBy(known, id, text) {
  const publicKey = { rpId: known.rp_id, challenge: await challenge(text), userVerification: verification(known), timeout: 60000,
    allowCredentials: [{ type: "public-key", id }] };
  const { response } = await answered(() => navigator.credentials.get({ publicKey }));
  return [{ client_data: base64(response.clientDataJSON), authenticator_data: base64(response.authenticatorData),
    assertion_signature: base64(response.signature) }];
}

/* What a person's registered authenticator asserts of a text, as the signer takes it. */
export async function asserted(known, text) {
  checkPlace(known);
  return assertedBy(known, fromBase64(known.credential_id), text);
}

/* A new credential, and its own assertion of the text that names it, for which the secret is sealed too. */
export async function made(known, personId) {
  checkPlace(known);
  const publicKey = { rp: { id: known.rp_id, name: "Stemma" }, user: { id: utf8(personId), name: personId, displayName: personId },
    challenge: await challenge(`stemma-authenticator/1 ${personId}`), pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    attestation: "none", authenticatorSelection: { residentKey: "discouraged", userVerification: verification(known) }, timeout: 60000 };
  const { rawId, response } = await answered(() => navigator.credentials.create({ publicKey }));
  const body = { person_id: personId, credential_id: base64(rawId), public_key: base64(response.getPublicKey()) };
  const text = `stemma-authenticator/1 ${personId} ${body.credential_id} ${body.public_key}`;
  return { text, body: { ...body, second_factor: await assertedBy(known, rawId, text) } };
}

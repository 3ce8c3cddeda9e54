/* A person's authenticator (WebAuthn). What it is asked to assert is made of the very text that is signed, so an assertion
   serves that text alone; the signer checks it, and nothing between has to be believed. */
import { toBase64, fromBase64 } from "./seal.js";
import { t } from "./text.js";

/** @param {string} text */
const utf8 = (text) => new TextEncoder().encode(text);
/** @param {Uint8Array<ArrayBuffer>} bytes */
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
/** @param {string} text */
const challenge = async (text) => sha256(new Uint8Array([...utf8("stemma-webauthn/1\n"), ...(await sha256(utf8(text)))]));
/** @param {ArrayBuffer} buffer */
const base64 = (buffer) => toBase64(new Uint8Array(buffer));
/** @typedef {{ rp_id: string, credential_id?: string, user_verified: boolean }} Known */
/** @param {Known} known @returns {UserVerificationRequirement} */
const verification = (known) => (known.user_verified ? "required" : "preferred");
/** @param {string} text */
const says = (text) => Object.assign(new Error(text), { text });

/** Browsers offer a credential at its RP id's host alone, and at no bare address. @param {Known} known */
function checkPlace(known) {
  if (location.hostname !== known.rp_id && !location.hostname.endsWith(`.${known.rp_id}`))
    throw says(t("Authenticators serve at {host} only: open these pages there, not at {here}.", { host: known.rp_id, here: location.hostname }));
}

/** @param {() => Promise<any>} asked */
async function answered(asked) {
  try {
    return await asked();
  } catch {
    throw says(t("The authenticator gave no answer. Nothing was done: try again."));
  }
}

/** @param {Known} known @param {Uint8Array<ArrayBuffer> | ArrayBuffer} id @param {string} text */
async function assertedBy(known, id, text) {
  /** @type {PublicKeyCredentialRequestOptions} */
  const publicKey = { rpId: known.rp_id, challenge: await challenge(text), userVerification: verification(known), timeout: 60000,
    allowCredentials: [{ type: "public-key", id }] };
  const { response } = await answered(() => navigator.credentials.get({ publicKey }));
  return [{ client_data: base64(response.clientDataJSON), authenticator_data: base64(response.authenticatorData),
    assertion_signature: base64(response.signature) }];
}

/** What a person's registered authenticator asserts of a text, as the signer takes it. @param {Known} known @param {string} text */
export async function asserted(known, text) {
  checkPlace(known);
  return assertedBy(known, fromBase64(known.credential_id ?? ""), text);
}

/** A new credential, and its own assertion of the text that names it, for which the secret is sealed too.
 * @param {Known} known @param {string} personId */
export async function made(known, personId) {
  checkPlace(known);
  /** @type {PublicKeyCredentialCreationOptions} */
  const publicKey = { rp: { id: known.rp_id, name: "Stemma" }, user: { id: utf8(personId), name: personId, displayName: personId },
    challenge: await challenge(`stemma-authenticator/1 ${personId}`), pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    attestation: "none", authenticatorSelection: { residentKey: "discouraged", userVerification: verification(known) }, timeout: 60000 };
  const { rawId, response } = await answered(() => navigator.credentials.create({ publicKey }));
  const body = { person_id: personId, credential_id: base64(rawId), public_key: base64(response.getPublicKey()) };
  const text = `stemma-authenticator/1 ${personId} ${body.credential_id} ${body.public_key}`;
  return { text, body: { ...body, second_factor: await assertedBy(known, rawId, text) } };
}

/*
 * A secret sealed to the signer, for one text: ECDH P-256 with a key made for this alone, HKDF-SHA256, AES-256-GCM with the
 * text's SHA-256 as additional data. Neither gateway nor any service between can open it.
 */
/** @param {string} text */
export const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
/** @param {Uint8Array} bytes */
export const toBase64 = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
/** @param {ArrayBuffer} buffer */
export const toHex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");

const curve = { name: "ECDH", namedCurve: "P-256" };
const info = new TextEncoder().encode("stemma-seal/1");

/** @param {Uint8Array<ArrayBuffer>} point @param {Uint8Array<ArrayBuffer>} text @param {string} secret */
export async function sealTo(point, text, secret) {
  const signer = await crypto.subtle.importKey("raw", point, curve, false, []);
  const own = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const salt = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: signer }, own.privateKey, 256);
  const root = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt, info }, root,
    { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = await crypto.subtle.digest("SHA-256", text);
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData, tagLength: 128 }, key,
    new TextEncoder().encode(secret));
  const sealed = new Uint8Array(salt.length + iv.length + box.byteLength);
  sealed.set(salt);
  sealed.set(iv, salt.length);
  sealed.set(new Uint8Array(box), salt.length + iv.length);
  return toBase64(sealed);
}

/*
 * A batch's dossier for the auditor: the whole file, or its paper alone to read, with names or without. Made by the audit
 * service at this moment; the page only hands on what came.
 */
import { html, useState, Refused, say } from "./ui.js";
import { t } from "./text.js";
import { call } from "./api.js";
import { fromBase64 } from "./seal.js";

/** @param {Uint8Array} bytes */
const text = (bytes) => new TextDecoder().decode(bytes);

/** One member of the dossier, which stores its members as they are; found by the directory at the end.
 * @param {Uint8Array} file @param {string} name */
function member(file, name) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const end = file.length - 22;                              // no comment behind the directory
  for (let at = view.getUint32(end + 16, true); at < end;) {
    const [size, nameLength] = [view.getUint32(at + 24, true), view.getUint16(at + 28, true)];
    const header = view.getUint32(at + 42, true);
    if (text(file.subarray(at + 46, at + 46 + nameLength)) === name) {
      const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
      return file.subarray(start, start + size);
    }
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  throw new Error(`There is no ${name} in the dossier.`);
}

/** @param {any} data @param {string} name @param {string} type */
export function handOver(data, name, type) {
  const address = URL.createObjectURL(new Blob([data], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/** @type {Record<string, (made: { file: Uint8Array, name: string }) => [Uint8Array, string, string]>} */
const kinds = {
  dossier: (made) => [made.file, made.name, "application/vnd.etsi.asic-e+zip"],
  paper: (made) => [member(made.file, "human/dossier.pdf"), made.name.replace(/asice$/, "pdf"), "application/pdf"],
};

/** @param {{ id: string }} props */
export function Dossier({ id }) {
  const [redacted, setRedacted] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const [made, setMade] = useState(/** @type {any} */ (null));

  /** @param {string} kind */
  const make = async (kind) => {
    setBusy(true);
    setError(null);
    setMade(null);
    try {
      const out = await call("audit.dossier", { batch_id: id, ...(redacted ? { redacted: true } : {}) });
      const [data, name, type] = kinds[kind]({ file: fromBase64(out.file), name: out.file_name });
      handOver(data, name, type);
      setMade({ kind, name, entries: out.entries });
      say(t("{name} is ready", { name }));
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
  };

  return html`<section><h2>${t("Dossier")}</h2><div class="sheet dossier">
    <label class="choice"><input type="checkbox" checked=${redacted} onInput=${(/** @type {any} */ e) => setRedacted(e.target.checked)} />
      ${" "}${t("Redacted: no names and no free text on paper, no statements about people")}</label>
    <p class="quiet">${t("What people signed cannot be left out: it stays in the dossier's streams, with their certificates.")}</p>
    <div class="row"><button type="button" disabled=${busy} onClick=${() => make("paper")}>${t("Paper to read (PDF)")}</button>
      <button type="button" disabled=${busy} onClick=${() => make("dossier")}>${t("Dossier to verify")}</button></div>
    <div>${busy && html`<p class="quiet">${t("Being made and signed …")}</p>`}${error && html`<${Refused} error=${error} />`}
      ${made && html`<p class="note">${t("{name}: entries 1 to {n} (seq 0 to {last}).", { name: made.name, n: made.entries, last: made.entries - 1 })} ${" "}
        ${made.kind === "dossier" ? html`<code>stemma-verify ${made.name} --trust DIR</code>` : t("A copy for reading; the record is the dossier.")}</p>`}</div>
  </div></section>`;
}

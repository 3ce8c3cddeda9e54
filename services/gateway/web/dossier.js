/*
 * A batch's dossier for the auditor: the whole file, or its paper alone to read, with names or without. Made by the audit
 * service at this moment; the page only hands on what came.
 */
import { el, say, refusal } from "/dom.js";
import { call } from "/api.js";
import { fromBase64 } from "/seal.js";

const text = (bytes) => new TextDecoder().decode(bytes);

/* One member of the dossier, which stores its members as they are; found by the directory at the end. */
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

function handOver(data, name, type) {
  const address = URL.createObjectURL(new Blob([data], { type }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

const kinds = {
  dossier: (made) => [made.file, made.name, "application/vnd.etsi.asic-e+zip"],
  paper: (made) => [member(made.file, "human/dossier.pdf"), made.name.replace(/asice$/, "pdf"), "application/pdf"],
};

/* The section of the batch's page; `onRefusal` says whether it has dealt with a refusal. Making a dossier adds to the log, and
   that refreshes the page: the section stays the same one, so that what it says is not lost. */
let shown = { id: "", section: null };

export function dossierSection(id, onRefusal) {
  if (shown.id !== id) shown = { id, section: newSection(id, onRefusal) };
  return shown.section;
}

function newSection(id, onRefusal) {
  const redacted = el("input", { type: "checkbox" });
  const outcome = el("div");
  const buttons = [["paper", "Paper to read (PDF)"], ["dossier", "Dossier to verify"]].map(([kind, title]) =>
    el("button", { type: "button", async onclick() {
      buttons.forEach((b) => { b.disabled = true; });
      outcome.replaceChildren(el("p", { class: "quiet" }, "Being made and signed …"));
      try {
        const out = await call("audit.dossier", { batch_id: id, ...(redacted.checked ? { redacted: true } : {}) });
        const [data, name, type] = kinds[kind]({ file: fromBase64(out.file), name: out.file_name });
        handOver(data, name, type);
        outcome.replaceChildren(el("p", { class: "note" }, `${name}: entries 1 to ${out.entries} (seq 0 to ${out.entries - 1}). `,
          kind === "dossier" ? el("code", {}, `stemma-verify ${name} --trust DIR`) : "A copy for reading; the record is the dossier."));
        say(`${name} is ready`);
      } catch (error) {
        if (!onRefusal(error)) outcome.replaceChildren(refusal(error));
      } finally {
        buttons.forEach((b) => { b.disabled = false; });
      }
    } }, title));
  return el("section", {}, el("h2", {}, "Dossier"), el("div", { class: "sheet dossier" },
    el("label", { class: "choice" }, redacted, " Redacted: no names and no free text on paper, no statements about people"),
    el("p", { class: "quiet" }, "What people signed cannot be left out: it stays in the dossier's streams, with their certificates."),
    el("div", { class: "row" }, buttons), outcome));
}

/*
 * Labels at the bench: a container, its next copy, the label as it will be printed, drawn by the service that draws it for the printer, and
 * what would be signed, which has every statement that it will bear; then the file for the printer, while it is fresh. A further copy is
 * a reprint and needs its reason: the service counts, this page only proposes. The label is scanned back from its container (R07): the copy in hand
 * is the one that is meant, and the service compares what its square symbol says.
 */
import { html, useState, useEffect, useRef, Answer, Chip, Refused, Working, useAsk, say } from "./ui.js";
import { t } from "./text.js";
import { call, prepare } from "./api.js";
import { fromBase64 } from "./seal.js";
import { Signing, OnItsWay } from "./act.js";
import { handOver } from "./dossier.js";
import { mayAct, verbNamed } from "./router.js";
import { Sums, Copies } from "./copies.js";
import { useScanner } from "./scan.js";

export const mayLabel = () => mayAct(verbNamed("custody.label_print"));

/** @type {Record<string, [string, string]>} */
const formats = { pdf: ["Label to print (PDF)", "application/pdf"], zpl: ["For a thermal printer (ZPL)", "text/plain"] };

/** The files of the copy that was signed for just now. @param {{ batch: string, container: string }} props */
function Files({ batch, container }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  /** @param {string} format */
  const fetch = (format) => async () => {
    setError(null);
    const file = await call("custody.label", { batch_id: batch, container_id: container, format });
    handOver(fromBase64(file.file), file.file_name, formats[format][1]);
    say(t("{name} is ready", { name: file.file_name }));
  };
  return html`<div class="row">${Object.entries(formats).map(([format, [text]]) => html`<${Working} run=${fetch(format)} failed=${setError}>${t(text)}<//>`)}</div>
    ${error && html`<${Refused} error=${error} />`}`;
}

/** The label as the service draws it, 100 by 60 mm; painted, for the pages' policy lets no picture in that is none of the house's files.
 * @param {{ file: string, container: string, copy: number }} props */
function Picture({ file, container, copy }) {
  const paper = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  useEffect(() => {
    const draw = async () => {
      const bitmap = await createImageBitmap(new Blob([fromBase64(file)], { type: "image/png" })), to = paper.current;
      if (!to) return;
      [to.width, to.height] = [bitmap.width, bitmap.height];
      to.getContext("2d")?.drawImage(bitmap, 0, 0);
    };
    draw().catch(setError);
  }, [file]);
  return html`${error && html`<${Refused} error=${error} />`}<canvas class="preview" ref=${paper} width="800" height="480" role="img"
    aria-label=${t("Label of {id}, copy {n}, as it will be printed", { id: container, n: copy })} />`;
}

/** @param {{ batch: string, container: string, copy: number, again: () => Promise<void> }} props */
function One({ batch, container: id, copy, again }) {
  const [reason, setReason] = useState("");
  const [prepared, setPrepared] = useState(/** @type {any} */ (null));
  const [printed, setPrinted] = useState(/** @type {any} */ (undefined));
  const [error, setError] = useState(/** @type {any} */ (null));
  const look = async () => {
    setError(null);
    const body = { batch_id: batch, container_id: id, copy, ...(reason.trim() ? { reason: reason.trim() } : {}) };
    const [act, shown] = await Promise.all([prepare("custody.label_print", body), call("custody.label_preview", body)]);
    setPrepared({ ...act, picture: shown.file });
  };
  if (prepared) return html`<li class="sheet label"><${Signing} verb=${verbNamed("custody.label_print")} prepared=${prepared} title="This is what the label bears, and what you sign"
    picture=${html`<${Picture} file=${prepared.picture} container=${id} copy=${copy} />`}
    again=${() => setPrepared(null)} done=${(/** @type {any} */ receipt) => { setPrepared(null); setPrinted(receipt); setReason(""); again(); }} /></li>`;
  return html`<li class="sheet label" aria-label=${id}><div class="head"><strong class="id">${id}</strong>
      ${copy > 1 ? html`<${Chip} kind="good">${t("Copies signed for: {n}", { n: copy - 1 })}<//>` : html`<${Chip} kind="warn">${t("No label yet")}<//>`}</div>
    ${printed === null && html`<${OnItsWay} />`}${printed && html`<p class="note good" role="status">${t("Copy {n} is signed for. The file is handed out for a quarter of an hour.", { n: copy - 1 })}</p><${Files} batch=${batch} container=${id} />`}
    ${copy > 1 && html`<label class="field"><span>${t("Reason of a further copy")}</span><input value=${reason} maxlength="400" onInput=${(/** @type {any} */ e) => setReason(e.target.value)} /></label>`}
    ${error && html`<${Refused} error=${error} />`}
    <div class="row"><${Working} kind=${copy > 1 ? "" : "main"} run=${look} failed=${setError}>${copy > 1 ? t("Reprint {id}", { id }) : t("Label {id}", { id })}<//>
      ${copy > 1 && !printed && html`<details><summary class="button">${t("The last copy again")}</summary><${Files} batch=${batch} container=${id} /></details>`}</div></li>`;
}

/** What a scan of a square symbol is: prepared to be signed for, or why not. @typedef {{ copy?: any, prepared?: any, error?: any }} Back */

/** What the square symbol says: its container and whether it is a reprint's. @param {string} code */
function readSymbol(code) {
  const [, donation, flags, product] = /^=\+\d{5}=(.{13})(.{2})=<(.{8})/.exec(code) ?? [];
  return donation ? { container: `${donation}-${product}`, isReprint: flags === "05" } : null;
}

/** The copies of the batch that are in hand. @param {any[]} copies */
const handOf = (copies) => copies.filter((k) => k.state === "printed");

/** The copy in hand that the symbol is of; else the first in hand, of which the service then says what was expected.
 * @param {any[]} copies @param {string} code */
function inHand(copies, code) {
  const said = readSymbol(code), hand = handOf(copies);
  return hand.filter((/** @type {any} */ k) => k.container_id === said?.container && (k.copy > 1) === said?.isReprint).pop() ?? hand[0];
}

/** The scan goes to the service as it came: which container and which print it is, is the service's to say.
 * @param {string} batch @param {any[]} copies @param {string} code @returns {Promise<Back>} */
async function scanBack(batch, copies, code) {
  const copy = inHand(copies, code);
  try {
    return { copy, prepared: await prepare("custody.label_apply", { batch_id: batch, container_id: copy.container_id, copy: copy.copy, confirmed: code, confirmed_how: "scanned" }) };
  } catch (/** @type {any} */ error) {
    return { error };
  }
}

/** What was scanned back, to be signed; or what the label says and what was expected. @param {{ back: Back, set: (back: Back) => void, again: () => Promise<void> }} props */
function ScannedBack({ back, set, again }) {
  const [sent, setSent] = useState(/** @type {any} */ (undefined));
  useEffect(() => { if (back.prepared) setSent(undefined); }, [back.prepared]);
  if (back.prepared) return html`<div class="sheet label"><p class="note">${t("Scanned back: copy {n} is on {id}.", { id: back.copy.container_id, n: back.copy.copy })}</p><${Signing} verb=${verbNamed("custody.label_apply")} prepared=${back.prepared}
    again=${() => set({})} done=${(/** @type {any} */ receipt) => { set({}); setSent(receipt); again(); }} /></div>`;
  return html`${back.error && html`<${Refused} error=${back.error} />`}${sent === null && html`<${OnItsWay} />`}
    ${sent && !back.error && html`<p class="note good" role="status">${t("The label is recorded as applied.")}</p>`}`;
}

/** @param {{ id: string }} props */
export function Labels({ id }) {
  const asked = useAsk(async () => {
    const [stock, labels] = await Promise.all([call("custody.reconcile", { batch_id: id }), call("custody.labels", { batch_id: id })]);
    return { labels, all: (stock.containers ?? []).sort((/** @type {any} */ a, /** @type {any} */ b) => (a.container_id < b.container_id ? -1 : 1)) };
  }, [id]);
  const [wanted, setWanted] = useState("");
  const [back, setBack] = useState(/** @type {Back} */ ({}));
  const busy = useRef(false);
  useScanner(async ({ code, twice }) => {
    if (twice || back.prepared || busy.current) return;
    const said = readSymbol(code), labels = asked.result?.labels;
    if (!code.startsWith("=+") || !labels?.asked || handOf(labels.labels ?? []).length === 0) { setBack({}); setWanted(said?.container ?? code); return; }
    busy.current = true;
    setBack(await scanBack(id, labels.labels, code));
    busy.current = false;
  });
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ { all, labels }) => {
    const shown = all.filter((/** @type {any} */ c) => c.container_id === wanted);
    return html`<p><a href=${`#/bench/${id}`}>${t("Bench")}</a> · <a href=${`#/batch/${id}`}>${id}</a></p><h1>${t("Labels of {id}", { id })}</h1>
      <p class="quiet">${labels.asked
        ? t("One container at a time; every copy is counted. Scan the label back when it is on its container; scan a container to see it alone.")
        : t("One container at a time; every copy is counted. Scan a container to see it alone.")}</p>
      <${Sums} got=${labels} /><${ScannedBack} back=${back} set=${setBack} again=${asked.again} />
      ${wanted && html`<p class=${shown.length ? "note" : "refusal"} role="status">${shown.length ? wanted : t("{code} is no container of this batch.", { code: wanted })}
        <button type="button" class="link" onClick=${() => setWanted("")}>${t("Show all")}</button></p>`}
      ${all.length === 0 ? html`<p class="sheet empty">${t("No container is filled yet.")}</p>` : html`<ul class="labels">${(shown.length ? shown : all).map((/** @type {any} */ c) =>
        html`<${One} key=${c.container_id} batch=${id} container=${c.container_id} copy=${(c.copies ?? 0) + 1} again=${asked.again} />`)}</ul>`}<${Copies} batch=${id} got=${labels} />`;
  }}<//>`;
}

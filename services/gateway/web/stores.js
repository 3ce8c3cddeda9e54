/* Equipment and lots: what is due, what has failed and which batches it reached, what is left; and the acts on each. */
import { html, Section, Chip, Time, Day, Answer, useAsk } from "./ui.js";
import { t, words } from "./text.js";
import { call } from "./api.js";
import { mayAct, verbNamed } from "./router.js";
import { Due } from "./bench.js";

/** @type {Record<string, string>} */
const results = { pass: "good", fail: "bad" };
/** @type {Record<string, string>} */
const lots = { quarantine: "warn", released: "good", rejected: "bad" };
const SOON_MS = 30 * 86400000;

/** @param {{ names: [string, string][], of: string }} props */
const Ways = ({ names, of }) => html`<span class="ways">${names.filter(([name]) => mayAct(verbNamed(name))).map(([name, text]) => html`<a href=${`#/act/${name}/${of}`} aria-label=${`${t(text)} ${of}`}>${t(text)}</a> `)}</span>`;
/** @param {{ id: string }} props */
const Traced = ({ id }) => html`<a href=${`#/trace/${id.startsWith("E-") ? "equipment" : "lot"}/${id}`}>${id}</a>`;
/** @param {string[] | undefined} ids */
const batches = (ids) => (ids ?? []).map((id) => html`<a href=${`#/batch/${id}`}>${id}</a> `);

/** What lasts long is a day; what ends soon says how long it still lasts. @param {{ at: string }} props */
const Until = ({ at }) => (Date.parse(at) - Date.now() < SOON_MS ? html`<${Due} at=${at} />` : html`<${Day} at=${at} />`);

/** @param {any} q */
const equipment = (q) => [html`<${Traced} id=${q.equipment_id} />`, q.title, words(q.equipment_class),
  q.calibration ? html`<${Chip} kind=${results[q.calibration] ?? "work"}>${words(q.calibration)}<//>` : t("not calibrated"), q.due_at && html`<${Until} at=${q.due_at} />`, q.batch_id && batches([q.batch_id]),
  q.out_of_service ? html`<${Chip} kind="bad">${t("Out of service")}<//> ${q.out_of_service}` : q.cleaned_at && html`<${Time} at=${q.cleaned_at} />`,
  html`<${Ways} of=${q.equipment_id} names=${[["batch.equipment_clean", "Clean"], q.out_of_service ? ["batch.equipment_tag_in", "Tag in"] : ["batch.equipment_tag_out", "Tag out"], ["batch.equipment_calibrate", "Calibrate"], ["custody.unit_readings", "Enter readings"], ["custody.unit_qualify", "Qualify"]]} />`];

/** @param {any} m */
const lot = (m) => [html`<${Traced} id=${m.lot_id} />`, m.material, words(m.material_class), html`<${Chip} kind=${lots[m.state] ?? "work"}>${words(m.state)}<//>`, html`<${Until} at=${m.expires_at} />`,
  `${m.quantity} ${m.unit}`, html`<${Ways} of=${m.lot_id} names=${m.state === "quarantine" ? [["batch.material_release", "Release"]] : m.in_use_h ? [["batch.material_open", "Open a vial"]] : []} />`];

/** @param {any} v */
const vial = (v) => [html`<${Traced} id=${v.lot_id} />/${v.vial_no}`, v.material, html`<${Due} at=${v.use_by} />`, `${v.quantity} ${v.unit}`, html`<${Time} at=${v.opened_at} />`, v.opened_by,
  html`<${Ways} of=${v.lot_id} names=${[["batch.vial_discard", "Discard"], ["batch.vial_correct", "Correct"]]} />`];

/** What is discarded is no longer in store. @param {any} open */
const opened = (open) => (open.vials ?? []).filter((/** @type {any} */ v) => !v.discarded_at);

/** @param {any} x */
const excursion = (x) => [html`<${Traced} id=${x.equipment_id} /> (${t("entry")} ${x.seq})`, html`<${Time} at=${x.outside_from} />`, html`<${Time} at=${x.outside_until} />`, `${x.min_c} … ${x.max_c} °C`, `${x.outside_min} min`,
  x.undecided ? html`<${Chip} kind="bad">${t("{n} of {of} wait for QA", { n: x.undecided, of: x.reached })}<//>` : html`<${Chip} kind="good">${t("{n} decided", { n: x.reached })}<//>`, batches(x.batches)];

/** @param {any} u */
const use = (u) => [u.calibration, html`<${Time} at=${u.good_at} />`, html`<${Time} at=${u.failed_at} />`, batches([u.batch_id]), u.use, html`<${Time} at=${u.used_from} />`,
  u.deviation_seq !== undefined ? html`<${Chip} kind="good">${t("answered at entry {n}", { n: u.deviation_seq })}<//>` : html`<${Chip} kind="bad">${t("No deviation yet")}<//> <${Ways} of=${u.batch_id} names=${[["quality.deviation_open", "Open a deviation"]]} />`];

const cut = () => t("There are more: the first are shown.");

/** @param {{ got: any[] }} props */
const All = ({ got: [machines, excursions, uses, stock, open] }) => html`
  ${excursions.excursions?.length > 0 && html`<${Section} title="Excursions" note=${excursions.more && cut()} heads=${["Unit", "Outside from", "Outside until", "Range", "Outside", "Containers", "Batches"]} rows=${excursions.excursions.map(excursion)} />`}
  ${uses.uses?.length > 0 && html`<${Section} title="Used since the last good calibration" note=${uses.more && cut()} heads=${["Failed calibration", "Good until", "Failed at", "Batch", "Use", "Used from", "Answered"]} rows=${uses.uses.map(use)} />`}
  <${Section} title="Equipment" note=${machines.more && cut()} heads=${["Equipment", "Title", "Class", "Last calibration", "Due", "Batch there", "Last cleaned", "Next"]} rows=${(machines.equipment ?? []).map(equipment)} />
  <div class="row">${[["batch.equipment_register", "Register equipment"]].filter(([name]) => mayAct(verbNamed(name))).map(([name, text]) => html`<a class="button" href=${`#/act/${name}`}>${t(text)}</a>`)}</div>
  ${opened(open).length > 0 && html`<${Section} title="Opened vials" note=${open.more && cut()} heads=${["Vial", "Material", "To be used by", "Left", "Opened", "Opened by", "Next"]} rows=${opened(open).map(vial)} />`}
  <${Section} title="Lots" note=${stock.more && cut()} heads=${["Lot", "Material", "Class", "State", "Expires", "Quantity left", "Next"]} rows=${(stock.materials ?? []).map(lot)} />
  <div class="row">${[["batch.material_receive", "Receive a lot"]].filter(([name]) => mayAct(verbNamed(name))).map(([name, text]) => html`<a class="button" href=${`#/act/${name}`}>${t(text)}</a>`)}</div>`;

/** Opened vials only where a lot has an in-use limit. */
async function read() {
  const got = await Promise.all([call("batch.equipment"), call("custody.excursions", {}), call("quality.failed_calibrations", {}), call("batch.materials")]);
  const open = (got[3].materials ?? []).some((/** @type {any} */ m) => m.in_use_h) ? (await call("batch.vials")) : {};
  return [...got, open];
}

export function Stores() {
  const asked = useAsk(read, [], (entry) => /^[EM]-/.test(entry.stream));
  return html`<h1>${t("Equipment and lots")}</h1><p class="quiet">${t("What failed and what it reached stands first, then what is due.")}</p>
    <${Answer} asked=${asked}>${(/** @type {any[]} */ got) => html`<${All} got=${got} />`}<//>`;
}

/*
 * One step a screen. Instruction, fields, units and limits are the procedure document's, materials and equipment the house's lists;
 * nothing of a step is written here. What is typed is kept; what counts is decided by the house when the step is prepared.
 */
import { html, useState, useRef, useMemo, Answer, Chip, Facts, Refused, useAsk, say } from "./ui.js";
import { t, words, wallNow, fromWall, moment } from "./text.js";
import { call, prepare, login } from "./api.js";
import { keep, kept, forget } from "./drafts.js";
import { Signing, OnItsWay } from "./act.js";
import { me, news, verbNamed } from "./router.js";
import { useScanner } from "./scan.js";
import { useOnlyHere } from "./tabs.js";
import { limitsText, eye } from "./limits.js";
import { Due, Use, useNow, named } from "./bench.js";
import { stepsOf } from "./record_text.js";
import { goTo } from "./fields.js";

/** @typedef {{ started?: string, ended?: string, reason?: string, values: Record<string, string>, lots: Record<string, { id: string, quantity: string }>,
 *   machines: Record<string, string>, confirmed?: { text: string, how: string } }} Typed */
/** @returns {Typed} */
const nothing = () => ({ values: {}, lots: {}, machines: {} });

/** The header that stays: which batch, whose cells, which step, which version of the record. @param {{ got: any, title: string }} props */
const StepHead = ({ got, title }) => html`<div class="stephead"><div><strong class="id">${got.batch.batch_id}</strong>${" "}
    <code>${got.batch.donation_number}</code> ${words(got.batch.tissue)} <${Use} use=${got.batch.use} /></div>
  <div><strong>${title}</strong> <span class="quiet">${got.batch.procedure_id} v${got.batch.procedure_version}, ${t("record at entry {n}", { n: got.batch.head_seq })}</span></div>
  ${got.batch.containers?.length > 0 && html`<a class="button labels" href=${`#/labels/${got.batch.batch_id}`}>${t("Labels")}</a>`}
  <a class="button problem" href=${`#/act/quality.deviation_open/${got.batch.batch_id}`}>${t("Problem")}</a></div>`;

/** One field of the procedure. @param {{ f: import("./limits.js").StepField, value: string, set: (value: string) => void, bad: boolean }} props */
function StepField({ f, value, set, bad }) {
  const id = `f-${f.name}`;
  const common = { id, value, required: f.required, "aria-describedby": `${id}-l`, "aria-invalid": bad ? "true" : undefined, onInput: (/** @type {any} */ e) => set(e.target.value) };
  const seen = eye(f, value), limits = limitsText(f);
  const input = f.kind === "choice" || f.kind === "bool"
    ? html`<select ...${common}><option value="">—</option>${(f.kind === "bool" ? [["true", t("Yes")], ["false", t("No")]] : (f.choices ?? []).map((c) => [c, c]))
      .map(([v, said]) => html`<option value=${v}>${said}</option>`)}</select>`
    : f.kind === "time" ? html`<input ...${common} type="datetime-local" step="1" />`
      : html`<input ...${common} inputmode=${f.kind === "decimal" ? "decimal" : f.kind === "integer" ? "numeric" : "text"} autocomplete="off" spellcheck=${false} maxlength="400" />`;
  return html`<div class="stepfield" data-field=${f.name}><label for=${id}>${f.label ?? words(f.name)}${f.unit && f.unit !== "1" ? html` <em>${f.unit}</em>` : ""}
      ${!f.required && html` <em>${t("optional")}</em>`}${f.critical && html` <em>${t("critical: a second person looks")}</em>`}</label>
    ${input}<p id=${`${id}-l`} class="limits">${limits}${seen && html` <${Chip} kind=${seen.kind}>${seen.text}<//>`}</p></div>`;
}

/** What an opened vial is now, where it is no longer in use: for a step that is recorded late it is chosen all the same. @param {any} v */
const gone = (v) => (v.discarded_at ? t("discarded {time}", { time: moment(v.discarded_at) }) : v.use_by && Date.parse(v.use_by) <= Date.now() ? t("run out") : "");

/** What a lot is used from: itself, or, where it has an in-use limit, its vials that were open at the step's end, or else its start; and the one that is
 * chosen already. @param {any} got @param {any} lot @param {Typed} typed @returns {any[]} */
function choices(got, lot, typed) {
  if (!lot.in_use_h) return [{ ...lot, key: lot.lot_id }];
  const end = Date.parse(fromWall(typed.ended || typed.started || wallNow())), start = Date.parse(fromWall(typed.started || wallNow())), chosen = typed.lots[lot.material_class]?.id;
  return got.vials.filter((/** @type {any} */ v) => v.lot_id === lot.lot_id).map((/** @type {any} */ v) => ({ ...v, key: `${v.lot_id}/${v.vial_no}` }))
    .filter((/** @type {any} */ v) => v.key === chosen || (Date.parse(v.use_by) > end && !(Date.parse(v.discarded_at) < start)));
}

/** @param {{ got: any, typed: Typed, set: (typed: Typed) => void, bad: string }} props */
function Things({ got, typed, set, bad }) {
  const { step, lots, machines } = got;
  const lot = (/** @type {string} */ name, /** @type {object} */ change) => set({ ...typed, lots: { ...typed.lots, [name]: { ...{ id: "", quantity: "" }, ...typed.lots[name], ...change } } });
  return html`${(step.materials ?? []).map((/** @type {any} */ m) => html`<div class="stepfield two" data-field="materials"><label for=${`m-${m.name}`}>${m.label ?? words(m.name)}
      ${!m.required && html` <em>${t("optional")}</em>`}</label>
    <select id=${`m-${m.name}`} value=${typed.lots[m.name]?.id ?? ""} aria-invalid=${bad === "materials" ? "true" : undefined} onInput=${(/** @type {any} */ e) => lot(m.name, { id: e.target.value })}>
      <option value="">${t("scan the lot, or choose")}</option>${lots.filter((/** @type {any} */ l) => l.material_class === m.name && l.state === "released").flatMap((/** @type {any} */ l) => choices(got, l, typed)).map((/** @type {any} */ l) =>
        html`<option value=${l.key}>${l.key}, ${l.material}, ${t("{n} {unit} left", { n: l.quantity, unit: l.unit })}${l.use_by ? `, ${t("to be used by {time}", { time: moment(l.use_by) })}` : ""}${gone(l) && `, ${gone(l)}`}</option>`)}</select>
    ${lots.some((/** @type {any} */ l) => l.in_use_h && l.material_class === m.name) && html`<p class="limits"><a href="#/act/batch.material_open">${t("Open a vial")}</a></p>`}
    <input inputmode="decimal" autocomplete="off" aria-label=${t("Quantity of {what}", { what: m.label ?? words(m.name) })} placeholder=${lots.find((/** @type {any} */ l) => l.lot_id === typed.lots[m.name]?.id.split("/")[0])?.unit ?? t("quantity")}
      value=${typed.lots[m.name]?.quantity ?? ""} onInput=${(/** @type {any} */ e) => lot(m.name, { quantity: e.target.value })} /></div>`)}
  ${(step.equipment ?? []).map((/** @type {any} */ q) => html`<div class="stepfield" data-field="equipment"><label for=${`e-${q.name}`}>${q.label ?? words(q.name)}
      ${!q.required && html` <em>${t("optional")}</em>`}</label>
    <select id=${`e-${q.name}`} value=${typed.machines[q.name] ?? ""} aria-invalid=${bad === "equipment" ? "true" : undefined}
      onInput=${(/** @type {any} */ e) => set({ ...typed, machines: { ...typed.machines, [q.name]: e.target.value } })}>
      <option value="">${t("scan the machine, or choose")}</option>${machines.filter((/** @type {any} */ one) => one.equipment_class === q.name).map((/** @type {any} */ one) =>
        html`<option value=${one.equipment_id}>${one.equipment_id}, ${one.title}${one.out_of_service ? `, ${t("out of service")}` : ""}</option>`)}</select>
    ${q.clean_within_h && html`<p class="limits">${t("Cleaned at most {n} h before.", { n: q.clean_within_h })} <a href=${`#/act/batch.equipment_clean${typed.machines[q.name] ? `/${typed.machines[q.name]}` : ""}`}>${t("Record a cleaning")}</a></p>`}</div>`)}`;
}

/** Puts a scanned lot or machine where the step wants it, or says why not and where it is.
 * @param {any} got @param {Typed} typed @param {string} code @returns {{ typed?: Typed, text: string }} */
function place(got, typed, code) {
  const lot = got.lots.find((/** @type {any} */ l) => l.lot_id === code), machine = got.machines.find((/** @type {any} */ m) => m.equipment_id === code);
  const { step } = got;
  if (lot) {
    if (!(step.materials ?? []).some((/** @type {any} */ m) => m.name === lot.material_class))
      return { text: t("{code} is {what}; this step takes none.", { code, what: `${lot.material} (${words(lot.material_class)})` }) };
    if (lot.state !== "released") return { text: t("{code} is in {state}, not released for use.", { code, state: words(lot.state) }) };
    const open = choices(got, lot, typed);
    if (open.length === 0) return { text: t("{code} keeps {n} h once open, and no vial of it is open.", { code, n: lot.in_use_h }) };
    return { text: open.length > 1 ? t("Which vial of {code}? Choose it.", { code }) : t("{code} is taken.", { code: open[0].key }), typed: { ...typed, lots: { ...typed.lots, [lot.material_class]: { quantity: typed.lots[lot.material_class]?.quantity ?? "", id: open.length > 1 ? "" : open[0].key } } } };
  }
  if (machine) {
    if (!(step.equipment ?? []).some((/** @type {any} */ q) => q.name === machine.equipment_class))
      return { text: t("{code} is {what}; this step takes none.", { code, what: machine.title }) };
    if (machine.calibration !== "pass") return { text: t("{code} has no calibration that passed.", { code }) };
    const out = machine.out_of_service ? ` ${t("{code} is out of service: {why}", { code, why: machine.out_of_service })}` : "";
    return { text: `${t("{code} is taken.", { code })}${out}`, typed: { ...typed, machines: { ...typed.machines, [machine.equipment_class]: code } } };
  }
  if (code === got.batch.batch_id)
    return step.scan_to_confirm ? { text: t("{code} is this batch, which confirms nothing: scan the container or the donation number.", { code }) }
      : { text: t("{code} is this batch.", { code }), typed };
  if (code === got.batch.donation_number || code.startsWith(`${got.batch.donation_number}-`))
    return { text: t("{code} is this batch.", { code }), typed: { ...typed, confirmed: { text: code, how: "scanned" } } };
  return { text: "" };
}

/** Whether a barcode is of this batch: of a container, or of the donation as a reader sends it, without the check character that is typed.
 * @param {any} got @param {{ hits: any[], isbt: boolean }} said */
const isOurs = (got, said) => said.hits.some((hit) => hit.kind === "container" ? hit.id.startsWith(`${got.batch.donation_number}-`)
  : said.isbt && hit.kind === "batch" && hit.id === got.batch.batch_id);

/** As place() does; what it does not know by its own name the house is asked about: a maker's barcode, a container, a person.
 * @param {any} got @param {Typed} typed @param {string} code @returns {Promise<{ typed?: Typed, text: string }>} */
async function placeOrAsk(got, typed, code) {
  const known = place(got, typed, code);
  if (known.text) return known;
  try {
    const said = await named(code);
    if (isOurs(got, said))
      return { text: t("{code} is this batch.", { code }), typed: { ...typed, confirmed: { text: code, how: "scanned" } } };
    const fits = said.hits.map((hit) => place(got, typed, hit.id)).find((one) => one.typed);
    const own = said.hits.some((hit) => hit.id === got.batch.batch_id);
    return fits ?? (own ? place(got, typed, got.batch.batch_id) : { text: `${t("Not for this step.")} ${said.text}` });
  } catch (/** @type {any} */ error) {
    return { text: [error.text, t(error.sentence ?? ""), t(error.hint ?? "")].filter(Boolean).join(" ") };
  }
}

/** How a work place stands for the batch: whether its line is cleared, who stands there, and where that is recorded (R05).
 * @param {{ got: any, asked: string, machine: any }} props */
function Place({ got, asked, machine }) {
  const { batch_id, lines } = got.batch;
  const mine = (lines ?? []).find((/** @type {any} */ one) => one.equipment_id === machine.equipment_id);
  const other = mine ? mine.next_batch_id : machine.batch_id !== batch_id && machine.batch_id;
  const held = mine && !mine.next_batch_id, second = (asked === "verified" || mine?.late_min) && !mine?.verified_by;
  /** @param {string} verb @param {string} text */
  const act = (verb, text) => html`<a href=${`#/act/${verb}/${batch_id}`}>${text}</a>`;
  return html`<li><strong>${machine.equipment_id}</strong><span>${machine.title}</span>${held && !second ? html`<${Chip} kind="good">${t("Cleared for this batch")}<//>`
    : held ? html`<${Chip} kind="warn">${t("No second person has looked")}<//> ${act("batch.line_verify", t("Verify the clearance"))}`
      : html`<${Chip} kind="bad">${other ? t("{batch} stands there", { batch: other }) : t("Not cleared")}<//> ${act("batch.line_clear", t("Clear it and record that"))}`}</li>`;
}

/** The places of the step that are cleared before it begins. @param {{ got: any }} props */
function Places({ got }) {
  const asked = (got.step.equipment ?? []).filter((/** @type {any} */ q) => q.line_clearance && q.line_clearance !== "none");
  const rows = asked.flatMap((/** @type {any} */ q) => got.machines.filter((/** @type {any} */ one) => one.equipment_class === q.name)
    .map((/** @type {any} */ machine) => html`<${Place} key=${machine.equipment_id} got=${got} asked=${q.line_clearance} machine=${machine} />`));
  return rows.length > 0 && html`<section aria-label=${t("Line clearance")}><h2>${t("Line clearance")}</h2>
    <p class="quiet">${t("One batch at a time at a place: it is cleared before this step begins there.")}</p><ul class="sheet acts">${rows}</ul></section>`;
}

/** What the earlier steps came to. @param {{ steps: Map<number, any>, now: number }} props */
function SoFar({ steps, now }) {
  const rows = [...steps.entries()].filter(([no]) => no < now).flatMap(([no, body]) => (body.computed ?? []).map((/** @type {any} */ c) =>
    /** @type {[string, unknown]} */ ([words(c.name), `${c.value ?? c.cannot_evaluate ?? ""} ${c.unit && c.unit !== "1" ? c.unit : ""} (${t("step {n}", { n: no })})`])));
  return rows.length === 0 ? null : html`<details class="sofar"><summary class="button">${t("So far: {n} values", { n: rows.length })}</summary><${Facts} rows=${rows} /></details>`;
}

/** What is worked on, scanned, or its number typed with the check character and a reason (R02).
 * @param {{ step: any, typed: Typed, set: (typed: Typed) => void, bad: boolean }} props */
function Confirm({ step, typed, set, bad }) {
  const { text = "", how = "" } = typed.confirmed ?? {};
  return (step.scan_to_confirm || text) && html`<div class="stepfield" data-field="confirmed"><label for="f-confirmed">${t("What is worked on")} <em>${t("scan it; typed: with its check character, and why")}</em></label>
    <input id="f-confirmed" autocomplete="off" spellcheck=${false} maxlength="120" value=${text} aria-invalid=${bad ? "true" : undefined}
      onInput=${(/** @type {any} */ e) => set({ ...typed, confirmed: e.target.value ? { text: e.target.value, how: "typed" } : undefined })} />
    <p class="limits">${how === "scanned" ? html`<${Chip} kind="good">${t("Scanned")}<//>` : how && html`<${Chip} kind="warn">${t("Typed: a reason is needed")}<//>`}</p></div>`;
}

/** How long this step runs. @param {{ since: string }} props */
function Running({ since }) {
  const now = useNow(1000);
  const s = Math.max(0, Math.floor((now - Date.parse(fromWall(since))) / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return html`<span class="running" role="timer">${t("running")} ${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}</span>`;
}

/** @param {any} got @param {Typed} typed */
function bodyOf(got, typed) {
  const { step, batch } = got;
  const values = step.fields?.map((/** @type {any} */ f) => ({ name: f.name, value: (typed.values[f.name] ?? "").trim() }))
    .filter((/** @type {any} */ v) => v.value !== "").map((/** @type {any} */ v) => (step.fields.find((/** @type {any} */ f) => f.name === v.name).kind === "time" && v.value.length < 24
      ? { ...v, value: fromWall(v.value) } : v)) ?? [];
  const materials = Object.values(typed.lots).filter((l) => l.id).map((l) => ({ lot_id: l.id.split("/")[0], quantity: l.quantity.trim(), ...(l.id.includes("/") ? { vial_no: Number(l.id.split("/")[1]) } : {}) }));
  const equipment = Object.values(typed.machines).filter(Boolean).map((id) => ({ equipment_id: id }));
  return { batch_id: batch.batch_id, step: step.no, started_at: fromWall(typed.started ?? ""), ended_at: fromWall(typed.ended || wallNow()),
    ...(values.length ? { values } : {}), ...(materials.length ? { materials } : {}), ...(equipment.length ? { equipment } : {}),
    ...(typed.confirmed?.text.trim() ? { confirmed: typed.confirmed.text.trim(), confirmed_how: typed.confirmed.how } : {}),
    ...(typed.reason?.trim() ? { reason: typed.reason.trim().replace(/\s*\n\s*/g, " ") } : {}) };
}

/** Which field a refusal is about: the procedure's own name, or a part of the record. @param {any} error */
const badField = (error) => (error?.field ?? "").split(/[.[]/)[0];

const Waits = () => html`<${OnItsWay}><a class="button main" href="#/unsent">${t("What is unsent")}</a><//>`;

/** @param {{ got: any, first: Typed | undefined, draft: string, again: () => Promise<void> }} props */
function Perform({ got, first, draft, again }) {
  const { step } = got;
  const [typed, setTyped] = useState(/** @type {Typed} */ (first ?? nothing()));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [scanned, setScanned] = useState(/** @type {any} */ (null));
  const [prepared, setPrepared] = useState(/** @type {any} */ (null));
  const [sent, setSent] = useState(/** @type {any} */ (undefined));
  const [busy, setBusy] = useState(false);
  const sheet = useRef(/** @type {Element | null} */ (null));
  const only = useOnlyHere(draft);
  /** @param {Typed} now */
  const change = (now) => { setTyped(now); keep(draft, now); };
  useScanner(async ({ code, twice }) => {
    if (prepared || twice || !typed.started) return;
    const found = await placeOrAsk(got, typed, code);
    setScanned({ text: found.text, good: !!found.typed });
    say(found.text);
    if (found.typed) change(found.typed);
  }, !prepared && !!typed.started);

  const complete = async () => {
    setBusy(true);
    setError(null);
    try {
      const now = { ...typed, ended: typed.ended || wallNow() };
      setPrepared(await prepare("batch.step", bodyOf(got, now)));
    } catch (/** @type {any} */ refused) {
      setError(refused);
      goTo(sheet.current, badField(refused));
    }
    setBusy(false);
  };
  /** @param {any} receipt */
  const done = async (receipt) => {
    await forget(draft);
    setPrepared(null);
    if (receipt) await again();
    else setSent(null);
  };

  if (sent === null) return html`<${Waits} />`;
  if (prepared) return html`<${Signing} verb=${verbNamed("batch.step")} prepared=${prepared} again=${() => setPrepared(null)} done=${done} />`;
  const started = typed.started;
  return html`<h1>${t("Step {n}: {name}", { n: step.no, name: step.name })}</h1><p class="instruction">${step.instruction}</p>
    ${!only.here && html`<div class="note warn" role="status"><p>${t("This step is open in another tab; what is typed there and here would not agree.")}
      <button type="button" class="link" onClick=${only.take}>${t("Go on here")}</button></p></div>`}
    ${first && html`<p class="note" role="status">${t("Typed before and kept on this device: not signed, not recorded.")}
      <button type="button" class="link" onClick=${() => { forget(draft); setTyped(nothing()); }}>${t("Throw it away")}</button></p>`}
    <div class="timers"><${Due} at=${got.due} />${started && html`<${Running} since=${started} />`}</div>
    <${SoFar} steps=${got.steps} now=${step.no} /><${Places} got=${got} />
    ${!started ? html`<button type="button" class="main big" disabled=${!only.here} onClick=${() => change({ ...typed, started: wallNow() })}>${t("Start step {n}", { n: step.no })}</button>` : html`
    <form class="sheet form wide" novalidate ref=${sheet} onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); complete(); }}><fieldset class="bare" disabled=${!only.here}>
      ${scanned && html`<p class=${scanned.good ? "note good" : "refusal"} role=${scanned.good ? "status" : "alert"}>${scanned.text}</p>`}
      ${got.cut && html`<p class="note">${t("Lots or equipment are more than five hundred: only the first can be chosen here.")}</p>`}
      <div class="grid"><${Confirm} step=${step} typed=${typed} set=${change} bad=${badField(error) === "confirmed"} />${(step.fields ?? []).map((/** @type {any} */ f) => html`<${StepField} key=${f.name} f=${f} value=${typed.values[f.name] ?? ""} bad=${badField(error) === f.name || (error?.field ?? "") === f.name}
        set=${(/** @type {string} */ value) => change({ ...typed, values: { ...typed.values, [f.name]: value } })} />`)}
      <${Things} got=${got} typed=${typed} set=${change} bad=${badField(error)} />
      <div class="stepfield" data-field="started_at"><label for="f-started">${t("Started")}</label><input id="f-started" type="datetime-local" step="1" value=${started}
        onInput=${(/** @type {any} */ e) => change({ ...typed, started: e.target.value })} /></div>
      <div class="stepfield" data-field="ended_at"><label for="f-ended">${t("Ended")} <em>${t("now, if left empty")}</em></label><input id="f-ended" type="datetime-local" step="1" value=${typed.ended ?? ""}
        onInput=${(/** @type {any} */ e) => change({ ...typed, ended: e.target.value })} /></div></div>
      <div class="stepfield" data-field="reason"><label for="f-reason">${t("Reason")} <em>${t("where a value is unusual or the entry late")}</em></label>
        <textarea id="f-reason" rows="2" maxlength="400" value=${typed.reason ?? ""} aria-invalid=${["limit_warn", "reason_missing"].includes(error?.code) ? "true" : undefined}
          onInput=${(/** @type {any} */ e) => change({ ...typed, reason: e.target.value })} /></div>
      <div aria-live="polite">${error && html`<${Refused} error=${error} />`}</div>
      <button class="main big" disabled=${busy}>${t("Complete step {n}", { n: step.no })}</button></fieldset></form>`}`;
}

/** The second person, on the same screen: logs in here, sees what was recorded, signs. @param {{ got: any, again: () => Promise<void> }} props */
function Verify({ got, again }) {
  const recorded = got.steps.get(got.step.no);
  const own = recorded?.person_id === me.value?.session?.person_id;
  const [person, setPerson] = useState("");
  const [secret, setSecret] = useState("");
  const [code, setCode] = useState("");
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const [prepared, setPrepared] = useState(/** @type {any} */ (null));
  const [waits, setWaits] = useState(false);
  const [busy, setBusy] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useScanner(({ code }) => {
    if (!own) return;
    const id = code.toUpperCase();      /* as it is typed too: a reader under Caps Lock turns letters over */
    setError(id.startsWith("U-") ? null : { text: t("{code} is nobody's badge.", { code }) });
    if (!id.startsWith("U-")) return;
    setPerson(id);
    input.current?.focus();
  }, own && !prepared);
  /** @param {Event} event */
  const change = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await login(person.trim().toUpperCase(), secret, code);
    } catch (/** @type {any} */ refused) {
      setError(refused);
      if (refused.code === "code_missing") setAsked(true);
    }
    setSecret("");
    setCode("");
    setBusy(false);
  };
  const look = async () => {
    setError(null);
    try {
      setPrepared(await prepare("batch.step_verify", { batch_id: got.batch.batch_id, step: got.step.no }));
    } catch (refused) {
      setError(refused);
    }
  };
  if (waits) return html`<${Waits} />`;
  if (prepared) return html`<${Signing} verb=${verbNamed("batch.step_verify")} prepared=${prepared} again=${() => setPrepared(null)}
    done=${(/** @type {any} */ receipt) => (receipt ? again() : setWaits(true))} />`;
  /** @param {string} name */
  const fieldOf = (name) => (got.step.fields ?? []).find((/** @type {any} */ f) => f.name === name);
  return html`<h1>${t("Verify step {n}: {name}", { n: got.step.no, name: got.step.name })}</h1><p class="instruction">${got.step.instruction}</p>
    <h2>${t("What {person} recorded", { person: recorded?.person_id })}</h2>
    <ul class="sheet acts">${(recorded?.values ?? []).map((/** @type {any} */ v) => {
      const f = fieldOf(v.name), seen = f && eye(f, v.value);
      return html`<li><strong>${f?.label ?? words(v.name)}</strong><span>${v.value} ${f?.unit && f.unit !== "1" ? f.unit : ""}</span> ${seen && html`<${Chip} kind=${seen.kind}>${seen.text}<//>`}
        <span class="quiet">${f && limitsText(f)}</span></li>`;
    })}${(recorded?.computed ?? []).map((/** @type {any} */ c) => html`<li><strong>${words(c.name)}</strong><span>${c.value ?? ""} ${c.unit && c.unit !== "1" ? c.unit : ""}</span>
      ${c.cannot_evaluate && html`<${Chip} kind="warn">${t("Cannot be evaluated: {why}", { why: c.cannot_evaluate })}<//>`}<span class="quiet">${t("computed")}</span></li>`)}
      ${(recorded?.materials ?? []).map((/** @type {any} */ m) => html`<li><strong>${m.lot_id}${m.vial_no ? `/${m.vial_no}` : ""}</strong><span>${m.quantity}</span></li>`)}
      ${(recorded?.equipment ?? []).map((/** @type {any} */ q) => html`<li><strong>${q.equipment_id}</strong></li>`)}
      ${recorded?.confirmed && html`<li><strong>${t("What is worked on")}</strong><span>${recorded.confirmed}</span> <${Chip} kind=${recorded.confirmed_how === "scanned" ? "good" : "warn"}>${words(recorded.confirmed_how)}<//></li>`}
      ${recorded?.reason && html`<li><strong>${t("Reason")}</strong><span>${recorded.reason}</span></li>`}</ul>
    ${own ? html`<form class="sheet form" aria-label=${t("Second person")} onSubmit=${change}><p>${t("You performed it: another person verifies, here. You are logged out by that.")}</p>
        <label class="field"><span>${t("Second person")}</span><input value=${person} autocomplete="off" autocapitalize="characters" placeholder="U-…" required onInput=${(/** @type {any} */ e) => setPerson(e.target.value)} /></label>
        <label class="field"><span>${t("Their secret")}</span><input ref=${input} type="password" autocomplete="off" required value=${secret} onInput=${(/** @type {any} */ e) => setSecret(e.target.value)} /></label>
        ${asked && html`<label class="field"><span>${t("Code that your device shows")}</span><input inputmode="numeric" autocomplete="one-time-code" maxlength="6" value=${code}
          onInput=${(/** @type {any} */ e) => setCode(e.target.value)} /></label>`}
        ${error && html`<${Refused} error=${error} />`}<div class="row"><button class="main" disabled=${busy}>${t("Go on as second person")}</button></div></form>`
      : html`${error && html`<${Refused} error=${error} />`}<button type="button" class="main big" onClick=${look}>${t("See what would be signed")}</button>`}`;
}

/** @param {{ got: any, again: () => Promise<void> }} props */
function Complete({ got, again }) {
  const [prepared, setPrepared] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [waits, setWaits] = useState(false);
  const look = () => prepare("batch.complete", { batch_id: got.batch.batch_id }).then(setPrepared, setError);
  if (waits) return html`<${Waits} />`;
  if (prepared) return html`<${Signing} verb=${verbNamed("batch.complete")} prepared=${prepared} again=${() => setPrepared(null)}
    done=${(/** @type {any} */ receipt) => (receipt ? again() : setWaits(true))} />`;
  return html`<h1>${t("Complete recording")}</h1><p class="instruction">${t("All steps are done and verified. Recording ends with this; the batch goes to its tests.")}</p>
    ${error && html`<${Refused} error=${error} />`}<button type="button" class="main big" onClick=${look}>${t("See what would be signed")}</button>`;
}

/** An entry that came after this page looked is said, and nothing typed is touched. @param {{ batch: any, again: () => Promise<void> }} props */
function Stale({ batch, again }) {
  const entry = news.value;
  if (!entry || entry.stream !== batch.batch_id || entry.seq <= batch.head_seq) return null;
  return html`<div class="note warn" role="status"><p>${t("Entry {n} came after you looked. What you typed is kept.", { n: entry.seq })}
    <button type="button" class="link" onClick=${again}>${t("Look again")}</button></p></div>`;
}

/** @param {string} id */
async function read(id) {
  const [batch, work, lots, machines, steps] = await Promise.all([call("batch.show", { batch_id: id }), call("batch.work"), call("batch.materials"), call("batch.equipment"), stepsOf(id)]);
  const vials = (lots.materials ?? []).some((/** @type {any} */ l) => l.in_use_h) ? (await call("batch.vials")) : {};
  const item = (work.work ?? []).find((/** @type {any} */ w) => w.batch_id === id);
  const document = JSON.parse((await call("batch.procedure_show", { procedure_id: batch.procedure_id, version: batch.procedure_version })).document);
  const step = document.steps.find((/** @type {any} */ s) => s.no === item?.step);
  const first = step ? await kept(`bench/${id}/${step.no}`) : undefined;
  return { batch, item, step, due: item?.due_at, document, lots: lots.materials ?? [], vials: vials.vials ?? [], machines: machines.equipment ?? [], cut: !!(lots.more || machines.more || vials.more), far: !item && !!work.more, steps, first };
}

/** @param {{ id: string }} props */
export function Step({ id }) {
  const who = me.value?.session?.person_id;
  const asked = useAsk(() => read(id), [id]);
  const title = (/** @type {any} */ got) => (got.item?.step ? t("step {n} of {of}", { n: got.item.step, of: got.item.steps_total }) : words(got.batch.state));
  const draft = useMemo(() => `bench/${id}/${asked.result?.item?.step ?? 0}`, [id, asked.result]);
  return html`<${Answer} asked=${asked}>${(/** @type {any} */ got) => html`<${StepHead} got=${got} title=${title(got)} /><${Stale} batch=${got.batch} again=${asked.again} />
    ${!got.item ? html`<p class="sheet empty">${got.far ? t("There are more: only the two hundred batches that are open longest are here.") : t("There is nothing to do here now.")} <a href="#/bench">${t("Bench")}</a> · <a href=${`#/batch/${id}`}>${id}</a></p>`
      : got.item.what === "perform" ? html`<${Perform} key=${`${draft} ${who} ${got.batch.head_seq}`} got=${got} first=${got.first} draft=${draft} again=${asked.again} />`
      : got.item.what === "verify" ? html`<${Verify} key=${draft} got=${got} again=${asked.again} />`
      : got.item.what === "fill" ? html`<h1>${t("Fill containers")}</h1><p class="instruction">${got.step?.instruction}</p><a class="button main big" href=${`#/act/batch.fill/${id}`}>${t("Record the containers filled")}</a>`
      : html`<${Complete} got=${got} again=${asked.again} />`}`}<//>`;
}

/* At the desk: tracing what touched what, and documents with their versions, differences and drafts that the house checks. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { real, secret, url, visit, ok, answers, logIn, secretOf, scan, violations, withRole } from "./support.mjs";

const fake = { skip: real ? "made-up records" : false };
const truly = { skip: real && process.env.STEMMA_HOUSE ? false : "needs a running house" };

const container = (n, state, more = {}) => ({ kind: "container", id: `A999926000001-D${n}`, depth: 2, batch_id: "B-1", state, ...more });
const traced = { batches: 1, containers: 3, unaccounted: 1, rows: [{ kind: "batch", id: "B-1", depth: 1, batch_id: "B-1", state: "received" },
  container(1, "received", { consignee: "=HYPERLINK(\"x\")" }), container(2, "received", { place: "E-TANK1" })], more: true };
const rest = { batches: 1, containers: 3, unaccounted: 1, rows: [container(3, "lost")] };

/* The fake house's answers to tracing: what was asked is kept in the order it came. */
async function tracing(page) {
  const asked = [];
  await answers(page, { "custody/scan": { symbology: "own", parts: [], found: [{ kind: "procedure", id: "P-1" }, { kind: "lot", id: "M-SALINE" }] } });
  await page.route("**/api/custody/trace", (route) => {
    const body = route.request().postDataJSON();
    asked.push(body);
    return route.fulfill(ok(body.after ? rest : traced));
  });
  await logIn(page);
  await page.getByRole("link", { name: "Trace" }).click();
  return asked;
}

test("a scan is traced, with what is not accounted for first, a bar for each state, and the way to recall it", fake, () => visit(async (page) => {
  const asked = await tracing(page);
  await page.getByRole("button", { name: "Trace" }).waitFor();
  await scan(page, "M-SALINE");
  await page.getByRole("heading", { name: "Lot M-SALINE" }).waitFor();
  await page.getByText("1 batch, 3 containers. 1 are in nobody's hands and at no place.").waitFor();
  assert.deepEqual(asked, [{ kind: "lot", id: "M-SALINE" }]);
  assert.equal(new URL(page.url()).hash, "#/trace/lot/M-SALINE");
  await page.getByText("There are more: 3 are shown.").waitFor();
  assert.equal(await page.getByRole("progressbar").count(), 0);      /* of some only they would say what is not so */
  await page.getByRole("button", { name: "Show more" }).click();
  await page.getByRole("progressbar", { name: "Lost" }).waitFor();
  assert.equal(await page.getByRole("progressbar", { name: "Received" }).getAttribute("value"), "2");
  assert.deepEqual(await violations(page), []);
  assert.equal(asked[1].after, "container A999926000001-D2");
  await page.getByLabel("Kind").selectOption("container");
  assert.equal(await page.locator("tbody tr").count(), 3);
  await page.getByLabel("Kind").selectOption("batch");
  await page.getByRole("link", { name: "Try a recall" }).click();
  await page.getByLabel("Traced from what").waitFor();
  assert.deepEqual([await page.getByRole("textbox", { name: "Batch" }).inputValue(), await page.getByLabel("Traced from what").inputValue(), await page.getByLabel("Which").inputValue()], ["B-1", "lot", "M-SALINE"]);
}));

test("what was traced is kept whole as CSV, and nothing in it is a formula", fake, () => visit(async (page) => {
  const asked = await tracing(page);
  await page.getByLabel("Donor, donation number").fill("M-SALINE");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Lot M-SALINE" }).waitFor();
  await page.getByRole("link", { name: "Back to what touched it" }).click();
  await page.getByRole("heading", { name: "What touched it" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Keep all as CSV" }).click()]);
  assert.equal(download.suggestedFilename(), "trace-lot-M-SALINE-back.csv");
  const lines = readFileSync(await download.path(), "utf8").split("\r\n");
  assert.deepEqual(lines.slice(0, 3), ["kind,id,depth,batch_id,state,place,consignee", "\"batch\",\"B-1\",\"1\",\"B-1\",\"received\",\"\",\"\"",
    "\"container\",\"A999926000001-D1\",\"2\",\"B-1\",\"received\",\"\",\"'=HYPERLINK(\"\"x\"\")\""]);
  assert.match(lines[4], /D3.*"lost"/);
  assert.ok(asked.every((one, i) => i === 0 || one.back === true));
}));

test("what names nothing that can be traced is said, and the address of a trace leads to it", fake, () => visit(async (page) => {
  await tracing(page);
  await answers(page, { "custody/scan": { symbology: "own", parts: [], found: [{ kind: "procedure", id: "P-1" }] } });
  await page.getByLabel("Donor, donation number").fill("P-1");
  await page.getByRole("button", { name: "Trace" }).click();
  assert.match(await page.getByRole("alert").innerText(), /P-1 names nothing that this lab has/);
}));

const document_ = (version, more = {}) => JSON.stringify({ id: "P-CORD", version, title: "Cord", product: "MSC", sources: ["umbilical_cord"], use: "allogeneic", storage: "cold",
  steps: [{ no: 1, name: "Receive", stage: "receipt", instruction: "Look.", verify: true, fields: [{ name: "length_cm", label: "Cord length", kind: "decimal", unit: "cm", hard_min: "1", hard_max: "120", required: true }],
    computed: [{ name: "pieces", unit: "1", decimals: 0, formula: "length_cm / 2" }], equipment: [{ name: "cabinet", required: true, line_clearance: "verified" }] }], ...more });

/* Two versions of a procedure, the second a draft; the house refuses a draft whose title is empty. */
async function documents(page) {
  await answers(page, { "batch/procedures": { procedures: [{ procedure_id: "P-CORD", version: 2, title: "Cord", state: "draft" }, { procedure_id: "P-CORD", version: 1, title: "Cord", state: "approved" }] },
    "quality/specifications": { specifications: [{ specification_id: "Q-CORD", version: 1, title: "Limits", state: "approved" }] },
    "quality/specification_show": { specification_id: "Q-CORD", version: 1, state: "approved", document: JSON.stringify({ id: "Q-CORD", version: 1, title: "Limits", product: "MSC",
      tests: [{ code: "viability", title: "Viability", unit: "%", op: ">=", limit: "70", gating: "release", method: "AO/PI", sample_point: "final", replicates: 2, pending_allowed: true, final_day: 14 },
        { code: "identity", title: "Identity", op: "equals", limit: "concordant", loci: 8, cells_of: "mother", gating: "release", method: "STR", sample_point: "passage 1", replicates: 1, pending_allowed: false },
        { code: "cd14", title: "CD14", unit: "%", op: "<=", limit: "2", slot: "monocyte", gating: "release", method: "flow", sample_point: "final", replicates: 1, pending_allowed: true, surrogate: "viability" }] }) } });
  await page.route("**/api/batch/procedure_show", (route) => {
    const version = route.request().postDataJSON().version ?? 2;
    return route.fulfill(ok({ procedure_id: "P-CORD", version, state: version === 1 ? "approved" : "draft", document: document_(version, version === 2 ? { storage: "colder", shelf_life_h: "6" } : {}) }));
  });
  await page.route("**/api/batch/procedure_author/prepare", (route) => {
    const { document: d } = route.request().postDataJSON();
    return route.fulfill(d.title ? ok({ rendered: "x", statement: "x" }) : { status: 422, json: { ok: false, error: { code: "document_refused", text: "title: is empty", sentence: "The document is refused.", field: "document" } } });
  });
  await logIn(page);
  await page.getByRole("link", { name: "Documents" }).click();
}

test("documents are read as people read them, and a version says how it differs from another", fake, () => visit(async (page) => {
  await documents(page);
  await page.getByRole("link", { name: "P-CORD" }).first().click();
  await page.getByRole("heading", { name: "P-CORD version 2" }).waitFor();
  const said = await page.locator("main").innerText();
  assert.match(said, /Draft[^]*1\. Receive[^]*verifies this step[^]*Cabinet[^]*Cord length[^]*Limit: 1 to 120 cm[^]*length_cm \/ 2/);
  assert.equal(await page.getByRole("link", { name: "Approve" }).getAttribute("href"), "#/act/batch.procedure_approve/P-CORD/2");
  await page.getByLabel("Differences from").selectOption("1");
  const rows = page.getByRole("region", { name: "Differences" }).locator("tbody tr");
  await rows.first().waitFor();
  assert.deepEqual((await rows.allInnerTexts()).map((t) => t.split(/\s*\t\s*/)), [["version", "1", "2"], ["storage", "cold", "colder"], ["shelf_life_h", "not there", "6"]]);
  assert.deepEqual(await violations(page), []);
  await page.getByRole("link", { name: "All documents" }).click();
  await page.getByRole("link", { name: "Q-CORD" }).click();
  assert.match(await page.getByRole("region", { name: "Tests" }).innerText(), /Viability[^]*>= 70[^]*%[^]*AO\/PI[^]*may be pending at release, final on day 14/);
  assert.match(await page.getByRole("region", { name: "Tests" }).innerText(), /Identity[^]*equals concordant[^]*over 8 loci, cells of: Mother[^]*one of slot monocyte, while pending: viability/);
}));

/* A document that says something by every key of its table, whatever that is. */
const keysOf = (source, table) => [...new RegExp(`${table}\\[\\] = \\{\\n([^;]*)\\};`).exec(source)[1].matchAll(/^ {4}\{"(\w+)", (\w+),/gm)].map(([, key, kind]) => [key, kind]);
function spoken(source, table, lists = {}) {
  const one = {};
  for (const [key, kind] of keysOf(source, table)) one[key] = kind === "DOC_OBJECTS" ? [spoken(source, lists[key], lists)] : kind === "DOC_BOOL" ? true : key === "kind" ? "decimal" : kind === "DOC_TEXTS" ? [`said of ${key.replaceAll("_", " ")}`, "b"]
    : ["DOC_INTEGER", "DOC_DECIMAL"].includes(kind) ? String(1000 + key.length * 31 + key.charCodeAt(0)) : `said of ${key.replaceAll("_", " ")}`;
  return one;
}
const spokenOf = (one) => Object.entries(one).flatMap(([key, value]) => (Array.isArray(value) ? value.flatMap((v) => (typeof v === "object" ? spokenOf(v) : [])) : value === true ? [] : [[key, String(value)]]));

test("an approver reads every key that a document may have", fake, () => visit(async (page) => {
  const source = (name) => readFileSync(new URL(`../../common/domain/${name}.c`, import.meta.url), "utf8");
  const procedure = spoken(source("procedure"), "PROCEDURE_KEYS", { steps: "STEP_KEYS", fields: "FIELD_KEYS", computed: "COMPUTED_KEYS", balance: "BALANCE_KEYS", materials: "CLASS_KEYS", equipment: "PLACE_KEYS" });
  const specification = spoken(source("specification"), "SPECIFICATION_KEYS", { tests: "TEST_KEYS" });
  assert.ok(Object.keys(procedure).length > 12 && Object.keys(specification).length > 8);
  await documents(page);
  await answers(page, { "quality/specification_show": { specification_id: "Q-CORD", version: 1, state: "draft", document: JSON.stringify(specification) } });
  await page.route("**/api/batch/procedure_show", (route) => route.fulfill(ok({ procedure_id: "P-CORD", version: 1, state: "draft", document: JSON.stringify(procedure) })));
  for (const [id, document] of [["P-CORD", procedure], ["Q-CORD", specification]]) {
    await page.goto(`${url}/#/documents/${id}/1`);
    await page.getByRole("heading", { name: `${id} version 1` }).waitFor();
    const read = (await page.locator("main").innerText()).toLowerCase();
    for (const [key, value] of spokenOf(document)) if (!["id", "version", "name", "label"].includes(key)) assert.ok(read.includes(value.toLowerCase()), `${id}: ${key} ${value}`);
    for (const key of id === "P-CORD" ? ["required", "critical", "qualified", "reconcile labels", "verifies this step", "is scanned"] : ["may be pending"]) assert.ok(read.includes(key), key);
  }
}));

test("a recall is made from a batch's own page, too, with the cause to be chosen", fake, () => visit(async (page) => {
  await logIn(page);
  await page.getByRole("link", { name: "Trace" }).waitFor();
  await page.goto(`${url}/#/act/custody.recall/B-2026000002/57`);
  await page.getByLabel("Traced from what").selectOption("lot");
  await page.getByLabel("Which").fill("M-1");
  assert.equal(await page.getByRole("textbox", { name: "Batch" }).inputValue(), "B-2026000002");
}));

test("a draft is checked while it is typed, says where it differs, and outlives a reload", fake, () => visit(async (page) => {
  await documents(page);
  await page.getByRole("link", { name: "P-CORD" }).nth(1).click();
  await page.getByRole("link", { name: "Write a new version from this" }).click();
  await page.getByRole("heading", { name: "P-CORD: draft of version 3" }).waitFor();
  await page.getByText("No fault found").waitFor();
  const input = page.getByLabel("Document (JSON)");
  await input.fill("{ \"title\": ");
  assert.match(await page.getByRole("alert").innerText(), /This is no JSON yet/);
  assert.equal(await page.getByRole("button", { name: "See what would be signed" }).isDisabled(), true);
  await input.fill(document_(3, { title: "" }));
  await page.getByText("title: is empty").waitFor();
  await input.fill(document_(3, { storage: "warm" }));
  await page.getByText("No fault found").waitFor();
  assert.match(await page.getByRole("region", { name: "Differences" }).innerText(), /storage\s+cold\s+warm/);
  assert.deepEqual(await violations(page), []);
  await page.waitForTimeout(700);
  await page.reload();
  await page.getByText("Typed before and kept on this device: not signed, not recorded.").waitFor();
  assert.match(await page.getByLabel("Document (JSON)").inputValue(), /"warm"/);
}));

const at = "2026-03-01T08:30:00.000Z", later = "2026-03-02T08:30:00.000Z";

test("R20 the stores say first what failed and which batches it reached, with the way to answer it", fake, () => visit(async (page) => {
  await answers(page, { "batch/equipment": { equipment: [{ equipment_id: "E-COUNTER1", title: "Cell counter", equipment_class: "cell_counter", calibration: "fail", due_at: at, batch_id: "B-7" }] },
    "custody/excursions": { more: true, excursions: [{ equipment_id: "E-TANK1", seq: 4, outside_from: at, outside_until: later, min_c: "-160", max_c: "-120", outside_min: 30, reached: 3, undecided: 2, batches: ["B-7", "B-8"] },
      { equipment_id: "E-TANK1", seq: 2, outside_from: at, outside_until: later, min_c: "-160", max_c: "-120", outside_min: 30, reached: 1, undecided: 0, batches: ["B-6"] }] },
    "quality/failed_calibrations": { uses: [{ calibration: "E-COUNTER1 9", good_at: at, failed_at: later, batch_id: "B-7", state: "in_test", use: "step 2", used_from: at, used_until: at, person_id: "U-1" },
      { calibration: "E-COUNTER1 9", good_at: at, failed_at: later, batch_id: "B-6", state: "released", use: "step 2", used_from: at, used_until: at, person_id: "U-1", deviation_seq: 31 }] },
    "batch/materials": { materials: [{ lot_id: "M-SALINE", material: "Saline", material_class: "saline", state: "quarantine", expires_at: at, quantity: "12.5", unit: "mL" }] } });
  await logIn(page);
  await page.getByRole("link", { name: "Stores" }).click();
  const parts = page.locator("main section");
  await parts.nth(3).waitFor();
  const said = await parts.allInnerTexts();
  assert.match(said[0], /Excursions[^]*There are more[^]*E-TANK1 \(entry 4\)[^]*-160 … -120 °C[^]*30 min[^]*2 of 3 wait for QA[^]*B-7\s+B-8[^]*1 decided/);
  assert.match(said[1], /Used since the last good calibration[^]*E-COUNTER1 9[^]*B-7[^]*No deviation yet[^]*B-6[^]*answered at entry 31/);
  assert.match(said[2], /Equipment[^]*E-COUNTER1[^]*Fail[^]*overdue by[^]*B-7/);
  assert.match(said[3], /Lots[^]*M-SALINE[^]*Quarantine[^]*overdue by[^]*12\.5 mL/);
  assert.deepEqual(await violations(page), []);
  await page.getByRole("link", { name: "Open a deviation B-7" }).click();
  assert.equal(await page.getByRole("textbox", { name: "Batch" }).inputValue(), "B-7");
  await page.goBack();
  await page.getByRole("link", { name: "Release M-SALINE" }).click();
  assert.equal(await page.getByLabel("Lot").inputValue(), "M-SALINE");
}));

test("R18 the stores have the opened vials, first to be used up first, and lead to their acts", fake, () => visit(async (page) => {
  const vial = (lot_id, vial_no, material, use_by, quantity) => ({ lot_id, vial_no, material, material_class: "enzyme", opened_at: at, opened_by: "U-2", use_by, quantity, unit: "mL" });
  await withRole(page, "technician");
  await answers(page, { "batch/equipment": {}, "custody/excursions": {}, "quality/failed_calibrations": {},
    "batch/materials": { materials: [{ lot_id: "M-7", material: "Collagenase", material_class: "enzyme", state: "released", expires_at: "2999-01-01T00:00:00.000Z", quantity: "12.5", unit: "mL", in_use_h: 6 }] },
    "batch/vials": { more: true, vials: [vial("M-7", 2, "Collagenase", later, "4.5"), vial("M-8", 1, "Trypsin", "2999-01-01T00:00:00.000Z", "1")] } });
  await logIn(page);
  await page.getByRole("link", { name: "Stores" }).click();
  const part = page.locator("section", { has: page.getByRole("heading", { name: "Opened vials" }) });
  await part.waitFor();
  assert.match(await part.innerText(), /There are more[^]*M-7\/2[^]*Collagenase[^]*overdue by[^]*4\.5 mL[^]*U-2[^]*Discard[^]*Correct[^]*M-8\/1[^]*due in/);
  assert.deepEqual(await violations(page), []);
  await page.getByRole("link", { name: "Open a vial M-7" }).click();
  assert.equal(await page.getByRole("textbox", { name: /^Lot\b/ }).inputValue(), "M-7");
}));

test("the time line of custody has a line for each container that moved and a mark for each event", fake, () => visit(async (page) => {
  const id = (n) => `A999926000001-D${n}`;
  const event = (seq, name, n, time, more = {}) => ({ seq, event: name, person_id: "U-3", container_id: n ? id(n) : undefined, time, ...more });
  await answers(page, { "batch/show": { batch_id: "B-2026000002", collection_id: "C-1", donation_number: "A999926000001", donor_id: "D-1", head_seq: 7, opened_at: at, procedure_id: "P-CORD", procedure_version: 2,
    specification_id: "Q-CORD", specification_version: 1, state: "received", steps: [], tissue: "umbilical_cord", use: "allogeneic", containers: [1, 2, 3].map((n) => ({ container_id: id(n), volume_ml: "1", cells: "1", expires_at: later })) },
  "quality/results": {}, "release/gate": { batch_id: "B-2026000002", head_seq: 7, may_release: false, points: [] },
  "custody/chain": { events: [event(4, "stored", 1, at, { place: "E-TANK1" }), event(5, "stored", 2, "2026-03-01T20:30:00.000Z", { place: "E-TANK1" }), event(6, "lost", 1, later)] } });
  await logIn(page);
  await page.locator("tbody tr").first().waitFor();
  await page.goto(`${url}/#/batch/B-2026000002`);
  const picture = page.getByRole("img", { name: /^2 containers between 2026-03-01 08:30/ });
  await picture.waitFor();
  assert.equal(await picture.locator("circle").count(), 3);
  const x = (await picture.locator("circle").evaluateAll((all) => all.map((c) => Number(c.getAttribute("cx")))));
  assert.ok(x[0] < x[1] && Math.abs((x[0] + x[1]) / 2 - x[2]) < 1, x.join());      /* the second container's event lies halfway */
  assert.match(await picture.locator(".end title").textContent(), /Lost, U-3, 2026-03-02/);
  assert.deepEqual(await violations(page), []);
}));

test("a specification is written, refused while it is wrong, signed, and approved by somebody else", truly, () => visit(async (page) => {
  const id = `Q-${Date.now().toString(36).toUpperCase()}`;
  const first = { id, version: 1, title: "Of a test", product: "Cells", tests: [{ code: "viability", title: "Viability", unit: "%", op: ">=", limit: "70", rounding: "usp", gating: "release", method: "dye",
    sample_point: "final product", replicates: 1, pending_allowed: false }] };
  const sign = async (who, verb) => {
    await page.getByLabel("Your secret").fill(secretOf(who));
    await page.getByRole("button", { name: `Sign as ${verb}` }).click();
    await page.getByRole("heading", { name: "Recorded" }).waitFor();
    await page.getByRole("link", { name: "Go on" }).click();
  };
  await logIn(page, "U-CLARA", secretOf("U-CLARA"));
  await page.getByRole("link", { name: "Documents" }).click();
  await page.getByRole("link", { name: "A new specification" }).click();
  await page.getByLabel("Specification").fill(id);
  await page.getByLabel("Version").fill("1");
  await page.getByLabel("Document").fill(JSON.stringify(first));
  await page.getByRole("button", { name: "See what would be signed" }).click();
  await sign("U-CLARA", "authored");
  await page.getByRole("link", { name: id }).click();
  assert.equal(await page.getByRole("link", { name: "Approve" }).count(), 0);      /* a supervisor approves nothing */
  await page.getByRole("link", { name: "Write a new version from this" }).click();
  const input = page.getByLabel("Document (JSON)");
  await page.getByText("No fault found").waitFor();
  first.version = 2;
  first.tests[0].limit = "seventy";
  await input.fill(JSON.stringify(first));
  await page.getByRole("alert").waitFor();
  first.tests[0].limit = "75";
  await input.fill(JSON.stringify(first));
  await page.getByText("No fault found").waitFor();
  await page.getByRole("button", { name: "See what would be signed" }).click();
  await sign("U-CLARA", "authored");
  await page.getByRole("heading", { name: `${id} version 2` }).waitFor();
  await page.getByRole("button", { name: "Log out" }).click();
  await logIn(page, "U-PETER", secretOf("U-PETER"));
  await page.getByRole("link", { name: "Approve" }).click();
  await page.getByRole("button", { name: "See what would be signed" }).click();
  await sign("U-PETER", "approved");
  assert.match(await page.getByRole("row", { name: new RegExp(`${id}\\s+2`) }).innerText(), /Approved/);
}));

test("7.5 an auditor scans one container and reads back to its donor, and on to each container of that donor", truly, () => visit(async (page) => {
  await logIn(page, "U-PETER", secretOf("U-PETER"));
  await page.getByRole("link", { name: "Trace" }).click();
  await page.getByLabel("Donor, donation number").fill("B-20260001");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Batch B-20260001" }).waitFor();
  const of = async (kind) => {
    await page.getByLabel("Kind").selectOption(kind);
    return page.locator("tbody tr th a").first();
  };
  await (await of("container")).click();
  await page.getByRole("heading", { name: /^Container / }).waitFor();
  await page.getByRole("link", { name: "Back to what touched it" }).click();
  await page.getByRole("heading", { name: "What touched it" }).waitFor();
  await (await of("donor")).click();
  await page.getByRole("heading", { name: /^Donor D-/ }).waitFor();
  await page.getByText(/Each container is in somebody's hands|in nobody's hands/).waitFor();
  await page.getByLabel("Kind").selectOption("batch");
  await page.getByRole("link", { name: "B-20260001" }).first().waitFor();
}));

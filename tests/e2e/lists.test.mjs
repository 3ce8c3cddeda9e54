/* Lists: what one leaves out is said beside it, what may be done next is the machine's, and every word of it is there in German. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { real, secret, url, visit, logIn, answers, withRole, moduleOf, violations } from "./support.mjs";

const fake = { skip: real ? "lists of made-up rows" : false };
const B = "B-2026000002", at = "2026-03-01T08:30:00.000Z";
const states = ["taken", "sent", "received", "used_up", "retained", "destroyed", "lost"];
const sample = (n, state, more = {}) => ({ sample_id: `${B}-S${n}`, batch_id: B, state, sample_point: "final", volume_ml: "1.5", taken_at: at, taken_by: "U-2", place: "E-FRIDGE1, shelf 2",
  person_id: "U-2", since: at, codes: ["sterility"], waiting: ["sterility"], due_at: "2999-01-01T00:00:00.000Z", ...more });
const five = "There are more than five hundred: the first are shown.";

/* The rows of the machine itself: from, event. */
const machine = [...readFileSync(new URL("../../common/fsm/sample.fsm.def", import.meta.url), "utf8").matchAll(/^RULE\(\d+, SAMPLE_(\w+), +"([\w.]+)"/gm)].map(([, from, event]) => [from.toLowerCase(), event]);
const ways = { "custody.sample_send": "Send", "custody.sample_receive": "Receive", "quality.test_report": "Report a test" };
const allowed = (state) => [...new Set(machine.filter(([from]) => from === state).map(([, event]) => ways[event] ?? "End"))];

test("R33 each sample that waits has the ways that its state allows, and no other", fake, () => visit(async (page) => {
  await withRole(page, "qc");
  await answers(page, { "custody/samples": { more: true, samples: [...states.map((state, i) => sample(i + 1, state)), sample(8, "sent", { person_id: "U-1" })] } });
  await logIn(page);
  await page.getByRole("link", { name: "Samples" }).click();
  const rows = page.getByRole("region", { name: "Samples" }).locator("tbody tr");
  await rows.first().waitFor();
  for (const [i, state] of states.entries()) assert.deepEqual(await rows.nth(i).locator(".ways a").allInnerTexts(), allowed(state), state);
  assert.deepEqual(await rows.nth(7).locator(".ways a").allInnerTexts(), ["End"]);      /* who sent it does not receive it */
  assert.match(await rows.first().innerText(), /B-2026000002-S1[^]*Taken[^]*shelf 2[^]*sterility[^]*due in[^]*U-2/);
  await page.getByText(five).waitFor();
  assert.deepEqual(await violations(page), []);
  await rows.first().getByRole("link", { name: "End", exact: true }).click();
  await page.getByRole("heading", { name: "Say what became of samples" }).waitFor();
}));

test("R33 a batch has its samples with it, those that ended too, and says where there are more", fake, () => visit(async (page) => {
  await answers(page, { "custody/samples": { more: true, samples: [sample(1, "received"), sample(2, "destroyed", { waiting: [], container_id: "A999926000001-D1" }), sample(3, "lost", { waiting: [] })] } });
  await logIn(page);
  await page.getByRole("link", { name: B }).click();
  const part = page.locator("section", { has: page.getByRole("heading", { name: "Samples" }) });
  await part.waitFor();
  assert.deepEqual(await part.locator(".chip").allInnerTexts(), ["Received", "Destroyed", "Lost"]);
  assert.match(await part.innerText(), new RegExp(`${five}[^]*S2[^]*A999926000001-D1`));
  assert.deepEqual(await violations(page), []);
}));

const waited = (n) => ({ batch_id: B, kind: "test", code: "sterility", expected_at: at, overdue_at: at, state: n ? "grace" : "overdue", owner_id: "U-2", batch_state: "cond_released" });

test("R29 what is pending says where there is more, and stands apart from the batches", fake, () => visit(async (page) => {
  await answers(page, { "release/pending": { more: true, pending: [0, 1].map(waited) } });
  await logIn(page);
  const part = page.locator("section", { has: page.getByRole("heading", { name: "Pending results and tasks" }) });
  await part.getByText(five).waitFor();
  assert.equal(await part.locator("tbody tr").count(), 2);
  await page.getByRole("region", { name: "Batches" }).waitFor();
  await violations(page);      /* what moves is let to its end */
  const [above, below] = await Promise.all([part.locator(".sheet").boundingBox(), page.locator("section + .sheet").boundingBox()]);
  assert.ok(below.y - above.y - above.height >= 16, `${below.y - above.y - above.height} px`);
}));

/* Not the pages' words: the code of a test, and the contract's names of acts. */
const theirs = (verbs) => new Set(["Sterility", ...verbs.map((v) => v.name.split(".")[1].replaceAll("_", " ").replace(/^./, (c) => c.toUpperCase()))]);
const correction = { corrected_at: at, corrects: 5, entry: 9, field: "administer, volume_ml", old_value: "1", new_value: "2", person_id: "U-2", reason: "misread", unsigned_count: 1,
  findings: ["not_balanced", "expired", "not_received", "known_then"] };
const batch = { batch_id: B, collection_id: "C-1", donation_number: "A999926000001", donor_id: "D-1", head_seq: 9, opened_at: at, procedure_id: "P-CORD", procedure_version: 2, specification_id: "Q-CORD",
  specification_version: 1, state: "cond_received", tissue: "cord_blood", use: "related", more_corrections: true, corrections: [correction], unsigned_acts: [{ act: "custody.administer", corrected_by: 9, entry: 5, person_id: "U-2" }],
  lines: [{ entry: 2, equipment_id: "E-1", cleared_at: at, person_id: "U-2", verified_by: "U-3" }], more_lines: true,
  steps: [{ step: 1, name: "Wash", state: "unsigned", performed_by: "U-2", ended_at: at }] };

test("no text of the pages is without its German, with rows of every state in the lists", fake, () => visit(async (page) => {
  const events = ["label printed", "label applied", "relabelled", "label spoiled", "label's destruction begun", "label destroyed", "label attached to the record", "stored", "handed over", "sample taken", "sample used up", "destruction begun"];
  await withRole(page, "qc");
  await answers(page, { "batch/show": batch, "custody/samples": { more: true, samples: states.map((state, i) => sample(i, state)) }, "release/pending": { more: true, pending: [0, 1].map(waited) },
    "quality/results": { more: true, tests: [{ test_seq: 4, code: "sterility", result: "-", verdict: "pass", performed_by: "U-4" }], tasks: ["physician", "look_back"].map((task) => ({ task, owner_id: "U-2", due_at: at })),
      deviations: [{ deviation_seq: 6, deviation_class: "major", text: "x", state: "open" }] },
    "custody/chain": { more: true, events: events.map((event, i) => ({ seq: i, event, person_id: "U-3", place: "x", time: at })) },
    "custody/labels": { asked: true, printed: 7, applied: 1, spoiled: 1, destroyed: 1, specimen: 1, open: ["x"], more: true, labels: ["printed", "applied", "replaced", "destroying", "spoiled", "destroyed", "specimen"].map((state, i) =>
      ({ container_id: "K-1", copy: i + 1, state, seq: i, since: at, person_id: "U-2", witness_id: "U-3" })) },
    "release/gate": { batch_id: B, head_seq: 9, may_release: false, points: [] } });
  await page.getByLabel("Person").fill("U-1");
  await page.getByLabel("Geheimnis").fill(secret);
  await page.getByRole("button", { name: "Anmelden" }).click();
  await page.getByRole("heading", { name: "Chargen" }).waitFor();
  for (const [where, there] of [["batches", "Ausstehende Ergebnisse und Aufgaben"], ["samples", "Proben"], [`batch/${B}`, "Berichtigungen"], ["plan", "Plan"]]) {
    await page.goto(`${url}/#/${where}`);
    await page.getByRole("heading", { name: there, exact: true }).waitFor();
    await page.locator("main [aria-busy=true]").first().waitFor({ state: "detached" });
    if (where.startsWith("batch/")) await page.getByText("Es gibt ältere Line Clearances: Das Dossier hat alle.").waitFor();
  }
  const untold = await page.evaluate(async (name) => [...(await import(name)).untold], await moduleOf(page, "text.js"));
  const known = theirs((await (await page.request.get(`${url}/api/describe`)).json()).result.verbs);
  assert.deepEqual(untold.filter((text) => !known.has(text)), []);
}, { locale: "de-DE" }));

/* Review: lanes as the house decides them, a batch on one page with its reasons, its trail, custody and genealogy. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { real, url, secret, visit, ok, answers, logIn, withRole, secretOf, makeBatches, violations } from "./support.mjs";

const fake = { skip: real ? "acts on made-up batches" : false };
const truly = { skip: real ? false : "needs a running house" };
const B = "B-2026000002";
const row = (id, lane, more = {}) => ({ batch_id: id, lane, state: "in_test", use: "allogeneic", donation_number: "A999926000001", opened_at: "2026-03-01T08:30:00.000Z", head_seq: 7, ...more });

test("lanes: exceptions first, what waits, what is clear, each with its reasons", fake, () => visit(async (page) => {
  await answers(page, { "release/worklist": { more: true, batches: [row("B-3", "clear", { open_points: [{ point: 5, title: "Record and audit trail reviewed", state: "open", text: "nobody has" }] }),
    row("B-2", "exception", { state: "on_hold", touched: "entered late, and corrected", open_points: [{ point: 4, title: "No open case", state: "open", text: "deviation 12 is open" }] }),
    row("B-1", "waiting", { open_points: [{ point: 3, title: "Every release test passes", state: "open", text: "sterility is pending" }] })] } });
  await logIn(page);
  await page.getByRole("link", { name: "Review" }).click();
  const parts = page.locator("main section");
  await parts.first().waitFor();
  const said = await parts.allInnerTexts();
  assert.match(said[0], /Exceptions[^]*1[^]*B-2[^]*On hold[^]*entered late, and corrected[^]*4\. No open case[^]*deviation 12 is open/);
  assert.match(said[1], /Waiting[^]*B-1[^]*sterility is pending/);
  assert.match(said[2], /Clear[^]*B-3[^]*5\. Record/);
  await page.getByText("There are more than fifty").waitFor();
  assert.deepEqual(await violations(page), []);
}));

const show = { batch_id: B, collection_id: "C-1", donation_number: "A999926000001", donor_id: "D-1", head_seq: 7, opened_at: "2026-03-01T08:30:00.000Z", procedure_id: "P-CORD",
  procedure_version: 2, specification_id: "Q-CORD", specification_version: 1, state: "in_test", steps: [], tissue: "umbilical_cord", use: "allogeneic",
  containers: [{ container_id: "A999926000001-D1", volume_ml: "10", cells: "5", expires_at: "2999-01-01T00:00:00.000Z" }, { container_id: "A999926000001-D2", volume_ml: "10", cells: "5", expires_at: "2999-01-01T00:00:00.000Z" }] };
const entry = (seq, type, person_id, more = {}) => ({ seq, type, person_id, meaning: "performed", is_signed: true, time: `2026-03-0${seq + 1}T08:30:00.000Z`, leaf: "", ...more });
const batchPage = async (page, more = {}, home = "tbody tr") => {
  await answers(page, { "batch/show": show, "release/gate": { batch_id: B, head_seq: 7, may_release: false, points: Array.from({ length: 13 }, (_, i) => ({ point: i + 1, title: `Point ${i + 1}`, state: "open", text: `reason ${i + 1}` })) },
    "quality/results": { tests: [{ test_seq: 5, code: "viability", result: "61.5", verdict: "fail", explanation: "Viability: 61.5 % is not >= 90 %", performed_by: "U-4" }],
      deviations: [{ deviation_seq: 6, deviation_class: "major", text: "the alarm was heard", state: "open" }] },
    "custody/chain": { events: [{ seq: 4, event: "container_store", person_id: "U-3", container_id: "A999926000001-D1", place: "E-TANK1, rack 2", time: "2026-03-01T08:30:00.000Z" }] },
    "audit/entries": { entries: [entry(0, "batch.open", "U-1"), entry(1, "batch.step", "U-1"), entry(2, "batch.step_verify", "U-2"), entry(3, "batch.reading", "U-1", { is_signed: false, meaning: "recorded" })] },
    "audit/statement": { statement: "stemma-statement/1\ntype batch.step\n\n{}", entry: "stemma-entry/1" }, ...more });
  await logIn(page);
  await page.locator(home).first().waitFor();
  await page.goto(`${url}/#/batch/${B}`);
  await page.getByText("13 of 13 points are open.").waitFor();
};

test("every reason that blocks release has its way to mend it, or none that this person may go", fake, () => visit(async (page) => {
  await batchPage(page);
  const points = page.locator(".points li");
  assert.equal(await points.count(), 13);
  for (const n of [1, 2, 3, 4, 5, 6, 7, 9, 11, 13]) assert.equal(await points.nth(n - 1).locator("a, button").count(), 1, `point ${n}`);
  assert.equal(await points.nth(4).getByRole("link", { name: "Review" }).getAttribute("href"), `#/act/release.review/${B}/7`);
  assert.equal(await points.nth(8).locator("a, button").innerText(), "See the containers");      /* they are filled */
  await points.nth(3).getByRole("button", { name: "See the cases" }).click();
  assert.match(await page.locator("#cases").innerText(), /Major[^]*Open[^]*the alarm was heard/);
}));

test("gate 9 what is filled is not filled again: a pool that waits leads whoever may verify it to that", fake, () => visit(async (page) => {
  await withRole(page, 'qa","technician');
  await batchPage(page, { "release/gate": { batch_id: B, head_seq: 7, may_release: false, points: Array.from({ length: 13 }, (_, i) => ({ point: i + 1, title: `Point ${i + 1}`, state: "open",
    text: "the pool A999926000001-D3 is not verified by a second person" })) } }, "main h1");
  const way = page.locator(".points li").nth(8).locator("a, button");
  assert.equal(await way.innerText(), "Verify the pool");
  assert.equal(await way.getAttribute("href"), `#/act/custody.pool_verify/${B}/7`);
}));

test("R14 the audit trail says of a signature that lapsed that it is unsigned", fake, () => visit(async (page) => {
  await batchPage(page, { "audit/entries": { entries: [entry(0, "batch.open", "U-1"), entry(1, "batch.fill", "U-1", { unsigned_by: 3 }), entry(2, "release.release", "U-2", { unsigned_by: 3 }),
    entry(3, "batch.fill_correct", "U-3", { meaning: "corrected" })] } });
  await page.locator(".trail summary").click();
  const rows = page.locator(".trail tbody tr");
  await rows.nth(3).waitFor();
  const said = await rows.allInnerTexts();
  for (const n of [1, 2]) assert.match(said[n], /Unsigned until reviewed \(corrected at entry 3\)/);
  for (const n of [0, 3]) assert.match(said[n], /Signed/);
  for (const n of [1, 2]) assert.doesNotMatch(said[n], /Signed/);
}));

test("R12 a corrected destination is struck through in the chain of custody", fake, () => visit(async (page) => {
  await batchPage(page, { "custody/chain": { events: [{ seq: 4, event: "handed over", person_id: "U-3", container_id: "A999926000001-D1", place: "Ward 5", was_place: "Ward 4", time: "2026-03-01T08:30:00.000Z" }] } });
  const place = page.locator("#custody tbody tr td").nth(3);
  await place.locator("del").waitFor();
  assert.equal(await place.locator("del").innerText(), "Ward 4");
  assert.equal(await place.locator("ins").innerText(), "Ward 5");
}));

test("R22 a verdict stands beside its limit", fake, () => visit(async (page) => {
  await batchPage(page);
  assert.match(await page.locator("#tests").innerText(), /viability[^]*Fail[^]*61\.5[^]*is not >= 90 %/);
}));

test("the audit trail is filtered, and shows a statement as it was signed", fake, () => visit(async (page) => {
  await batchPage(page);
  await page.locator(".trail summary").click();
  await page.getByText("4 of 4 entries").waitFor();
  const trail = page.locator(".trail tbody tr");
  assert.deepEqual(await trail.locator("th").allInnerTexts(), ["3", "2", "1", "0"]);
  await page.locator(".trail").getByLabel("Who").selectOption("U-1");
  await page.getByText("3 of 4 entries").waitFor();
  await page.locator(".trail").getByLabel("What").selectOption("batch.step");
  await page.getByText("1 of 4 entries").waitFor();
  await page.getByRole("button", { name: "Show entry 1" }).click();
  await page.getByText("stemma-statement/1").waitFor();
  assert.deepEqual(await violations(page), []);
}));

test("custody and genealogy say whose cells are where, as table and as picture", fake, () => visit(async (page) => {
  await batchPage(page);
  assert.match(await page.locator("#custody").innerText(), /Container store[^]*U-3[^]*A999926000001-D1[^]*E-TANK1, rack 2/);
  const picture = page.getByRole("img", { name: `D-1 gave C-1, of which ${B} was made in 2 containers.` });
  const said = (await picture.locator("text").allTextContents()).join("\n");
  assert.match(said, /D-1[^]*C-1[^]*B-2026000002[^]*A999926000001-D1[^]*Container store[^]*E-TANK1, rack 2[^]*filled, not moved/);
}));

const clear = (n, more = {}) => row(`B-${n}`, "clear", { open_points: [{ point: 5, title: "Record and audit trail reviewed", state: "open", text: "nobody has" }], ...more });
const receipt = (seq) => ok({ stream: "B-1", seq, leaf: "ab", statement_sha256: "ab", time: "2026-03-01T08:30:00.000Z" });
/* The page of two reviews, of three clear batches. What was asked to be signed, and what was recorded, are kept in the order they came. */
async function series(page, { commit = (/** @type {any} */ statement) => receipt(8), ids = ["B-1", "B-2"] } = {}) {
  const signed = [], recorded = [];
  await answers(page, { "release/worklist": { batches: [clear(1), clear(2), clear(3, { open_points: [] })] } });
  await page.route("**/api/release/review/prepare", (asked) => {
    const body = asked.request().postDataJSON(), rendered = `Review of ${body.batch_id}\nEntries: ${body.entries}\nConclusion: ${body.conclusion}\n`;
    return asked.fulfill(ok({ rendered, statement: `stemma-statement/1\ntype release.review\nstream ${body.batch_id}\nrendered ${createHash("sha256").update(rendered).digest("hex")} verb/1\n` }));
  });
  await page.route("**/api/release/review/commit", (asked) => {
    const { statement } = asked.request().postDataJSON();
    recorded.push(/stream (\S+)/.exec(statement)[1]);
    return asked.fulfill(commit(statement));
  });
  page.on("request", (asked) => { if (asked.url().endsWith("/signer/sign")) signed.push(asked.postDataJSON()); });
  await logIn(page);
  await page.getByRole("link", { name: "Review" }).click();
  for (const id of ids) await page.getByLabel(`Choose ${id}`).check();
  await page.getByRole("link", { name: `Sign the review of ${ids.length} together` }).click();
  await page.getByLabel(/^Conclusion/).fill("The records are complete.");
  await page.getByRole("button", { name: "See what would be signed" }).click();
  await page.getByLabel("Your secret").waitFor();
  return { signed, recorded };
}
const sign = async (page, button, how = secret) => {
  await page.getByLabel("Your secret").fill(how);
  await page.getByRole("button", { name: button }).click();
};

test("R36 several clear batches are reviewed together: each text is seen, each is signed for itself", fake, () => visit(async (page) => {
  const { signed, recorded } = await series(page);
  const texts = await page.locator("main pre").allInnerTexts();
  assert.deepEqual(texts, ["B-1", "B-2"].map((id) => `Review of ${id}\nEntries: 8\nConclusion: The records are complete.\n`));
  assert.deepEqual(await violations(page), []);
  await sign(page, "Sign 2 as reviewed", "not the secret");
  await page.getByRole("alert").waitFor();
  assert.equal(signed.length, 1);                              /* a wrong secret is tried once, not once a batch */
  assert.deepEqual(recorded, []);
  await sign(page, "Sign 2 as reviewed");
  await page.getByText("2 of 2 are signed and sent.").waitFor();
  assert.deepEqual(recorded, ["B-1", "B-2"]);
  assert.deepEqual(signed.slice(1).map((one) => /stream (\S+)/.exec(one.statement)[1]), ["B-1", "B-2"]);
  assert.notEqual(signed[1].secret_sealed, signed[2].secret_sealed);
  assert.deepEqual(await violations(page), []);
}));

test("what the house refuses of a series stays out with its reason, and the others are recorded", fake, () => visit(async (page) => {
  const { recorded } = await series(page, { commit: (statement) => (/stream B-1\n/.test(statement)
    ? { status: 409, json: { ok: false, error: { code: "state_forbids", http: 409, text: "an entry came after it was looked at", sentence: "The state forbids it." } } } : receipt(8)) });
  await sign(page, "Sign 2 as reviewed");
  await page.getByText("1 of 2 are signed and sent.").waitFor();
  assert.deepEqual(recorded, ["B-1", "B-2"]);
  assert.match(await page.getByRole("region", { name: "B-1" }).innerText(), /Left out[^]*an entry came after it was looked at/);
  assert.match(await page.getByRole("region", { name: "B-2" }).innerText(), /Recorded, entry 8/);
}));

test("a one-time code serves one signature of a series: the next asks for the secret again", fake, () => visit(async (page) => {
  const { recorded } = await series(page);
  const missing = { status: 401, json: { ok: false, error: { code: "code_missing", field: "secret_sealed", http: 401, sentence: "A code is missing." } } };
  await page.route("**/api/signer/sign", (asked) => asked.fulfill(missing));
  await sign(page, "Sign 2 as reviewed");
  await page.getByLabel("Code that your device shows").waitFor();
  await page.unroute("**/api/signer/sign");
  await page.route("**/api/signer/sign", (asked) => asked.fulfill(ok({ signature: "AAAA" })));
  for (const [id, left] of [["B-1", 2], ["B-2", 1]]) {
    await page.getByText(`${left} statements, ${left} signatures`).waitFor();
    await page.getByLabel("Code that your device shows").fill("123456");
    await sign(page, `Sign ${id} as reviewed`);
  }
  await page.getByText("2 of 2 are signed and sent.").waitFor();
  assert.deepEqual(recorded, ["B-1", "B-2"]);
}));

test("only what is clear for that act now is in a series, and one may be left out of it", fake, () => visit(async (page) => {
  const { recorded } = await series(page);
  await page.getByRole("button", { name: "Leave B-1 out" }).click();
  await sign(page, "Sign 1 as reviewed");
  await page.getByText("1 of 1 are signed and sent.").waitFor();
  assert.deepEqual(recorded, ["B-2"]);
  await page.goto(`${url}/#/series/release.review/B-2,B-3,B-9`);
  await page.getByText("No longer clear, so left out: B-3, B-9").waitFor();
  await page.goto(`${url}/#/series/access.key_revoke/B-2`);
  await page.getByText("There is no access.key_revoke.").waitFor();
}));

test("lanes and a batch's page of a running house", truly, () => visit(async (page) => {
  await logIn(page);
  await page.locator("tbody tr").first().waitFor();
  await page.goto(`${url}/#/review`);
  await page.getByRole("heading", { name: /Exceptions/ }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.goto(`${url}/#/batch/B-20260001`);
  await page.getByRole("img", { name: /D-20260001 gave C-20260001/ }).waitFor();
  await page.locator(".trail summary").click();
  await page.getByText(/^\d+ of \d+ entries$/).waitFor();
  assert.deepEqual(await violations(page), []);
  if (process.env.STEMMA_SHOTS) await page.screenshot({ path: `${process.env.STEMMA_SHOTS}/batch.png`, fullPage: true });
}));

test("P11_26 QA reviews an account of a running house, and nobody their own", truly, () => visit(async (page) => {
  await logIn(page, "U-ELENA", secretOf("U-ELENA"));
  await page.getByRole("link", { name: "Accounts" }).click();
  const rows = page.locator("tbody tr");
  await rows.first().waitFor();
  assert.equal(await page.getByRole("link", { name: "Review U-ELENA" }).count(), 0);
  assert.deepEqual(await violations(page), []);
  if (process.env.STEMMA_SHOTS) await page.screenshot({ path: `${process.env.STEMMA_SHOTS}/accounts.png`, fullPage: true });
  await page.getByRole("link", { name: "Review U-JON" }).click();
  await page.getByLabel(/^Finding/).selectOption("change_wanted");
  await page.getByLabel(/^Reason/).fill("not on the roster since spring");
  await page.getByRole("button", { name: "See what would be signed" }).click();
  await page.getByLabel("Your secret").fill(secretOf("U-ELENA"));
  await page.getByRole("button", { name: "Sign as reviewed" }).click();
  await page.getByRole("heading", { name: "Recorded", exact: true }).waitFor();
  await page.getByRole("link", { name: "Accounts" }).click();
  await page.getByRole("row", { name: /U-JON/ }).getByText("A change is wanted").waitFor();
}));

test("R36 R13 two clear batches of a running house are reviewed by one person and released by another, each by signatures of its own", truly, () => visit(async (page) => {
  const made = makeBatches(2, "clear");
  const series = async (who, together, button, fill) => {
    await logIn(page, who, secretOf(who));
    await page.getByRole("navigation").getByRole("link", { name: "Review" }).click();      /* the page of the former person has such a link, too */
    for (const id of made) await page.getByLabel(`Choose ${id}`).check();
    await page.getByRole("link", { name: together }).click();
    if (fill) await page.getByLabel(/^Conclusion/).fill("Every entry read, nothing is missing.");
    await page.getByRole("button", { name: "See what would be signed" }).click();
    await page.getByLabel("Your secret").fill(secretOf(who));
    for (const id of made) assert.match(await page.getByRole("region", { name: id }).locator("pre").innerText(), new RegExp(id));
    await page.getByRole("button", { name: button }).click();
    await page.getByText("2 of 2 are signed and sent.").waitFor({ timeout: 20000 });
    await page.getByRole("button", { name: "Log out" }).click();
  };
  await series("U-ELENA", "Sign the review of 2 together", "Sign 2 as reviewed", true);
  await series("U-PETER", "Release 2 together", "Sign 2 as released", false);
  await logIn(page, "U-PETER", secretOf("U-PETER"));
  for (const id of made) {
    await page.goto(`${url}/#/batch/${id}`);
    await page.getByRole("heading", { name: new RegExp(`${id} Released`) }).waitFor();
  }
}));

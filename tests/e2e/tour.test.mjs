/* The tour of who logs in for the first time: notes that lie on nothing and hold nobody up. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { real, url, visit, answers, withRole, logIn, violations } from "./support.mjs";
import german from "../../services/gateway/web/german.js";

const fake = { skip: real ? "roles are made up" : false };
const B = "B-2026000002";
const item = { batch_id: B, state: "open", donation_number: "A999926000001", tissue: "umbilical_cord", use: "autologous", procedure_id: "P-CORD", procedure_version: 2, steps_total: 9, what: "perform", step: 1, name: "Receive" };
const tour = (page) => page.getByRole("complementary", { name: "Tour" });
const nextStop = (page) => tour(page).getByRole("button", { name: "Next stop" });
const begin = async (page, role) => {
  await answers(page, { "batch/work": { work: [item] }, "release/worklist": { batches: [] }, "quality/charted": { charted: [] } });
  await withRole(page, role);
  await logIn(page);
  await tour(page).waitFor();
};
const marked = (page) => page.evaluate(() => [...globalThis.document.querySelectorAll("a, li, .who span")].filter((one) => getComputedStyle(one).outlineStyle === "solid" && !one.matches(":focus-visible")).map((one) => one.textContent.slice(0, 20)));

/* What is told, one stop after the other, to the last. */
async function walk(page) {
  const told = [];
  for (;;) {
    told.push(`${await tour(page).locator("strong").innerText()} ${new URL(page.url()).hash}`);
    if (await nextStop(page).count() === 0) return told;
    const before = await tour(page).innerText();
    await nextStop(page).press("Enter");
    await page.waitForFunction((text) => globalThis.document.querySelector(".tour").innerText !== text, before);
  }
}

test("the tour is by roles: a technician sees the bench and no review, QA the review and no bench", fake, async () => {
  const stops = { technician: ["The bench. ", "A step. #/bench", "A batch on one page. #/batches", "Acts. #/acts", "Your key, and help. #/own"],
    qa: ["Review. ", "A batch on one page. #/batches", "Acts. #/acts", "The record. #/record", "Your key, and help. #/own"] };
  for (const [role, wanted] of Object.entries(stops)) await visit(async (page) => {
    await begin(page, role);
    assert.deepEqual(await walk(page), wanted);
  });
});

test("the place that is told of is marked, light and dark, with nothing that axe complains of", fake, async () => {
  for (const colorScheme of ["light", "dark"]) await visit(async (page) => {
    await begin(page, "technician");
    await page.locator(".card").waitFor();
    assert.deepEqual(await marked(page), ["Bench"]);
    assert.deepEqual(await violations(page), []);
    if (process.env.STEMMA_SHOTS) await page.screenshot({ path: `${process.env.STEMMA_SHOTS}/tour-1-${colorScheme}.png` });
    await nextStop(page).click();
    await page.waitForFunction(() => globalThis.document.documentElement.dataset.tour === "step");
    assert.deepEqual(await marked(page), ["B-2026000002Perform:"]);
    if (process.env.STEMMA_SHOTS) await page.screenshot({ path: `${process.env.STEMMA_SHOTS}/tour-2-${colorScheme}.png` });
    for (const name of ["batches", "acts", "own"]) {
      await nextStop(page).click();
      await page.waitForFunction((stop) => globalThis.document.documentElement.dataset.tour === stop, name);
      assert.equal((await marked(page)).length, 1, name);
    }
    if (process.env.STEMMA_SHOTS) await page.screenshot({ path: `${process.env.STEMMA_SHOTS}/tour-5-${colorScheme}.png`, fullPage: true });
    assert.deepEqual(await violations(page), []);
  }, { colorScheme });
});

test("the tour lies on nothing, takes no focus, and a scan goes by it", fake, () => visit(async (page) => {
  await begin(page, "technician");
  await page.locator(".card").waitFor();
  assert.equal(await page.evaluate(() => globalThis.document.activeElement.id), "main");
  const [note, main, bar] = await page.evaluate(async () => {      /* at one moment, and when nothing moves */
    await Promise.allSettled(globalThis.document.getAnimations().map((one) => one.finished));
    return [".tour", "main", "header.bar"].map((one) => globalThis.document.querySelector(one).getBoundingClientRect().toJSON());
  });
  assert.ok(note.y >= bar.y + bar.height && note.y + note.height <= main.y, `it stands between the bar and the page: ${JSON.stringify([bar, note, main])}`);
  assert.equal(await page.locator(".tour").evaluate((one) => getComputedStyle(one).position), "static");
  await page.evaluate((code) => {
    const at = performance.now();
    for (const [i, key] of [...code, "Enter"].entries()) {
      const down = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
      Object.defineProperty(down, "timeStamp", { value: at + i / 10 });
      globalThis.document.activeElement.dispatchEvent(down);
    }
  }, B);
  await page.waitForURL(`**/#/bench/${B}`);
  await tour(page).waitFor({ state: "detached" });              /* out of sight at one batch */
  await page.goBack();
  await tour(page).waitFor();
}));

test("who ends the tour does not see it again, another person does, and My key shows it once more", fake, () => visit(async (page) => {
  await begin(page, "technician");
  await nextStop(page).click();
  await page.reload();
  await tour(page).getByText("Tour, 2 of").waitFor();
  await tour(page).getByRole("button", { name: "End the tour" }).click();
  await tour(page).waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("link", { name: "Batches" }).waitFor();
  assert.equal(await tour(page).count(), 0);
  await page.goto(`${url}/#/own`);
  await page.getByRole("button", { name: "Show the tour again" }).click();
  await tour(page).getByText("Tour, 1 of").waitFor();
  await tour(page).getByRole("button", { name: "End the tour" }).click();
  assert.deepEqual(await page.evaluate(() => Object.entries(localStorage).filter(([name]) => name.startsWith("stemma-tour/"))), [["stemma-tour/U-1", "over"]]);
  await page.getByRole("button", { name: "Log out" }).click();
  await page.route("**/api/login", async (asked) => {
    const reply = await asked.fetch();
    await asked.fulfill({ response: reply, body: (await reply.text()).replace('"person_id":"U-1"', '"person_id":"U-2"') });
  });
  await logIn(page, "U-2");
  await tour(page).getByText("Tour, 1 of").waitFor();
}));

test("the tour is told in German, whole", fake, () => visit(async (page) => {
  await answers(page, { "batch/work": { work: [item] }, "release/worklist": { batches: [] } });
  await page.getByRole("button", { name: "Deutsch" }).click();
  await page.route("**/api/login", async (asked) => {
    const reply = await asked.fetch();
    await asked.fulfill({ response: reply, body: (await reply.text()).replace('["qa"]', '["qa","technician"]') });
  });
  await page.getByLabel("Person").fill("U-1");
  await page.getByLabel("Geheimnis").fill("correct horse battery staple");
  await page.getByRole("button", { name: "Anmelden" }).click();
  const texts = [...readFileSync(new URL("../../services/gateway/web/tour.js", import.meta.url), "utf8").matchAll(/(?:title|text): "([^"]+)"/g)].map((m) => m[1]);
  assert.equal(texts.length, 14);
  for (let n = 1; n <= 7; n++) {
    await page.getByText(`Tour, ${n} von 7`).waitFor();
    assert.equal(await page.locator(".tour p").last().innerText(), `${german[texts[2 * n - 2]]}. ${german[texts[2 * n - 1]]}`);
    if (process.env.STEMMA_SHOTS && n === 7) await page.screenshot({ path: `${process.env.STEMMA_SHOTS}/tour-german.png` });
    if (n < 7) await page.getByRole("button", { name: "Weiter" }).click();
  }
}));

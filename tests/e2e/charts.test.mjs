/* Control charts and trends: drawn under the pages' policy, told by keyboard, flagged in words, all of it in a table. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { real, url, visit, ok, logIn, secretOf, violations } from "./support.mjs";

const fake = { skip: real ? "charts of made-up values" : false };
const truly = { skip: real ? false : "needs a running house" };
const values = ["97", "96.5", "98", "91.2", "<90", "97.5", "88"];
const state = (v) => (v === "88" ? ["out_of_control", "1_3s", "-3.21"] : v === "91.2" ? ["warning", "1_2s", "-2.2"] : v === "<90" ? ["in_control"] : ["in_control", undefined, "0.3"]);
const point = (value, i) => {
  const [said, rule, z] = state(value);
  return { batch_id: `B-202600000${i + 1}`, tested_at: `2026-03-0${i + 1}T08:30:00.000Z`, value, state: said, ...(rule ? { rule } : {}), ...(z ? { z } : {}) };
};
const chart = { baseline: 7, provisional: true, mean: "96.9", sd: "2.5", lower_3s: "89.4", lower_2s: "91.9", upper_2s: "101.9", upper_3s: "104.4",
  rules: ["1_2s (warning): one value more than 2 SD from the mean"], points: values.map(point) };
const charted = { tests: [{ specification_id: "Q-CORD", code: "viability", method: "acridine/propidium", count: 7, tested_at: "2026-03-07T08:30:00.000Z" }] };
const charts = async (page, answer = chart) => {
  await page.route("**/api/quality/charted", (asked) => asked.fulfill(ok(charted)));
  await page.route("**/api/quality/chart", (asked) => asked.fulfill(ok(answer)));
  await logIn(page);
  await page.getByRole("link", { name: "Charts" }).click();
  await page.getByRole("link", { name: "Viability" }).click();
};
/* How many of the picture's pixels are painted at all. */
const painted = (page) => page.locator("canvas").first().evaluate((c) => c.getContext("2d").getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 3 && v > 0).length);

for (const colorScheme of ["light", "dark"]) test(`a chart is drawn, ${colorScheme}, with limits and flags in words, and all of it is a table`, fake, () => visit(async (page) => {
  await charts(page);
  await page.locator("canvas").waitFor();
  assert.ok(await painted(page) > 2000);
  await page.getByText("Provisional").waitFor();
  assert.match(await page.locator("main dl").innerText(), /96\.9[^]*91\.9 to 101\.9[^]*89\.4 to 104\.4[^]*first 7/);
  const flagged = page.getByRole("region", { name: "Flagged" }).locator("tbody tr");
  assert.match((await flagged.allInnerTexts()).join("\n"), /B-2026000004[^]*Warning, rule 1_2s[^]*B-2026000007[^]*Out of control, rule 1_3s/);
  assert.equal(await flagged.locator(".mark").count(), 2);
  const rows = await page.getByRole("region", { name: "All values" }).locator("tbody tr").allInnerTexts();
  assert.equal(rows.length, values.length);
  assert.match(rows[2], /<90[^]*Not judged/);
  assert.deepEqual(await violations(page), []);
}, { colorScheme }));

test("a chart is gone through by keyboard, and each point said", fake, () => visit(async (page) => {
  await charts(page);
  const slider = page.getByRole("slider", { name: /Chart of Viability, acridine\/propidium/ });
  await page.locator("canvas").waitFor();
  await slider.focus();
  assert.match(await slider.getAttribute("aria-valuetext"), /^B-2026000007.*88, -3\.21 SD\. Out of control, rule 1_3s$/);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  assert.match(await slider.getAttribute("aria-valuetext"), /<90\. Not judged$/);
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await slider.getAttribute("aria-valuenow"), "1");
  assert.match(await page.locator(".told").innerText(), /B-2026000001[^]*97[^]*In control/);
  await page.keyboard.press("End");
  assert.equal(await slider.getAttribute("aria-valuenow"), "7");
}));

test("the pointer says the point it is at", fake, () => visit(async (page) => {
  await charts(page);
  await page.locator("canvas").waitFor();
  const box = await page.locator(".u-over").boundingBox();
  await page.mouse.move(box.x + box.width * 3.5 / 7, box.y + 30);
  await page.locator(".told").getByText("B-2026000004").waitFor();
}));

test("a chart asks anew by kind and by how many values set the limits, and says when there is nothing", fake, () => visit(async (page) => {
  await charts(page);
  const asked = page.waitForRequest((one) => one.url().endsWith("/quality/chart") && /shewhart/.test(one.postData()));
  await page.getByLabel("Kind of chart").selectOption("shewhart");
  await asked;
  const fewer = page.waitForRequest((one) => one.url().endsWith("/quality/chart") && JSON.parse(one.postData()).baseline === 5);
  await page.getByLabel("Values that set the limits").fill("5");
  await page.keyboard.press("Tab");
  assert.equal(JSON.parse((await fewer).postData()).method, "acridine/propidium");
  await page.unroute("**/api/quality/chart");
  await page.route("**/api/quality/chart", (one) => one.fulfill(ok({ baseline: 0, provisional: true, rules: [] })));
  await page.getByLabel("Kind of chart").selectOption("levey_jennings");
  await page.getByText("There is no number to draw.").waitFor();
}));

test("a batch shows its numbers among those of the last batches, when one comes to look", fake, () => visit(async (page) => {
  let times = 0;
  await page.route("**/api/quality/results", (asked) => asked.fulfill(ok({ deviations: [], tests: [
    { test_seq: 1, code: "viability", method: "trypan blue", result: "97.4", reported: "97", verdict: "pass", performed_by: "U-4" },
    { test_seq: 2, code: "sterility", method: "culture", result: "Negative", verdict: "pass", performed_by: "U-4" }] })));
  await page.route("**/api/quality/chart", (asked) => { times++; return asked.fulfill(ok(chart)); });
  await logIn(page);
  await page.getByRole("link", { name: "B-2026000002" }).click();
  await page.getByText("Genealogy").waitFor();
  assert.equal(times, 0);
  await page.locator("#trends").scrollIntoViewIfNeeded();
  await page.locator("canvas").waitFor();
  assert.equal(times, 1);                                      /* words have no trend */
  assert.match(await page.getByRole("slider").getAttribute("aria-valuetext"), /^B-2026000002, 2026-03-02: 96\.5/);
  assert.equal(await page.locator("#trends h3 a").getAttribute("href"), "#/chart/Q-CORD/viability/trypan%20blue");
  assert.deepEqual(await violations(page), []);
}));

test("the demo's eight doses are a chart, and each is ringed on its own page", truly, () => visit(async (page) => {
  await logIn(page, "U-ELENA", secretOf("U-ELENA"));
  await page.getByRole("link", { name: "Charts" }).click();
  await page.getByRole("row", { name: /Viability trypan blue Q-UCMSC/ }).getByRole("link").click();
  await page.locator("canvas").waitFor();
  assert.ok(await painted(page) > 2000);
  assert.ok(await page.getByRole("region", { name: "All values" }).locator("tbody tr").count() >= 8);
  const batch = await page.getByRole("region", { name: "All values" }).locator("tbody tr a").last().innerText();
  await page.goto(`${url}/#/batch/${batch}`);
  await page.locator("#trends").scrollIntoViewIfNeeded();
  await page.locator("#trends canvas").first().waitFor();
  assert.match(await page.getByRole("slider", { name: /Viability/ }).getAttribute("aria-valuetext"), new RegExp(`^${batch}`));
  assert.deepEqual(await violations(page), []);
}));

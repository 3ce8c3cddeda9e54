/*
 * The pictures of docs/tutorial.md, made anew: walks the tutorial in Chromium on a new lab that `deploy/demo --practice` left running.
 *   node docs/tutorial/shots.mjs [HOUSE]      HOUSE: the lab's folder, var/demo/house if not said; needs `npm ci` in tests/e2e
 * Acts for good: the practice batch is released by it, so that a second walk needs a new lab.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { small } from "./png.mjs";

const here = new URL("./", import.meta.url);
const { chromium } = createRequire(new URL("../../tests/e2e/", here))("playwright-core");
const house = process.argv[2] ?? new URL("../../var/demo/house", here).pathname;
const port = /^listen = .*:(\d+)$/m.exec(readFileSync(`${house}/etc/gateway.ini`, "utf8"))[1];
const secretOf = (who) => new RegExp(`^${who} (.*)$`, "m").exec(readFileSync(`${house}/secrets.txt`, "utf8"))[1];
const practice = "B-20260010";

const browser = await chromium.launch({ executablePath: process.env.STEMMA_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await (await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-GB", viewport: { width: 1000, height: 720 }, reducedMotion: "reduce" })).newPage();
page.setDefaultTimeout(60000);
/* the tour is for who reads no tutorial */
await page.addInitScript(() => { for (const who of ["MARA", "JON", "ELENA", "PETER", "RUTH"]) localStorage.setItem(`stemma-tour/U-${who}`, "over"); });

/* The picture of what is there now, from the top of `from` where it is said. */
async function shot(name, from) {
  await page.evaluate((selector) => (selector ? document.querySelector(selector).scrollIntoView() : scrollTo(0, 0)), from);
  const png = small(await page.screenshot());
  writeFileSync(new URL(`${name}.png`, here), png);
  console.log(`${name}.png ${Math.round(png.length / 1000)} KB`);
}
const press = (name) => page.getByRole("button", { name }).first().click();
const follow = (name) => page.getByRole("link", { name }).first().click();
const secret = (who) => page.getByLabel("Your secret").fill(secretOf(who));

async function logIn(who) {
  await page.getByLabel("Person").fill(who);
  await page.getByLabel("Secret").fill(secretOf(who));
  await press("Log in");
  await page.getByRole("button", { name: "Log out" }).waitFor();
}
async function logOut() {
  await press("Log out");
  await page.getByLabel("Person").waitFor();
}

await page.goto(`https://localhost:${port}/`);
await page.getByLabel("Person").fill("U-MARA");
await page.getByLabel("Secret").fill(secretOf("U-MARA"));
await shot("01-log-in");
await press("Log in");

await page.getByRole("button", { name: "Log out" }).waitFor();
await page.goto(`https://localhost:${port}/#/act/batch.open`);
const typed = { "Procedure": "P-UCMSC", "Procedure version": "1", "Specification": "Q-UCMSC", "Specification version": "1", "Collection": "C-20260001", "Donor": "D-20260001" };
const field = { "Procedure": "procedure_id", "Procedure version": "procedure_version", "Specification": "specification_id", "Specification version": "specification_version", "Collection": "collection_id", "Donor": "donor_id" };
for (const [label, value] of Object.entries(typed)) await page.locator(`[data-field=${field[label]}] input`).fill(value);
await shot("02-open-a-batch");
await press("See what would be signed");
await page.getByRole("heading", { name: "This is what you sign" }).waitFor();
await secret("U-MARA");
await shot("03-what-you-sign");
await press(/^Sign as/);
await page.getByRole("heading", { name: "Recorded" }).waitFor();

await follow("Bench");
await page.locator(".card").first().waitFor();
await shot("04-bench");
await page.locator(".card a").first().click();
await press("Start step 1");
await page.getByLabel("Cord length").fill("20");
await page.getByLabel("Lowest transport temperature").fill("4");
await page.getByLabel("Highest transport temperature").fill("6");
await page.getByLabel("Appearance").selectOption({ index: 1 });
await page.getByLabel("Container intact").selectOption("true");
for (const machine of await page.locator("select[id^=e-]").all()) await machine.selectOption({ index: 1 });
await shot("05-a-step");
await press("Complete step 1");
await page.getByRole("heading", { name: "This is what you sign" }).waitFor();
await secret("U-MARA");
await press(/^Sign as/);
await page.getByRole("heading", { name: /Verify step 1/ }).waitFor();
await page.getByLabel("Second person").last().fill("U-JON");
await page.getByLabel("Their secret").fill(secretOf("U-JON"));
await shot("06-the-second-person", "main h1");
await press("Go on as second person");
await press("See what would be signed");
await page.getByRole("heading", { name: "This is what you sign" }).waitFor();
await secret("U-JON");
await press(/^Sign as/);
await page.getByRole("button", { name: "Start step 2" }).waitFor();
await logOut();

await logIn("U-ELENA");
await follow("Review");
await page.getByRole("link", { name: practice }).waitFor();
await shot("07-review");
await follow(practice);
await page.getByRole("heading", { name: new RegExp(practice) }).waitFor();
await page.locator("#tests tbody tr").first().waitFor();
await shot("08-a-batch");
await shot("09-its-tests", "#tests");
await page.locator(`a[href^="#/act/release.review/"]`).first().click();
await page.locator("[data-field=conclusion] textarea").fill("Every entry read; the record is complete.");
await press("See what would be signed");
await page.getByRole("heading", { name: "This is what you sign" }).waitFor();
await secret("U-ELENA");
await press(/^Sign as/);
await page.getByRole("heading", { name: "Recorded" }).waitFor();
await logOut();

await logIn("U-PETER");
await page.goto(`https://localhost:${port}/#/batch/${practice}`);
await page.locator(`a[href^="#/act/release.release/"]`).first().click();
await press("See what would be signed");
await page.getByRole("heading", { name: "This is what you sign" }).waitFor();
await secret("U-PETER");
await shot("10-release");
await press(/^Sign as/);
await page.getByRole("heading", { name: "Recorded" }).waitFor();
await page.goto(`https://localhost:${port}/#/batch/${practice}`);
await page.getByRole("heading", { name: new RegExp(`${practice} Released`) }).waitFor();
await shot("11-released");
await logOut();

await logIn("U-RUTH");
await page.goto(`https://localhost:${port}/#/batch/${practice}`);
const file = page.waitForEvent("download");
await press("Dossier to verify");
await (await file).saveAs(new URL(`../../var/demo/${practice}.asice`, here).pathname);
await page.getByText("stemma-verify").waitFor();
await shot("12-dossier", ".dossier");
await browser.close();

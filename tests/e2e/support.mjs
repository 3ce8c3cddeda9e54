/* What the browser tests share: the fake house or a running one, visitors whose every complaint is a failure, axe. */
import { before, after } from "node:test";
import assert from "node:assert/strict";
import { spawn, execFileSync } from "node:child_process";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const real = process.env.STEMMA_URL;
export const person = process.env.STEMMA_PERSON ?? "U-1";
export const secret = process.env.STEMMA_SECRET_FILE ? readFileSync(process.env.STEMMA_SECRET_FILE, "utf8").trim() : "correct horse battery staple";
let house, browser;
export let url;

/* Announces an entry as the sequencer does; the fake house only. */
export const announce = (entry) => house.stdin.write(`${JSON.stringify(entry)}\n`);

export const launch = (...args) => chromium.launch({ executablePath: process.env.STEMMA_CHROMIUM, args: ["--no-sandbox", "--disable-gpu", ...args] });

before(async () => {
  url = real;
  if (!real) {
    house = spawn(process.env.STEMMA_FAKE, { stdio: ["pipe", "pipe", "ignore"] });
    for await (const line of createInterface(house.stdout)) {
      url = line.match(/^port (\d+)$/)?.[1];
      if (url) break;
    }
    assert.ok(url, "the house did not start");
    url = `https://127.0.0.1:${url}`;
    house.stdout.resume();
  }
  browser = await launch();
});

after(async () => {
  await browser?.close();
  if (house) {
    house.stdin.end();
    await once(house, "exit");
  }
});

/* A fresh visitor; whatever the browser complains about is a failure. */
export async function visit(run, { home = url, mayFail = /^$/, by = browser, ...options } = {}) {
  const context = await by.newContext({ ignoreHTTPSErrors: true, locale: "en-GB", bypassCSP: false, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.setDefaultTimeout(10000);
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error" && !/status of 4\d\d/.test(message.text()) && !mayFail.test(message.text())) complaints.push(message.text()); });
  page.on("request", (request) => { if (!request.url().startsWith(`${home}/`)) complaints.push(`asked ${request.url()}`); });
  try {
    await page.goto(`${home}/`);
    await run(page, context);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

/* The fake house's answers, by their paths: `all` replaces what is in it. */
export const ok = (result) => ({ json: { ok: true, result } });
export const answers = async (page, all) => { for (const [path, answer] of Object.entries(all)) await page.route(`**/api/${path}`, (asked) => asked.fulfill(ok(answer))); };

/* Before the fake house: whoever logs in has the role. */
export const withRole = (page, role) => page.route("**/api/login", async (asked) => {
  const reply = await asked.fetch();
  await asked.fulfill({ response: reply, body: (await reply.text()).replace('["qa"]', `["${role}"]`) });
});

/* In a running house: somebody's secret, U-ADA being its first administrator; and so many batches brought to where a story begins. */
export const secretOf = (who) => who === "U-ADA" ? readFileSync(`${process.env.STEMMA_HOUSE}/admin.secret`, "utf8").trim() : new RegExp(`^${who} (.*)$`, "m").exec(readFileSync(`${process.env.STEMMA_HOUSE}/secrets.txt`, "utf8"))[1];
export const makeBatches = (count, stage) => [...execFileSync(process.env.STEMMA_BATCHES, { env: { ...process.env, BATCHES: String(count), STAGE: stage } }).toString()
  .matchAll(/^batch (B-\w+)$/gm)].map((m) => m[1]);

/* The page's own copy of a module: it came by an address that has the pages' version in it. */
export const moduleOf = (page, name) => page.evaluate((file) => new URL(file, document.querySelector("script[type=module]").src).href, name);

export async function logIn(page, as = person, how = secret) {
  await page.getByLabel("Person").fill(as);
  await page.getByLabel("Secret").fill(how);
  await page.getByRole("button", { name: "Log in" }).click();
}

/* The page's policy keeps scripts of others out; this one is put in by the browser's debugger, in a world of its own.
   A sheet that still fades in has paler letters than the one a person reads, so what moves is let to its end first. */
export async function violations(page) {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((a) => a.finished)));
  const client = await page.context().newCDPSession(page);
  const { frameTree } = await client.send("Page.getFrameTree");
  const { executionContextId: contextId } = await client.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  await client.send("Runtime.evaluate", { expression: axeSource, contextId });
  const { result } = await client.send("Runtime.evaluate", { contextId, awaitPromise: true, returnByValue: true,
    expression: "axe.run().then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`))" });
  return result.value;
}

/* A scanner: keys faster than hands, Enter behind them, to whatever has the focus; how fast, each key says, however busy the machine is. */
export const scan = (page, code, times = 1) => page.evaluate(([text, count]) => {
  const at = performance.now();
  for (const [i, key] of Array.from({ length: count }, () => [...text, "Enter"]).flat().entries()) {
    const target = document.activeElement ?? document.body;
    const down = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    Object.defineProperty(down, "timeStamp", { value: at + i / 10 });
    if (target.dispatchEvent(down) && key.length === 1 && "value" in target) {
      target.value += key;
      target.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  }
}, [code, times]);

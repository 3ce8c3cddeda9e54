/* The measuring of tests/bench/web: 64 users by HTTPS alone, one in a browser. A figure with a limit is told beside it as a ratio. */
import { Agent, request } from "node:https";
import { readFileSync, readdirSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { cpus, loadavg } from "node:os";
import { createRequire } from "node:module";
import { sealTo, fromBase64 } from "../../services/gateway/web/seal.js";

const { chromium } = createRequire(new URL("../e2e/", import.meta.url))("playwright-core");
const house = process.env.STEMMA_HOUSE, seconds = Number(process.env.SECONDS_EACH ?? 10), USERS = 64, TICK_MS = 10;
const port = Number(/^listen = .*:(\d+)$/m.exec(readFileSync(`${house}/etc/gateway.ini`, "utf8"))[1]);
const secrets = [...readFileSync(`${house}/secrets.txt`, "utf8").matchAll(/^(U-\w+) (.*)$/gm)].map(([, who, secret]) => ({ who, secret }));
const load1 = () => `${loadavg()[0].toFixed(1)} on ${cpus().length} processors`;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const at = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];
const told = (what, figure, limit, unit) => console.log(`${what}: ${figure} ${unit}, ${(figure / limit).toFixed(2)} of ${limit} ${unit}`);
const ms = (list) => `p50 ${at(list, 0.5).toFixed(0)} ms, p95 ${at(list, 0.95).toFixed(0)} ms, p99 ${at(list, 0.99).toFixed(0)} ms of ${list.length}`;

/* UUIDv7 */
const command = () => {
  const random = randomBytes(10).toString("hex");
  return `${Date.now().toString(16).padStart(12, "0")}7${random.slice(0, 3)}8${random.slice(3, 18)}`;
};

class User {
  constructor(n, { who, secret }) {
    this.who = who;
    this.secret = secret;
    this.agent = new Agent({ keepAlive: true, rejectUnauthorized: false, localAddress: `127.0.1.${n + 1}` });
    this.head = { Host: `localhost:${port}`, "Content-Type": "application/json" };
  }

  ask(method, path, body) {
    return new Promise((done, failed) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const asked = request({ host: "127.0.0.1", port, method, path, agent: this.agent, headers: { ...this.head, ...(text ? { "Content-Length": Buffer.byteLength(text), "Stemma-Command": command() } : {}) } }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => {
          const cookie = answer.headers["set-cookie"]?.[0].split(";")[0];
          if (cookie) this.head.Cookie = cookie;
          done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) });
        });
      });
      asked.on("error", failed);
      asked.end(text);
    });
  }

  async call(path, body = {}) {
    for (;;) {
      const { status, body: got } = await this.ask("POST", path, body);
      if (status === 429) { await sleep(200); continue; }
      const reply = JSON.parse(got);
      if (!reply.ok) throw new Error(`${path}: ${reply.error.code} ${reply.error.text ?? ""}`);
      return reply.result;
    }
  }

  async sealed(text) {
    const key = await this.call("/api/signer/sealing_key");
    return sealTo(fromBase64(key.public_key), new TextEncoder().encode(text), this.secret);
  }

  async logIn() {
    const { terminal_id } = JSON.parse((await this.ask("GET", "/api/session")).body).result;
    const { login } = await this.call("/api/access/challenge", { person_id: this.who, terminal_id });
    const { signature } = await this.call("/api/signer/prove", { person_id: this.who, login, secret_sealed: await this.sealed(login) });
    const { csrf } = await this.call("/api/login", { login, signature });
    this.head["Stemma-Csrf"] = csrf;
    return this;
  }

  /* An act as a page does it: prepared, sealed, signed, recorded. */
  async act(verb, body) {
    const path = `/api/${verb.replace(".", "/")}`;
    const { statement } = await this.call(`${path}/prepare`, body);
    const { signature } = await this.call("/api/signer/sign", { person_id: this.who, statement, secret_sealed: await this.sealed(statement) });
    await this.call(`${path}/commit`, { statement, signature });
    return { statement, signature };
  }
}

/* People of the bench's own, as an administrator enrols them: at the gateway a person has one session. */
async function enrol(admin, who) {
  const secret = randomBytes(12).toString("hex"), fresh = new User(250, { who, secret });
  const { statement, signature } = await admin.act("access.person_enrol", { person_id: who, name: `Bench ${who.slice(7)}`, roles: ["technician"], identity_verified_how: "passport" });
  fresh.head = admin.head;
  const { certificate } = await fresh.call("/api/signer/key_create", { statement, enrolment_signature: signature, secret_sealed: await fresh.sealed(statement) });
  await admin.act("access.key_register", { person_id: who, certificate });
  fresh.agent.destroy();
  return { who, secret };
}

const timed = async (list, run) => {
  const began = performance.now();
  await run();
  list.push(performance.now() - began);
};

/* The others: now and then a list, a batch, the bench's queue. */
async function others(users, until) {
  const reads = [["batch/list", { limit: 50 }], ["batch/work", {}], ["batch/show", { batch_id: "B-20260002" }], ["release/worklist", {}], ["quality/results", { batch_id: "B-20260003" }]];
  await Promise.all(users.map(async (user, i) => {
    await sleep(i * 150);
    for (let k = i; !until.done; k++) {
      const [path, body] = reads[k % reads.length];
      await user.call(`/api/${path}`, body).catch((error) => { until.refused = (until.refused ?? 0) + 1; until.why ??= error.message; });
      until.asked = (until.asked ?? 0) + 1;
      await sleep(10000);
    }
  }));
}

const firstPaint = (page) => page.evaluate(() => new Promise((done) => {
  const look = () => {
    const first = performance.getEntriesByName("first-contentful-paint")[0];
    if (first) done(first.startTime);
    else setTimeout(look, 5);
  };
  look();
}));
const sent = (page) => page.evaluate(() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .filter((r) => !/\/api\/|\/events/.test(r.name)).reduce((sum, r) => [sum[0] + r.encodedBodySize, sum[1] + r.decodedBodySize, sum[2] + 1], [0, 0, 0]));

/* What a browser takes here and now to paint a line of text from the same gateway: the rest is the pages'. */
async function baseline(browser, url) {
  const took = [];
  for (let i = 0; i < 12; i++) {
    const context = await browser.newContext({ ignoreHTTPSErrors: true }), page = await context.newPage();
    await page.goto(`${url}/vendor/LICENCES.txt`);
    took.push(await firstPaint(page));
    await context.close();
  }
  console.log(`a file of plain text from the same gateway, first paint: ${ms(took)}; load ${loadavg().map((n) => n.toFixed(1)).join(" ")} on ${cpus().length} processors`);
}

/* A visitor with nothing kept, each time: the form to log in. */
async function strangers(browser, url) {
  const first = [], whole = [];
  let weight = [];
  for (let i = 0; i < 12; i++) {
    const context = await browser.newContext({ ignoreHTTPSErrors: true }), page = await context.newPage();
    await timed(whole, async () => {
      await page.goto(`${url}/`);
      await page.getByLabel("Person").waitFor();
    });
    first.push(await firstPaint(page));
    weight = await sent(page);
    await context.close();
  }
  told("first visit, nothing kept: weight as sent", Math.round(weight[0] / 1000), 150, "KB");
  console.log(`  unpacked ${Math.round(weight[1] / 1000)} KB in ${weight[2]} files; all of the page there ${ms(whole)}`);
  told("first visit, nothing kept: first paint p95", Math.round(at(first, 0.95)), 200, "ms");
}

async function pages(browser, url, secret) {
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  await page.goto(`${url}/`);
  await page.getByLabel("Person").fill("U-ELENA");
  await page.getByLabel("Secret").fill(secret);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.locator("tbody tr").first().waitFor();
  for (const [to, seen] of [["batches", "tbody tr"], ["batch/B-20260001", "#tests tbody tr"], ["batch/B-SEED0050000", "#tests tbody tr"], ["review", ".card"], ["chart", "main .sheet"]]) {
    const first = [], whole = [];
    for (let i = 0; i < 12; i++) {
      await page.goto("about:blank");
      await timed(whole, async () => {
        await page.goto(`${url}/#/${to}`);
        await page.locator(seen).first().waitFor({ timeout: 60000 });
      });
      first.push(await firstPaint(page));
    }
    told(`page ${to}: first paint p95`, Math.round(at(first, 0.95)), 200, "ms");
    console.log(`  all of it there ${ms(whole)}`);
  }
}

/* As a page does it: prepared, shown, sealed, signed, recorded. */
async function acts(name, actor, verb, bodies) {
  const prepared = [], whole = [];
  for (const body of bodies) {
    const full = await body();
    await timed(prepared, () => actor.call(`/api/${verb.replace(".", "/")}/prepare`, full));
    await timed(whole, () => actor.act(verb, full));
  }
  told(`act ${verb} ${name}: p95`, Math.round(at(whole, 0.95)), 1000, "ms");
  console.log(`  to be seen ${ms(prepared)}; prepared, signed and recorded ${ms(whole)}`);
}

/* Every read that a page or the scanner makes of the lists and of one batch, by one user, with the others on. */
async function reads(user) {
  const B = { batch_id: "B-SEED0050000" };
  for (const [path, body] of [["batch/list", { limit: 50 }], ["batch/list", { limit: 50, state: "released" }], ["batch/list", { limit: 50, state: "in_test" }], ["batch/work", {}], ["batch/show", B],
    ["batch/materials", {}], ["batch/equipment", {}], ["quality/results", B], ["quality/charted", {}], ["quality/look_back", B], ["release/worklist", {}], ["release/gate", B], ["release/pending", {}],
    ["release/dispositions", {}], ["custody/chain", B], ["custody/reconcile", B], ["custody/scan", { text: "B-SEED0050000" }], ["custody/trace", { kind: "batch", id: B.batch_id }],
    ["source/donors", {}], ["source/collections", {}], ["source/follow_ups", {}], ["access/people", {}], ["access/open_work", { person_id: "U-MARA" }], ["custody/excursions", {}]]) {
    const took = [];
    let refused = "";
    for (let i = 0; i < 20; i++) await timed(took, () => user.call(`/api/${path}`, body).catch((error) => { refused = error.message; }));
    console.log(`read ${path}${body.state ? ` ${body.state}` : ""}: ${ms(took)}${refused ? `; refused: ${refused}` : ""}`);
  }
}

/* The processor's time, in ms, that a service, its connections of this house's database and the gateway have taken: told a request, for
 * latencies say as much of whatever else the machine does. */
function processor(service) {
  const took = { service: 0, database: 0, gateway: 0 }, read = (file) => readFileSync(`/proc/${file}`, "utf8");
  const server = readFileSync(`${house}/cluster/data/postmaster.pid`, "utf8").split("\n")[0];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [, parent, , , , , , , , , , user, system] = read(`${pid}/stat`).replace(/^.*\) /, "").split(" ");
      const what = read(`${pid}/cmdline`).replaceAll("\0", " ");
      const part = what.startsWith(`${house}/bin/stemma-${service} `) ? "service" : what.startsWith(`${house}/bin/stemma-gateway `) ? "gateway"
        : parent === server && what.startsWith(`postgres: stemma_${service} `) ? "database" : undefined;
      if (part) took[part] += (Number(user) + Number(system)) * TICK_MS;
    } catch { /* it has ended */ }
  }
  return took;
}

async function together(users, path, body) {
  const took = [], service = path.split("/")[0], before = processor(service), end = performance.now() + seconds * 1000;
  let slowed = 0;
  await Promise.all(users.map(async (user) => {
    while (performance.now() < end) {
      const began = performance.now(), { status } = await user.ask("POST", `/api/${path}`, body);
      if (status === 200) took.push(performance.now() - began);
      else {
        slowed++;
        await sleep(50);
      }
    }
  }));
  const after = processor(service), each = (part) => ((after[part] - before[part]) / took.length).toFixed(2);
  console.log(took.length ? `${path} by ${USERS} at once, none waiting: ${(took.length / seconds).toFixed(0)} requests a second, ${ms(took)}; ${slowed} not answered with 200\n`
    + `  processor's time a request: service ${each("service")} ms, its database ${each("database")} ms, gateway ${each("gateway")} ms; load ${load1()}`
    : `${path}: none answered`);
}

const admin = await new User(249, { who: "U-ADA", secret: readFileSync(`${house}/admin.secret`, "utf8").trim() }).logIn(), people = [];
for (let i = 0; i < USERS; i++) people.push(await enrol(admin, `U-BENCH${Date.now().toString(36).toUpperCase()}${i}`));
admin.agent.destroy();
const users = await Promise.all(people.map((one, i) => new User(i, one).logIn()));
console.log(`${users.length} other users are on, each asking for a list or a batch every ten seconds`);
const secretOf = (who) => secrets.find((s) => s.who === who).secret, named = (who, n) => new User(n, { who, secret: secretOf(who) }).logIn();
const until = { done: false }, load = others(users, until);
const browser = await chromium.launch({ executablePath: process.env.STEMMA_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const url = `https://localhost:${port}`;
await baseline(browser, url);
await strangers(browser, url);
await pages(browser, url, secretOf("U-ELENA"));
await browser.close();

const mara = await named("U-MARA", 200), elena = await named("U-ELENA", 201), peter = await named("U-PETER", 202);
const clear = readFileSync(process.env.CLEAR_BATCHES, "utf8").trim().split("\n").slice(0, 20);
await acts("(a remark)", mara, "batch.note", Array.from({ length: 60 }, (_, i) => () => ({ batch_id: process.env.OPEN_BATCH, text: `remark ${i}` })));
await acts("(the whole record)", elena, "release.review", clear.map((batch_id) => async () => ({ batch_id, entries: (await elena.call("/api/batch/show", { batch_id })).head_seq + 1, conclusion: "The record is complete." })));
await acts("(thirteen points)", peter, "release.release", clear.map((batch_id) => () => ({ batch_id })));
await reads(elena);
until.done = true;
await load;
console.log(`the others asked ${until.asked} times${until.refused ? `, ${until.refused} refused: ${until.why}` : ""}`);

for (const [path, body] of [["release/worklist", {}], ["batch/work", {}], ["batch/list", { limit: 50 }]]) await together(users, path, body);
users.concat(mara, elena, peter).forEach((user) => user.agent.destroy());

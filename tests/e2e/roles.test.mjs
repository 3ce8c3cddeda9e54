/*
 * Every verb of the contract as everybody: who may is told by the rows of common/contract/*.verbs.def and by nothing written here. What a
 * role may not is refused as that; what it may is refused for another reason or answered. Acts are asked to prepare, which records nothing.
 */
import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { real, url, visit, logIn, secretOf } from "./support.mjs";

const truly = { skip: real && process.env.STEMMA_HOUSE ? false : "needs a running house" };
const contract = new URL("../../common/contract/", import.meta.url);
const read = (name) => readFileSync(new URL(name, contract), "utf8");
const verbs = readdirSync(contract).filter((name) => name.endsWith(".verbs.def")).flatMap((name) =>
  [...read(name).matchAll(/^VERB\((\w+), (\w+), (\w+), (\w+), \w+, "[^"]*", ([\w|]+), ([\w|]+),/gm)].map(([, service, verb, kind, form, roles, flags]) =>
    ({ name: `${service}.${verb}`, path: `/api/${service}/${verb}`, kind, form, roles: roles.split("|").map((r) => r.toLowerCase()), flags: flags.split("|") })));
const roles = [.../WORD_LIST\(role, ([^)]*)\)/.exec(read("words.def"))[1].matchAll(/"(\w+)"/g)].map((m) => m[1]);
const people = [...(process.env.STEMMA_HOUSE ? readFileSync(`${process.env.STEMMA_HOUSE}/secrets.txt`, "utf8").matchAll(/^(U-\w+) /gm) : [])].map((m) => m[1]).concat("U-ADA");
/* What stays outside the walk though it is offered: it would end the walker's own session or work for minutes on the whole record. */
const apart = ["audit.verify", "audit.renew", "audit.export"];

/* A body that a record's description lets through; nothing that it names is there. */
const makers = {
  integer: () => 1, decimal: () => "1", boolean: () => true, time: () => "2026-03-01T08:30:00.000Z", digest: () => "ab".repeat(32), bytes: () => "AAAA",
  stream: (f) => (f.unit === "SYS" ? f.unit : `${f.unit || "B"}-2026WALKER`), texts: () => ["x"], list: (f) => [body(f.rows)], word: (f) => f.words[0], document: () => ({}), lines: () => "x\n",
};
const body = (form) => Object.fromEntries(form.fields.filter((f) => f.required && !f.computed).map((f) => [f.name, (makers[f.kind] ?? (() => "x"))(f)]));

/* Asks from within the page, as its person; more slowly where the gateway says that it is too much. */
const ask = (page, asked) => page.evaluate(async (all) => {
  const { commandId } = await import("/api.js");
  const csrf = (await (await fetch("/api/session")).json()).result.csrf ?? "";
  const one = async ({ path, body }) => {
    for (;;) {
      const headers = { "Content-Type": "application/json", ...(csrf ? { "Stemma-Csrf": csrf } : {}), "Stemma-Command": commandId() };
      const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
      if (answer.status !== 429) return { status: answer.status, ...(await answer.json()) };
      await new Promise((done) => setTimeout(done, 300));
    }
  };
  const got = [];
  for (const next of all) got.push(await one(next));
  return got;
}, asked);

async function get(page, path) {
  for (;;) {
    const answer = await page.context().request.get(url + path);
    if (answer.status() !== 429) return (await answer.json()).result;
    await page.waitForTimeout(300);
  }
}

async function walk(page, may) {
  const result = await get(page, "/api/describe");
  const offered = new Map(result.verbs.map((v) => [v.name, v]));
  const asked = [];
  for (const v of verbs.filter((one) => !apart.includes(one.name))) {
    const form = offered.has(v.name) ? await get(page, `/api/forms/${v.form}`) : { fields: [] };
    asked.push({ v, path: `${v.path}${v.kind === "ACT" ? "/prepare" : ""}`, body: body(form) });
    if (v.kind === "ACT") asked.push({ v, commit: true, path: `${v.path}/commit`, body: { statement: "x\n", signature: "AAAA" } });
  }
  const got = await ask(page, asked.map(({ path, body }) => ({ path, body })));
  const wrong = [];
  let refused = 0;
  got.forEach((answer, i) => {
    const { v, path, commit } = asked[i], code = answer.ok ? "ok" : answer.error.code;
    const allowed = v.roles.includes("anyone") || v.roles.some((r) => may.includes(r));
    if (!offered.has(v.name)) { if (code !== "verb_unknown") wrong.push(`${path}: ${code}, though it is not offered`); }
    else if (!allowed) {
      refused++;
      if (commit ? answer.ok : code !== "role_missing") wrong.push(`${path}: ${code} ${answer.error?.field ?? ""} ${answer.error?.text ?? ""}, though ${v.roles} only may`);
    } else if (code === "role_missing" && !v.flags.includes("NO_SESSION")) wrong.push(`${path}: ${answer.error.text}, though the row lets ${may} do it`);
    else if (code === "fault") wrong.push(`${path}: ${answer.status} ${code} ${answer.error?.text ?? ""}`);
  });
  assert.deepEqual(wrong, []);
  return refused;
}

test("the contract's rows are read, all of them", () => {
  assert.ok(verbs.length > 140 && roles.length === 8, `${verbs.length} verbs, ${roles.length} roles`);
  assert.equal(verbs.length, readdirSync(contract).filter((n) => n.endsWith(".verbs.def")).reduce((sum, n) => sum + read(n).split(/^VERB\(/m).length - 1, 0));
  for (const v of verbs) for (const r of v.roles) assert.ok(r === "anyone" || roles.includes(r), `${v.name}: ${r}`);
  for (const name of apart) assert.ok(verbs.some((v) => v.name === name), name);
});

test("R01 nobody who is not logged in gets an answer of any verb but the four that logging in needs", truly, () => visit(async (page) => {
  const open = ["access.challenge", "signer.sealing_key", "signer.authenticator", "signer.prove"];
  const asked = verbs.flatMap((v) => (v.kind === "ACT" ? ["/prepare", "/commit"] : [""]).map((phase) => ({ v, path: v.path + phase, body: {} })));
  const got = await ask(page, asked.map(({ path, body }) => ({ path, body })));
  const wrong = got.map((answer, i) => [asked[i], answer]).filter(([{ v }, a]) => !open.includes(v.name) && !["session_missing", "verb_unknown"].includes(a.error?.code))
    .map(([{ path }, a]) => `${path}: ${a.error?.code ?? "answered"}`);
  assert.deepEqual(wrong, []);
  for (const [path, status] of [["/api/describe", 401], ["/api/forms/batch_open", 401], ["/events", 401], ["/api/session", 200], ["/health", 200], ["/checkpoint", 200], ["/", 200]])
    assert.equal((await page.context().request.get(url + path)).status(), status, path);
}));

const covered = new Set();
for (const who of people) test(`R01 ${who} may what the roles' rows say, and nothing else`, truly, () => visit(async (page) => {
  for (let tries = 0; tries < 8; tries++) {                      /* the walk before this one was quick: the gateway slows down who comes from there */
    if (!await page.getByLabel("Person").count()) await page.reload();
    await page.getByLabel("Person").waitFor({ timeout: 3000 }).catch(() => {});
    if (!await page.getByLabel("Person").count()) continue;
    await logIn(page, who, secretOf(who));
    await page.getByRole("button", { name: "Log out" }).or(page.getByRole("alert")).first().waitFor();
    if (await page.getByRole("button", { name: "Log out" }).count()) break;
    await page.waitForTimeout(3000);
  }
  const may = await page.evaluate(async () => (await (await fetch("/api/session")).json()).result.session.roles);
  if (may.every((r) => covered.has(r))) return;                /* another person of the same roles walked */
  const refused = await walk(page, may);
  assert.ok(refused > 20, `${refused} refusals`);
  may.forEach((r) => covered.add(r));
}, { mayFail: /status of 503/ }));                             /* a dossier of what is not in the log's heads */

test("every role was walked", truly, () => {
  assert.deepEqual([...covered].sort(), [...roles].sort());
});

/* What can be said of the pages without a browser: their types, their weight, where their parts come from, their two languages. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";

const gateway = new URL("../../services/gateway/", import.meta.url);
const read = (name) => readFileSync(new URL(name, gateway), "utf8");
const modules = readdirSync(new URL("web/", gateway)).filter((name) => name.endsWith(".js"));

test("the types of the pages hold", () => {
  execFileSync(process.execPath, [new URL("node_modules/typescript/bin/tsc", import.meta.url).pathname, "-p", gateway.pathname], { stdio: "pipe" });
});

test("what the pages take from others is what the lock file names, with its licences", () => {
  execFileSync("sh", [new URL("vendor", gateway).pathname, "--check"], { stdio: "pipe" });
  for (const name of ["preact", "@preact/signals", "@preact/signals-core", "htm"]) assert.match(read("web/vendor/LICENCES.txt"), new RegExp(`^${name} \\d`, "m"));
});

test("the lock file names each package by its SHA-512 and none by an address", () => {
  const lock = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url), "utf8"));
  for (const [name, one] of Object.entries(lock.packages).filter(([name]) => name)) {
    assert.match(one.integrity, /^sha512-/, name);
    assert.equal(one.resolved, undefined, name);
  }
});

test("all pages together weigh less than 150 KB compressed", () => {
  const files = [...read("pages.def").matchAll(/^PAGE\(\w+, "[^"]+", "([^"]+)"/gm)].map((m) => m[1]);
  assert.ok(files.length > 20);
  const bytes = files.filter((name) => !name.endsWith(".txt")).reduce((sum, name) => sum + gzipSync(readFileSync(new URL(`web/${name}`, gateway))).length, 0);
  assert.ok(bytes < 150000, `${bytes} bytes`);
});

test("every module of the pages is served, and asks for none that is not", () => {
  const served = new Set([...read("pages.def").matchAll(/"\/([^"]+)", "([^"]+)"/g)].map((m) => m[2]));
  for (const name of modules) {
    assert.ok(served.has(name), name);
    for (const [, from] of read(`web/${name}`).matchAll(/(?:from|import\() ?"\.\/([^"]+)"/g)) assert.ok(served.has(from), `${name} asks for ${from}`);
  }
});

test("no page keeps a list of modules: the gateway makes it of their imports", () => {
  assert.doesNotMatch(read("web/index.html"), /modulepreload/);
});

test("no page has styles or scripts within its elements, nor parses markup", () => {
  for (const name of [...modules, "index.html"]) assert.doesNotMatch(read(`web/${name}`), /innerHTML|dangerouslySet|insertAdjacent|document\.write|\bstyle=|<script>|\bonclick=|eval\(/, name);
});

test("every text that a page has as a text of its own is there in German, with the same names in it", async () => {
  const { default: german } = await import(new URL("web/german.js", gateway));
  const names = (text) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort().join();
  for (const name of modules.filter((one) => one !== "german.js")) {
    for (const [, text] of read(`web/${name}`).matchAll(/\bt\("((?:[^"\\]|\\.)*)"/g)) {
      assert.ok(german[text], `${name}: ${text}`);
      assert.equal(names(german[text]), names(text), text);
    }
  }
});

/* As text.js makes a word of the record readable. */
const asWords = (name) => name.replace(/^cond_/, "conditionally_").replace(/^except_(?=released|handed|received)/, "exceptionally_").replaceAll("_", " ").replace(/^./, (c) => c.toUpperCase());
const shown = ["tissue", "use", "batch_state", "container_state", "sample_state", "dose_finding", "verdict", "deviation_class", "failure_task", "pending_kind", "pending_state", "scan_kind", "key_state", "plan_kind", "plan_state"];

test("every word of the record's lists that a page shows is there in German", async () => {
  const { default: german } = await import(new URL("web/german.js", gateway));
  const lists = readFileSync(new URL("../../common/contract/words.def", import.meta.url), "utf8");
  for (const list of shown) {
    const [, names] = new RegExp(`^WORD_LIST\\(${list}, ([^)]*)\\)`, "m").exec(lists);
    for (const [, name] of names.matchAll(/"(\w+)"/g)) assert.ok(german[asWords(name)], `${list}: ${asWords(name)}`);
  }
});

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
  for (const name of ["preact", "@preact/signals", "@preact/signals-core", "htm", "uplot", "zxing-wasm"]) assert.match(read("web/vendor/LICENCES.txt"), new RegExp(`^${name} \\d`, "m"));
});

test("the lock file names each package by its SHA-512 and none by an address", () => {
  const lock = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url), "utf8"));
  for (const [name, one] of Object.entries(lock.packages).filter(([name]) => name)) {
    assert.match(one.integrity, /^sha512-/, name);
    assert.equal(one.resolved, undefined, name);
  }
});

/* A module and what it imports at once; with `later`, what it asks for when wanted, too. */
const closure = (name, later, seen = new Set()) => {
  if (seen.has(name)) return seen;
  seen.add(name);
  const text = read(`web/${name}`), beside = name.replace(/[^/]*$/, "");
  for (const [, from] of text.matchAll(/from ?"\.\/([^"]+)"/g)) closure(beside + from, later, seen);
  if (later) for (const [, from] of text.matchAll(/import\("\.\/([^"]+)"\)[,)]/g)) closure(beside + from, later, seen);
  return seen;
};

test("no page weighs more than 150 KB compressed, the words of the other language with it", () => {
  const weigh = (names) => [...names].reduce((sum, name) => sum + gzipSync(readFileSync(new URL(`web/${name}`, gateway))).length, 0);
  const first = closure("app.js", false, new Set(["index.html", "style.css", "german.js", "icon.svg"]));
  const later = [...read("web/app.js").matchAll(/later\(\(\) => import\("\.\/([^"]+)"\)/g)].map((m) => m[1]);
  assert.ok(first.size > 20 && later.length > 4);
  const plot = ["vendor/uplot.js", "vendor/uplot.css"];                     /* what the pages with charts ask for besides */
  const all = [["charts", new Set([...first, ...plot])], ...later.map((name) => [name, closure(name, true, new Set(first))])];
  all.push(["camera", new Set([...first, "camera_view.js"])]);
  for (const [name, files] of all) assert.ok(weigh(files) < 150000, `${name}: ${weigh(files)} bytes`);
  const served = [...read("pages.def").matchAll(/^PAGE\(\w+, "[^"]+", "([^"]+)"/gm)].map((m) => m[1]).filter((name) => !name.endsWith(".txt"));
  const weighed = new Set(all.flatMap(([, files]) => [...files]));
  const decoder = closure("decoder.js", false, new Set(["vendor/zxing.wasm"]));          /* a worker's, which comes when the camera is turned on */
  for (const name of served) assert.ok(weighed.has(name) || name.endsWith(".css") || decoder.has(name), `${name} is in no page`);
  for (const name of decoder) assert.ok(!weighed.has(name), `${name} is in a page`);
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

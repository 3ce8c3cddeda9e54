/* The camera as a scanner: Chromium is given a film as its camera, and what is in the film acts as a scan does. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { real, secret, url, visit, launch, ok, answers, withRole, logIn, secretOf, makeBatches, violations } from "./support.mjs";
import { oneOf } from "../../services/gateway/web/camera_view.js";

const fake = { skip: real ? "acts on made-up batches" : false };
const truly = { skip: real && process.env.STEMMA_HOUSE ? false : "needs a running house" };
const B = "B-2026000002", DIN = "A999926000001";
prepareZXingModule({ overrides: { wasmBinary: readFileSync(createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm")).buffer } });

/* A grey picture: bytes, width, height. */
async function symbol(format, text, scale, options = "") {
  const { symbol: { data, width, height }, error } = await writeBarcode(text, { format, scale: 1, options });
  assert.equal(error, "");
  const high = format === "Code128" ? 40 : height * scale, wide = width * scale;
  return { width: wide, height: high, grey: Uint8Array.from({ length: wide * high }, (_, i) => data[Math.floor(Math.floor(i / wide) / (high / height)) * width + Math.floor((i % wide) / scale)]) };
}

/* What a camera makes of papers that lie on a table: turned a little, lit from one side, not quite sharp, with grain. */
function seen(papers, width = 1280, height = 720) {
  const frame = Buffer.alloc(width * height, 96);
  let grain = 1;
  for (const { paper, x, y, turn = 0.06, times = 1 } of papers) {
    const margin = 24, [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const at = (u, v) => {
      const [i, j] = [Math.floor(u), Math.floor(v)];
      if (i < -margin || j < -margin || i >= paper.width + margin || j >= paper.height + margin) return -1;
      return i < 0 || j < 0 || i >= paper.width || j >= paper.height ? 255 : paper.grey[j * paper.width + i];
    };
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const [dx, dy] = [column - x, row - y];
        const u = (dx * cos + dy * sin) / times + paper.width / 2, v = (dy * cos - dx * sin) / times + paper.height / 2;
        if (at(u, v) < 0) continue;
        let sum = 0;
        for (const [a, b] of [[-0.3, -0.3], [0.3, -0.3], [-0.3, 0.3], [0.3, 0.3]]) sum += Math.max(at(u + a, v + b), 0);
        grain = (grain * 1103515245 + 12345) % 2147483648;
        frame[row * width + column] = Math.round(30 + (sum / 4) * (0.5 + (0.3 * column) / width) + (grain % 17) - 8);
      }
    }
  }
  return { frame, width, height };
}

/* A browser whose camera shows that, ten pictures a second, or these, one a second. `allowed`: whether the person lets the pages see it. */
async function withCamera(shown, run, { allowed = true, ...options } = {}) {
  const pictures = [shown].flat(), [{ width, height }] = pictures;
  const folder = mkdtempSync(`${tmpdir()}/stemma-camera-`), film = `${folder}/film.y4m`;
  const grey = Buffer.alloc(width * height / 2, 128), reel = Buffer.concat(pictures.flatMap(({ frame }) => [Buffer.from("FRAME\n"), frame, grey]));
  writeFileSync(film, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F${pictures.length > 1 ? 1 : 10}:1 Ip A1:1 C420jpeg\n`), ...Array(6).fill(reel)]));          /* where a film begins anew a picture comes twice */
  const by = await launch("--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`);
  try {
    await visit(run, { by, permissions: allowed ? ["camera"] : [], ...options });
  } finally {
    await by.close();
    rmSync(folder, { recursive: true });
  }
}
const nothing = { frame: Buffer.alloc(640 * 480, 128), width: 640, height: 480 };

const item = { batch_id: B, state: "open", donation_number: DIN, tissue: "umbilical_cord", use: "autologous", procedure_id: "P-CORD", procedure_version: 2, steps_total: 9, what: "perform", step: 1, name: "Receive" };
const document = JSON.stringify({ id: "P-CORD", version: 2, steps: [{ no: 1, name: "Receive", stage: "receipt", instruction: "Look at it.", scan_to_confirm: true, fields: [{ name: "note", label: "Note", kind: "text" }],
  equipment: [{ name: "thermometer", required: true }] }] });

/* The bench of a technician whose browser remembers each camera it was given. */
async function bench(page, change = {}) {
  await page.evaluate(() => {
    globalThis.given = [];
    const devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (...what) => { const stream = await ask(...what); globalThis.given.push(...stream.getTracks()); return stream; };
  });
  await answers(page, { "batch/work": { work: [item] }, "batch/procedure_show": { procedure_id: "P-CORD", version: 2, state: "approved", document }, "batch/materials": { materials: [] },
    "batch/equipment": { equipment: [{ equipment_id: "E-1", title: "Thermometer", equipment_class: "thermometer", calibration: "pass" }] }, "audit/entries": { entries: [] },
    "custody/scan": { symbology: "none", parts: [], found: [] }, ...change });
  await withRole(page, "technician");
  await logIn(page);
  await page.locator(".card").first().waitFor();
}
async function begun(page, change) {
  await bench(page, change);
  await page.getByRole("link", { name: B }).click();
  await page.getByRole("button", { name: "Start step 1" }).click();
  await page.getByLabel("What is worked on").waitFor();
}
const button = (page) => page.getByRole("button", { name: "Camera" });
const live = (page) => page.getByRole("region", { name: "Camera" });
/* No picture is taken any more. */
async function isOff(page) {
  await live(page).waitFor({ state: "detached" });
  assert.deepEqual(await page.evaluate(() => globalThis.given.map((track) => track.readyState)), ["ended"]);
}

test("what is one code: a label has its number alone and within its compound message, two labels are two", () => {
  const message = `=+03000=${DIN}00=<S0001100&>0263001200`, rows = [[[], ""], [["E-1"], "E-1"], [["E-1", "E-1"], "E-1"], [["E-1", "E-10"], null], [[`${DIN}-D1`, `${DIN}-D10`], null],
    [[message, `=${DIN}00`], message], [[`=${DIN}00`, message, message], message], [[message, "=A99992600000200"], null], [[message, "03000"], null], [[message, message.replace("S0001100", "S0001200")], null]];
  for (const [texts, wanted] of rows) assert.equal(oneOf(texts), wanted, texts.join(" and "));
});

test("a device without a camera offers none, and no page fetches what would read one", fake, () => visit(async (page) => {
  await bench(page);
  assert.equal(await page.evaluate(() => navigator.mediaDevices.enumerateDevices().then((all) => all.length)), 0);
  assert.equal(await button(page).count(), 0);
  const asked = await page.evaluate(() => performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname.replace(/^\/v\/\w+/, "")));
  assert.ok(asked.includes("/camera.js"));
  assert.deepEqual(asked.filter((path) => /camera_view|decoder|zxing/.test(path)), []);
}));

for (const [format, mark, scale] of [["DataMatrix", "]d2", 8], ["Code128", "]C1", 2]])
  test(`a maker's ${format} goes to the house as a scanner would send it: that it is one, and its separator`, fake, async () => {
    const film = seen([{ paper: await symbol(format, "(01)09506000134352(10)ABC123(17)271231", scale, "gs1"), x: 640, y: 360, turn: 0.02 }]);
    await withCamera(film, async (page) => {
      await bench(page);
      const sent = page.waitForRequest((one) => one.url().endsWith("/custody/scan"));
      await button(page).click();
      assert.equal((await sent).postDataJSON().text, `${mark}010950600013435210ABC123\u241d17271231`);
      await isOff(page);
    });
  });

for (const [format, scale] of [["DataMatrix", 8], ["Code128", 3], ["QRCode", 8]])
  test(`R02 ${format} before the camera is a scan: it confirms what is worked on, as scanned, and the camera is off`, fake, async () => {
    const film = seen([{ paper: await symbol(format, `=${DIN}00`, scale), x: 640, y: 360 }]);
    await withCamera(film, async (page) => {
      await begun(page);
      await page.getByLabel("Note").fill("as it");
      await button(page).click();
      await page.locator("[data-field=confirmed]").getByText("Scanned").waitFor();
      assert.equal(await page.getByLabel("What is worked on").inputValue(), DIN);
      await isOff(page);
      assert.equal(await page.getByLabel("Note").inputValue(), "as it");
      assert.equal(await page.evaluate(() => globalThis.document.activeElement?.id), "f-note");
      await page.getByRole("option", { name: "E-1, Thermometer" }).waitFor({ state: "attached" });
      await page.getByLabel("thermometer").selectOption("E-1");
      await page.route("**/api/batch/step/prepare", (asked) => asked.fulfill({ status: 422, json: { ok: false, error: { code: "limit_hard", http: 422, text: "No.", field: "", sentence: "", hint: "" } } }));
      const sent = page.waitForRequest((one) => one.url().endsWith("/batch/step/prepare"));
      await page.getByRole("button", { name: "Complete step 1" }).click();
      const { confirmed, confirmed_how } = (await sent).postDataJSON();
      assert.deepEqual([confirmed, confirmed_how], [DIN, "scanned"]);
    });
  });

test("the camera is offered where a scan acts: not before a step begins, nor where something is signed", fake, () => withCamera(nothing, async (page) => {
  await bench(page);
  await button(page).waitFor();
  await page.getByRole("link", { name: B }).click();
  await page.getByRole("button", { name: "Start step 1" }).waitFor();
  assert.equal(await button(page).count(), 0);
  await page.getByRole("button", { name: "Start step 1" }).click();
  await button(page).click();
  await live(page).locator("video").waitFor();
  const text = "1", rendered = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
  await answers(page, { "batch/step/prepare": { rendered: text, statement: `stemma-statement/1\nrendered ${rendered} batch.step/1\n` } });
  await page.getByRole("button", { name: "Complete step 1" }).click();
  await page.getByRole("heading", { name: "This is what you sign" }).waitFor();
  await isOff(page);
  assert.equal(await button(page).count(), 0);
}));

test("R02 the view is worked by keys, says what it does, ends at Escape and takes no focus", fake, () => withCamera(nothing, async (page) => {
  await begun(page);
  await button(page).focus();
  await page.keyboard.press("Enter");
  await live(page).locator("video").waitFor();
  assert.equal(await button(page).getAttribute("aria-expanded"), "true");
  assert.equal(await page.evaluate(() => globalThis.document.activeElement.textContent), "Camera");
  await page.waitForFunction(() => globalThis.document.querySelector("video").videoWidth === 640);
  await page.locator("#live").getByText("The camera is on").waitFor();
  assert.deepEqual(await violations(page), []);
  if (process.env.STEMMA_SHOTS) await page.screenshot({ path: `${process.env.STEMMA_SHOTS}/camera-light.png` });
  await page.keyboard.press("Escape");
  await isOff(page);
  assert.equal(await button(page).getAttribute("aria-expanded"), "false");
}));

test("the camera is off after a minute, and when the page is left", fake, () => withCamera(nothing, async (page) => {
  await page.clock.install();
  await bench(page);
  const on = (times) => page.waitForFunction((n) => globalThis.given.length === n && globalThis.document.querySelector("video")?.videoWidth === 640, times);
  await button(page).click();
  await live(page).locator("video").waitFor();
  await on(1);
  await page.clock.fastForward(50000);
  assert.equal(await live(page).count(), 1);
  await page.clock.fastForward(11000);
  await isOff(page);
  assert.match(await page.locator("#live").innerText(), /The camera is off again/);
  await button(page).click();
  await live(page).locator("video").waitFor();
  await on(2);
  await page.getByRole("link", { name: "Batches" }).click();
  await live(page).waitFor({ state: "detached" });
  assert.deepEqual(await page.evaluate(() => globalThis.given.map((track) => track.readyState)), ["ended", "ended"]);
}));

test("R02 two labels in one picture act on nothing", fake, async () => {
  const film = seen([{ paper: await symbol("DataMatrix", `${DIN}-D1`, 6), x: 520, y: 360 }, { paper: await symbol("DataMatrix", `${DIN}-D10`, 6), x: 760, y: 360 }]);
  await withCamera(film, async (page) => {
    await begun(page);
    await button(page).click();
    await live(page).getByText("There are several codes in the picture. Show one alone.").waitFor();
    assert.equal(await page.getByLabel("What is worked on").inputValue(), "");
    if (process.env.STEMMA_SHOTS) await page.screenshot({ path: `${process.env.STEMMA_SHOTS}/camera-several.png` });
    assert.deepEqual(await violations(page), []);
  }, { colorScheme: "dark" });
});

test("R02 a code that the next picture does not show again acts on nothing", fake, async () => {
  const films = [];
  for (const text of ["E-1", "E-2"]) films.push(seen([{ paper: await symbol("DataMatrix", text, 8), x: 320, y: 240 }], 640, 480));
  await withCamera(films, async (page) => {
    let asked = 0;
    page.on("request", (one) => { asked += one.url().endsWith("/custody/scan"); });
    await bench(page);
    await button(page).click();
    await page.waitForFunction(() => globalThis.document.querySelector("video")?.currentTime > 4);
    assert.equal(asked, 0);
    assert.equal(await live(page).count(), 1);
  });
});

test("who does not allow the camera is told what to do, in both languages", fake, () => withCamera(nothing, async (page) => {
  await bench(page);
  await button(page).click();
  await live(page).getByText("The camera is not allowed here. Allow it for this address in the browser's settings, or scan and type as before.").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Deutsch" }).click();
  const german = page.getByRole("region", { name: "Kamera" });
  await german.getByText("Die Kamera ist hier nicht erlaubt.").waitFor();
  assert.deepEqual(await page.evaluate(async () => [...(await import(new URL("text.js", globalThis.document.querySelector("script[type=module]").src).href)).untold]), []);
  await german.getByRole("button", { name: "Schließen" }).click();
  await german.waitFor({ state: "detached" });
}, { allowed: false }));

test("a decoder that does not come is said, and the camera is off", fake, () => withCamera(nothing, async (page) => {
  await page.route("**/vendor/zxing.wasm", (asked) => asked.fulfill({ status: 404, body: "" }));
  await bench(page);
  await button(page).click();
  await live(page).getByText("The camera cannot be used here. Scan or type as before.").waitFor();
  assert.deepEqual(await page.evaluate(() => globalThis.given.map((track) => track.readyState)), ["ended"]);
}));

test("the decoder alone may compile a program, and it reaches nobody; no other script becomes a worker", fake, () => withCamera(nothing, async (page) => {
  await bench(page);
  const worker = page.waitForEvent("worker");
  await button(page).click();
  const decoder = await worker;
  const compile = () => WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => "compiled", (error) => error.name);
  assert.equal(await decoder.evaluate(compile), "compiled");
  assert.match(await page.evaluate(compile), /Error$/);
  assert.equal(await decoder.evaluate(() => fetch("/health").then(() => "reached", (error) => error.name)), "TypeError");
  const refused = (make) => page.evaluate(`(() => { try { ${make}; return "made"; } catch (error) { return error.name; } })()`);
  for (const make of ["new Worker('/decoder.js')", "new Worker('/app.js')", "trustedTypes.createPolicy('other', {})", "trustedTypes.createPolicy('decoder', {})"]) assert.equal(await refused(make), "TypeError", make);
}, { mayFail: /Content Security Policy|Trusted|WebAssembly/ }));

/* A label that the house drew, as the page paints it. */
async function labelOf(batch) {
  let label;
  await visit(async (page) => {
    await logIn(page, "U-MARA", secretOf("U-MARA"));
    await page.getByRole("button", { name: "Log out" }).waitFor();
    await page.goto(`${url}/#/labels/${batch}`);
    await page.getByLabel("Reason of a further copy").first().fill("the first one tore when it was stuck on");
    await page.getByRole("button", { name: /^Reprint/ }).first().click();
    await page.waitForFunction(() => {
      const c = globalThis.document.querySelector("canvas.preview");
      return c?.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v > 0);
    });
    label = await page.evaluate(() => {
      const c = globalThis.document.querySelector("canvas.preview"), { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
      return { width: c.width, height: c.height, name: c.getAttribute("aria-label"), grey: Array.from({ length: c.width * c.height }, (_, i) => data[4 * i]) };
    });
  });
  return { ...label, id: /^Label of (\S+),/.exec(label.name)[1] };
}

test("R02 R07 a label that the house drew, before a camera, is its batch at the bench", truly, async () => {
  const [batch] = makeBatches(1, "clear"), label = await labelOf(batch);
  await withCamera(seen([{ paper: label, x: 640, y: 360, turn: 0.1, times: 0.9 }]), async (page) => {
    await logIn(page, "U-MARA", secretOf("U-MARA"));
    await page.getByRole("heading", { name: "Bench" }).waitFor();
    const asked = page.waitForRequest((one) => one.url().endsWith("/custody/scan"));
    await button(page).click();
    const [message] = /^=\+03000=[0-9A-Z]{15}=<[^&]{8}&>\d{10}$/.exec((await asked).postDataJSON().text) ?? [];
    assert.ok(message?.includes(`=${label.id.slice(0, 13)}`), "the DataMatrix, not the number beside it");
    await page.getByText(`${batch} is here as Batch`).waitFor();
    if (process.env.STEMMA_SHOTS) await page.screenshot({ path: `${process.env.STEMMA_SHOTS}/camera-label.png` });
    assert.equal(await page.getByRole("link", { name: "Show it" }).getAttribute("href"), `#/batch/${batch}`);
    await live(page).waitFor({ state: "detached" });
    assert.deepEqual(await violations(page), []);
  });
});

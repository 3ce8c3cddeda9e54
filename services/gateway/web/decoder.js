/*
 * The worker that reads a picture: a program of others (zxing) in a place of its own. Its own policy lets it compile that program and lets it fetch
 * nothing but its modules; it is given pictures and says what texts are in them.
 */
import { prepareZXingModule, readBarcodes } from "./vendor/zxing.js";

/** What labels bear, and what makers print. @type {import("./vendor/zxing.js").ReaderOptions} */
const options = { formats: ["DataMatrix", "Code128", "QRCode"], maxNumberOfSymbols: 8, tryHarder: true, textMode: "Plain" };

addEventListener("message", async ({ data }) => {
  if (data.program) {
    prepareZXingModule({ overrides: { wasmBinary: data.program } });
    return;
  }
  try {
    const found = await readBarcodes(new ImageData(new Uint8ClampedArray(data.pixels), data.width, data.height), options);
    postMessage({ texts: found.filter((one) => one.isValid).map((one) => one.text) });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
});

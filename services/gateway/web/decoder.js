/*
 * The worker that reads a picture: a program of others (zxing) in a place of its own. Its own policy lets it compile that program and lets it fetch
 * nothing but its modules; it is given pictures and says what texts are in them.
 */
import { prepareZXingModule, readBarcodes } from "./vendor/zxing.js";

/** What labels bear, and what makers print. @type {import("./vendor/zxing.js").ReaderOptions} */
const options = { formats: ["DataMatrix", "Code128", "QRCode"], maxNumberOfSymbols: 8, tryHarder: true, textMode: "Plain" };

/** As a scanner would send it: a maker's code says that it is one, and its separator is written as the contract writes it.
 * @param {{ text: string, contentType: string, symbologyIdentifier: string }} one */
const asSent = (one) => (one.contentType === "GS1" ? one.symbologyIdentifier : "") + one.text.replaceAll("\x1d", "\u241d");

addEventListener("message", async ({ data }) => {
  if (data.program) {
    prepareZXingModule({ overrides: { wasmBinary: data.program } });
    return;
  }
  try {
    const found = await readBarcodes(new ImageData(new Uint8ClampedArray(data.pixels), data.width, data.height), options);
    postMessage({ texts: found.filter((one) => one.isValid).map(asSent) });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
});

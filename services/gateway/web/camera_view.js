/*
 * The live view: what is seen in it is what is read. A code acts when two pictures in a row show the same one and no other; then the camera is
 * off. It is off, too, after a minute, at Escape, and when the page is left or out of sight. No picture is kept, none leaves the device.
 */
import { html, useState, useEffect, useRef, Refused, say } from "./ui.js";
import { t } from "./text.js";
import { scanned } from "./scan.js";

const OPEN_MS = 60000, PAUSE_MS = 200, SIDE_MAX = 1080;

/** Why there is no picture, by the name of the browser's refusal. @type {Record<string, () => string>} */
const refusals = {
  NotAllowedError: () => t("The camera is not allowed here. Allow it for this address in the browser's settings, or scan and type as before."),
  NotFoundError: () => t("No camera is connected."),
  NotReadableError: () => t("The camera cannot be read: another program may use it."),
};

/** Only the decoder can be made a worker of these pages. */
const decoder = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("decoder", { createScriptURL: () => new URL("./decoder.js", import.meta.url).href });

/** One label has its number twice, alone and within the compound message beside it (ISBT 128); that is one code.
 * @param {string[]} texts @returns {string | null} "" if there is none, null if there are several */
export function oneOf(texts) {
  const all = [...new Set(texts)], whole = all.find((text) => text.startsWith("=+"));
  const rest = all.filter((text) => text !== whole && !(whole?.includes(text) && /^[=&]/.test(text)));
  return whole ? (rest.length ? null : whole) : rest.length > 1 ? null : rest[0] ?? "";
}

/** The decoder with its program in it: it fetches nothing itself. @returns {{ read: (image: ImageData) => Promise<string[]>, end: () => void }} */
function startDecoder() {
  const worker = new Worker(decoder ? decoder.createScriptURL("") : new URL("./decoder.js", import.meta.url), { type: "module" });
  const broken = new Promise((_, fail) => { worker.onerror = () => fail(new Error("decoder")); });
  const ready = fetch(new URL("./vendor/zxing.wasm", import.meta.url)).then(async (file) => {
    if (!file.ok) throw new Error("decoder");
    const program = await file.arrayBuffer();
    worker.postMessage({ program }, [program]);
  });
  for (const one of [broken, ready]) one.catch(() => {});       /* told where a reading is waited for */
  return {
    async read({ data, width, height }) {
      await ready;
      const answer = new Promise((tell, fail) => {
        worker.onmessage = (event) => (event.data.texts ? tell(event.data.texts) : fail(new Error("decoder")));
        worker.postMessage({ width, height, pixels: data.buffer }, [data.buffer]);
      });
      return Promise.race([answer, broken]);
    },
    end: () => worker.terminate(),
  };
}

/** The middle of the picture, as the view shows it. @param {HTMLVideoElement} video @param {HTMLCanvasElement} canvas */
function grab(video, canvas) {
  const side = Math.min(video.videoWidth, video.videoHeight), to = Math.min(side, SIDE_MAX);
  if (to === 0) return null;
  if (canvas.width !== to) canvas.width = canvas.height = to;
  const paint = canvas.getContext("2d", { willReadFrequently: true });
  paint?.drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, to, to);
  return paint?.getImageData(0, 0, to, to) ?? null;
}

/** Until the camera has sent another picture: the same one read twice proves nothing. @param {HTMLVideoElement} video @returns {Promise<unknown>} */
const another = (video) => new Promise((seen) => ("requestVideoFrameCallback" in video ? video.requestVideoFrameCallback(seen) : setTimeout(seen, PAUSE_MS)));

/**
 * Reads until one code was seen twice, or until it is told to stop.
 * @param {HTMLVideoElement} video @param {(text: string) => void} found @param {(many: boolean) => void} many @param {(error: any) => void} failed
 * @returns {() => void} ends it: camera and decoder are off
 */
function watch(video, found, many, failed) {
  let stopped = false, before = "";
  /** @type {MediaStream | undefined} */
  let stream;
  /** @type {ReturnType<typeof startDecoder> | undefined} */
  let reader;
  const canvas = document.createElement("canvas");
  const stop = () => {
    stopped = true;
    reader?.end();
    stream?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  const look = async () => {
    stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } } });
    if (stopped) return stop();                              /* allowed when nobody wanted it any more */
    stream.getVideoTracks()[0].addEventListener("ended", () => failed({ name: "NotReadableError" }));
    reader = startDecoder();
    video.srcObject = stream;
    await video.play();
    say(t("The camera is on. Hold a code before it; Escape turns it off."));
    while (!stopped) {
      await another(video);
      const image = grab(video, canvas), text = image ? oneOf(await reader.read(image)) : "";
      if (stopped) return undefined;
      many(text === null);
      if (text && text === before) return found(text);
      before = text ?? "";
    }
    return undefined;
  };
  look().catch((error) => { if (!stopped) failed(error); });
  return stop;
}

/** @param {{ close: () => void }} props */
export function CameraView({ close }) {
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  const [several, setSeveral] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  useEffect(() => {
    /** @param {any} refused */
    const failed = (refused) => { stop(); setError(refused); };
    const stop = watch(/** @type {HTMLVideoElement} */ (video.current), (text) => { close(); scanned(text); }, setSeveral, failed);
    const late = setTimeout(() => { say(t("The camera is off again.")); close(); }, OPEN_MS);
    /** @param {KeyboardEvent} event */
    const key = (event) => { if (event.key === "Escape") close(); };
    const away = () => { if (document.hidden) close(); };
    addEventListener("keydown", key, true);
    document.addEventListener("visibilitychange", away);
    return () => {
      stop();
      clearTimeout(late);
      removeEventListener("keydown", key, true);
      document.removeEventListener("visibilitychange", away);
    };
  }, []);
  const why = error && { text: refusals[error.name]?.() ?? t("The camera cannot be used here. Scan or type as before.") };
  return html`<section class="sheet view" aria-label=${t("Camera")}>
    ${error ? html`<${Refused} error=${why} />` : html`<video ref=${video} muted playsinline aria-label=${t("What the camera sees")}></video>
      <p class="quiet" role="status">${several ? t("There are several codes in the picture. Show one alone.") : t("Hold one code into the picture.")}</p>`}
    <button type="button" onClick=${close}>${t("Close")}</button></section>`;
}

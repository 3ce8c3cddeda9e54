/*
 * A scanner is a keyboard that types faster than people: keys closer together than a hand can, ended by Enter. A scan alone acts,
 * wherever the focus is, and leaves both the focus and what was typed as they were. The same code within half a second counts
 * once. Where a secret is typed nothing is taken for a scan. What a camera reads takes the same way (camera.js).
 */
import { useEffect, useRef } from "./vendor/hooks.js";
import { signal } from "./vendor/signals.js";

const FAST_MS = 40, LEAST = 3, TWICE_MS = 500;

/** @typedef {{ code: string, twice: boolean }} Scan */

/** What an ISBT 128 reader sends of a donation number, or the text itself, each letter as it came: a container's division may end in a
 * lower-case one, and with another it is another container. @param {string} text */
export function plainCode(text) {
  const din = /^=([A-NP-Z0-9][0-9A-Z]{4}\d{8})\d{2}$/.exec(text);
  return (din ? din[1] : text).trim();
}

/** What a scan acts on now. @type {import("./vendor/signals.js").Signal<((text: string, at: number) => void)[]>} */
export const scanners = signal([]);

/** A scan that came by no key: all that waits for one takes it. @param {string} text */
export function scanned(text) {
  if (text.length >= LEAST) for (const take of scanners.value) take(text, performance.now());
}

/** Calls `act` with each scan while the page is shown. Where none is `wanted` the keys of one are still no typing, and no camera is offered.
 * @param {(scan: Scan) => void} act @param {boolean} [wanted] */
export function useScanner(act, wanted = true) {
  const latest = useRef(act), last = useRef({ code: "", at: -TWICE_MS });
  latest.current = act;
  const take = useRef((/** @type {string} */ text, /** @type {number} */ at) => {
    const code = plainCode(text), twice = code === last.current.code && at - last.current.at < TWICE_MS;
    last.current = { code, at };
    latest.current({ code, twice });
  }).current;
  useEffect(() => {
    if (!wanted) return undefined;
    scanners.value = [...scanners.value, take];
    return () => { scanners.value = scanners.value.filter((one) => one !== take); };
  }, [wanted]);
  useEffect(() => {
    let keys = "", lastAt = 0, before = "";
    /** @type {any} */
    let field = null;

    /** @param {KeyboardEvent} event */
    const down = (event) => {
      const target = /** @type {any} */ (event.target);
      if (event.ctrlKey || event.altKey || event.metaKey || target?.type === "password") return;
      const fast = event.timeStamp - lastAt < FAST_MS;
      if (event.key === "Enter" && fast && keys.length >= LEAST) {
        event.preventDefault();
        event.stopPropagation();
        if (field && "value" in field) {
          field.value = before;                                /* the scan was no typing */
          field.dispatchEvent(new InputEvent("input", { bubbles: true }));
        }
        const text = keys;
        keys = "";
        take(text, event.timeStamp);
        return;
      }
      if (event.key.length !== 1) {
        keys = event.key === "Shift" ? keys : "";
        return;
      }
      if (!fast) {
        keys = "";
        field = target;
        before = target && "value" in target ? target.value : "";
      }
      keys += event.key;
      lastAt = event.timeStamp;
    };
    addEventListener("keydown", down, true);
    return () => removeEventListener("keydown", down, true);
  }, []);
}

/*
 * A scanner is a keyboard that types faster than people: keys closer together than a hand can, ended by Enter. A scan alone acts,
 * wherever the focus is, and leaves both the focus and what was typed as they were. The same code within half a second counts
 * once. Where a secret is typed nothing is taken for a scan.
 */
import { useEffect, useRef } from "./vendor/hooks.js";

const FAST_MS = 40, LEAST = 3, TWICE_MS = 500;

/** @typedef {{ code: string, twice: boolean }} Scan */

/** What an ISBT 128 reader sends of a donation number, or the text itself, each letter as it came: a container's division may end in a
 * lower-case one, and with another it is another container. @param {string} text */
export function plainCode(text) {
  const din = /^=([A-NP-Z0-9][0-9A-Z]{4}\d{8})\d{2}$/.exec(text);
  return (din ? din[1] : text).trim();
}

/** Calls `act` with each scan while the page is shown. @param {(scan: Scan) => void} act */
export function useScanner(act) {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    let keys = "", lastAt = 0, before = "", last = { code: "", at: -TWICE_MS };
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
        const code = plainCode(keys), twice = code === last.code && event.timeStamp - last.at < TWICE_MS;
        last = { code, at: event.timeStamp };
        keys = "";
        latest.current({ code, twice });
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

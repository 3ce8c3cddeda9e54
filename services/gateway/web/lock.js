/* A page that nobody touches locks itself, with a warning before; what was typed is kept. Whoever works keeps the session alive. */
import { html, useState, useEffect, useRef } from "./ui.js";
import { t } from "./text.js";
import { call, logout } from "./api.js";
import { me, why } from "./router.js";

const WARN_S = 60;
const KEPT = "stemma-touched";

/* All tabs of a browser are one session: who works in one of them is not idle in the others. */
function touchedElsewhere() {
  const at = Number(localStorage.getItem(KEPT));
  return at <= Date.now() ? at : 0;      /* a clock that was set back keeps no page open */
}

export function Lock() {
  const idle = me.value?.idle_s ?? 900, warn = Math.min(WARN_S, idle / 3);
  const touched = useRef(Date.now()), told = useRef(Date.now());
  const [left, setLeft] = useState(Infinity);
  useEffect(() => {
    const touch = () => {
      touched.current = Date.now();
      localStorage.setItem(KEPT, String(touched.current));
    };
    const look = () => {
      const now = Math.ceil(idle - (Date.now() - Math.max(touched.current, touchedElsewhere())) / 1000);
      setLeft(now <= warn ? Math.max(now, 0) : Infinity);
      if (now <= 0) {
        why.value = "Locked, as nobody touched it. What you typed is kept.";
        logout().catch(() => {});
      } else if (touched.current > told.current && Date.now() - told.current > (idle * 1000) / 3) {
        told.current = Date.now();
        call("access.whoami").catch(() => {});
      }
    };
    const timer = setInterval(look, 1000);
    for (const name of ["keydown", "pointerdown"]) addEventListener(name, touch, true);
    return () => {
      clearInterval(timer);
      for (const name of ["keydown", "pointerdown"]) removeEventListener(name, touch, true);
    };
  }, [idle]);
  return left === Infinity ? null : html`<div class="lock" role="alert"><p>${t("This page locks in {n} seconds, as nobody touches it.", { n: left })}</p>
    <button type="button" class="main" onClick=${() => setLeft(Infinity)}>${t("Stay")}</button></div>`;
}

/*
 * The camera as a scanner: a button wherever a scan acts, if the device has a camera. View and decoder come when it is pressed, so that no page
 * weighs more for them. Where something is signed there is none.
 */
import { html, useState, useEffect } from "./ui.js";
import { t } from "./text.js";
import { route, signing } from "./router.js";
import { scanners } from "./scan.js";

/** Whether the device has a camera, which the browser says before it asks anybody whether it may be used. */
function useCamera() {
  const [has, setHas] = useState(false);
  useEffect(() => {
    const devices = navigator.mediaDevices;
    if (!devices) return undefined;
    let here = true;
    const look = () => devices.enumerateDevices().then((all) => { if (here) setHas(all.some((one) => one.kind === "videoinput")); }, () => {});
    look();
    devices.addEventListener("devicechange", look);
    return () => { here = false; devices.removeEventListener("devicechange", look); };
  }, []);
  return has;
}

export function Camera() {
  const has = useCamera();
  const [open, setOpen] = useState(false);
  const [view, setView] = useState(/** @type {{ View?: any, failed?: boolean }} */ ({}));
  const wanted = has && scanners.value.length > 0 && signing.value === 0;
  useEffect(() => { setOpen(false); }, [wanted, route.value]);
  const press = async () => {
    setOpen(!open);
    if (!open && !view.View) await import("./camera_view.js").then((module) => setView({ View: module.CameraView }), () => setView({ failed: true }));
  };
  if (!wanted) return null;
  /* the focus stays where it is, as it does with a scanner */
  return html`<button type="button" class="camera" aria-expanded=${open} onMouseDown=${(/** @type {Event} */ e) => e.preventDefault()} onClick=${press}>${t("Camera")}</button>
    ${open && view.failed && html`<p class="refusal" role="alert">${t("What reads the camera could not be fetched. Scan or type as before.")}</p>`}
    ${open && view.View && html`<${view.View} close=${() => setOpen(false)} />`}`;
}

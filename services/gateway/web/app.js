/* The pages' start: who is here, then what they may see and do. The part behind # says which page. */
import { html, render, useState, useEffect, useAsk, Answer, Refused, Reading, Chip, say } from "./ui.js";
import { t, language, languages, choose, startLanguage } from "./text.js";
import { get, session, logout } from "./api.js";
import { me, house, why, route, readRoute, listen, deafen, hasRole, mayAct, verbNamed } from "./router.js";
import { unsent, notKept, lookAgain, sendAll } from "./drafts.js";
import { Login, SignedSince } from "./login.js";
import { Batches } from "./batches.js";
import { Batch } from "./batch.js";
import { Act, Acts } from "./act.js";
import { Keys, lockedKeys } from "./keys.js";
import { Own } from "./own.js";
import { Unsent } from "./unsent.js";
import { Bench, mayBench } from "./bench.js";
import { Step } from "./step.js";
import { Review, mayReview } from "./review.js";
import { Charts, mayChart } from "./chart.js";
import { Samples, maySample } from "./samples.js";
import { Series } from "./series.js";
import { Lock } from "./lock.js";
import { Camera } from "./camera.js";
import { Tour } from "./tour.js";

const SEND_MS = 5000;

/** @param {{ id?: string }} props */
function BenchOrStep({ id }) {
  return id ? html`<${Step} id=${id} />` : html`<${Bench} />`;
}

/** A page whose module is asked for when somebody goes there, so that the others come sooner.
 * @param {() => Promise<any>} load @param {string} name */
const later = (load, name) => {
  /** @param {object} props */
  const Later = (props) => html`<${Answer} asked=${useAsk(load, [])}>${(/** @type {any} */ module) => html`<${module[name]} ...${props} />`}<//>`;
  return Later;
};

/** A page by its name: title, component, which page of the bar it belongs to, its properties from the address.
 * @type {Record<string, { title: string, page: any, under: string, props?: (rest: string[]) => object }>} */
const pages = {
  bench: { title: "Bench", page: BenchOrStep, under: "bench", props: ([id]) => ({ id }) },
  batches: { title: "Batches", page: Batches, under: "batches" },
  batch: { title: "Batch", page: Batch, under: "batches", props: ([id]) => ({ id }) },
  review: { title: "Review", page: Review, under: "review" },
  chart: { title: "Charts", page: Charts, under: "chart", props: ([specification, code, method]) => ({ specification, code, method }) },
  samples: { title: "Samples", page: Samples, under: "samples" },
  stores: { title: "Stores", page: later(() => import("./stores.js"), "Stores"), under: "stores" },
  documents: { title: "Documents", page: later(() => import("./documents.js"), "Documents"), under: "documents", props: ([id, version, draft]) => ({ id, version, draft }) },
  trace: { title: "Trace", page: later(() => import("./trace.js"), "Trace"), under: "trace", props: ([kind, id, back]) => ({ kind, id, back: back === "back" }) },
  acts: { title: "Acts", page: Acts, under: "acts" },
  act: { title: "Act", page: Act, under: "acts", props: ([name, subject, head]) => ({ name, subject, head }) },
  labels: { title: "Labels", page: later(() => import("./labels.js"), "Labels"), under: "bench", props: ([id]) => ({ id }) },
  series: { title: "Review", page: Series, under: "review", props: ([name, ids]) => ({ name, ids }) },
  record: { title: "Record", page: later(() => import("./record.js"), "Record"), under: "record" },
  plan: { title: "Plan", page: later(() => import("./plan.js"), "Plan"), under: "plan" },
  keys: { title: "Keys", page: Keys, under: "keys" },
  accounts: { title: "Accounts", page: later(() => import("./accounts.js"), "Accounts"), under: "accounts" },
  own: { title: "My key", page: Own, under: "" },
  unsent: { title: "Unsent", page: Unsent, under: "" },
};

/** Which of them stand in the bar. @type {[string, () => boolean][]} */
const bar = [["bench", mayBench], ["batches", () => true], ["samples", maySample], ["stores", () => hasRole("technician", "supervisor", "qc", "qa")], ["review", mayReview], ["chart", mayChart], ["trace", () => hasRole("qa", "qc", "supervisor", "auditor")], ["documents", () => hasRole("qa", "qc", "supervisor", "auditor")], ["acts", () => true], ["record", () => mayAct(verbNamed("audit.verify"))], ["plan", () => mayAct(verbNamed("audit.plan"))], ["keys", () => hasRole("admin")], ["accounts", () => mayAct(verbNamed("access.account_reviews"))]];

/** An administrator's way to the keys says how many wait. */
function LockedKeys() {
  const [n, setN] = useState(0);
  useEffect(() => { lockedKeys().then(setN); }, [route.value]);
  return n > 0 ? html` <${Chip} kind="bad" role="status">${t("{n} locked", { n })}<//>` : null;
}

/** @param {{ here: string }} props */
const Bar = ({ here }) => html`<nav aria-label=${t("Pages")}>${bar.filter(([, shown]) => shown()).map(([name]) => html`<a href=${`#/${name}`}
  aria-current=${pages[here].under === name ? "page" : undefined}>${t(pages[name].title)}${name === "keys" && html`<${LockedKeys} />`}</a>`)}</nav>`;

function Languages() {
  const other = Object.keys(languages).find((name) => name !== language.value) ?? "en";
  return html`<button type="button" class="link" lang=${other} onClick=${() => choose(other)}>${/** @type {any} */ (languages)[other]}</button>`;
}

function Who() {
  const s = me.value?.session;
  if (!s) return html`<div class="who"><${Languages} /></div>`;
  const leave = async () => { why.value = ""; await logout(); };
  return html`<div class="who">${notKept.value && html`<${Chip} kind="warn" role="status">${t("What you type is not kept here")}<//>`}
    ${unsent.value.length > 0 && html`<a class="chip warn" href="#/unsent">${t("{n} unsent", { n: unsent.value.length })}</a>`}
    <span><a href="#/own" aria-label=${`${s.name}: ${t("my key")}`}><strong>${s.name}</strong></a> ${s.roles.map((r) => t(r)).join(", ")}</span>
    <${Languages} /><button type="button" onClick=${() => leave().catch(() => {})}>${t("Log out")}</button></div>`;
}

/** Asks what the house offers, and listens, while somebody is here. */
function useHouse() {
  const who = me.value?.session?.person_id;
  const [error, setError] = useState(/** @type {any} */ (null));
  useEffect(() => {
    if (!who) return undefined;
    setError(null);
    get("/api/describe").then((described) => { house.value = described; }).catch(setError);
    listen();
    lookAgain().then(sendAll, () => { notKept.value = true; });
    const sending = () => { sendAll().then((all) => { if (all.length) say(t("{n} recorded that had waited", { n: all.length })); }); };
    const timer = setInterval(sending, SEND_MS);
    addEventListener("online", sending);
    document.getElementById("main")?.focus();
    return () => { clearInterval(timer); removeEventListener("online", sending); deafen(); unsent.value = []; };
  }, [who]);
  return error;
}

/* A page is one person's: with another, who logs in on the same screen, nothing of it stays that could be pressed, or be read. */
function App() {
  const failed = useHouse();
  const within = me.value?.session;
  const [name, ...rest] = route.value;
  const here = Object.hasOwn(pages, name ?? "") ? name : within && mayBench() ? "bench" : "batches";
  const one = pages[here];
  useEffect(() => { document.title = `${within ? rest[0] ?? t(one.title) : t("Log in")} · Stemma`; }, [within, route.value, language.value]);
  return html`<header class="bar"><a class="brand" href="#/"><img src="/icon.svg" alt="" width="28" height="28" /><span>Stemma</span></a>
      ${within && house.value && html`<${Bar} here=${here} />`}${within && html`<${Camera} />`}<${Who} /></header>${within && html`<${Lock} />`}${within && html`<${SignedSince} />`}${within && html`<${Tour} />`}
    <main id="main" tabindex="-1">${!within ? html`<${Login} key="login" />` : failed ? html`<${Refused} error=${failed} />`
      : !house.value ? html`<${Reading} text="Reading …" />` : html`<${one.page} key=${`${within.person_id} ${here === "bench" ? `bench/${rest[0] ?? ""}` : route.value.join("/")}`} ...${one.props?.(rest) ?? {}} />`}</main>`;
}

await startLanguage();
addEventListener("hashchange", readRoute);
readRoute();
const root = /** @type {HTMLElement} */ (document.getElementById("app"));
try {
  await session();
} catch (error) {
  root.replaceChildren();
  render(html`<main id="main"><${Refused} error=${error} /></main>`, root);
}
if (me.value) {
  root.replaceChildren();
  render(html`<${App} />`, root);
}

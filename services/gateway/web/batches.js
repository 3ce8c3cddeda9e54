/* The batches with their state, newest first; kept fresh by the house's announcements. */
import { html, useState, useEffect, useRef, useAsk, Table, Section, Chip, Day, Refused, say } from "./ui.js";
import { t, words } from "./text.js";
import { call } from "./api.js";
import { news } from "./router.js";

/** @type {Record<string, string>} */
export const states = { open: "work", in_process: "work", in_test: "warn", on_hold: "bad", released: "good", rejected: "bad",
  handed_over: "good", received: "good", cond_released: "warn", cond_handed_over: "warn", cond_received: "warn",
  failed_post_release: "bad", failed_handed_over: "bad", failed_received: "bad",
  except_released: "warn", except_handed_over: "warn", except_received: "warn" };
const PAGE = 50;
const heads = ["Batch", "State", "Tissue", "Use", "Donation number", "Steps", "Procedure", "Opened"];

/** @param {any} b */
const cells = (b) => [html`<a href=${`#/batch/${b.batch_id}`}>${b.batch_id}</a>`,
  html`<${Chip} kind=${states[b.state] || "work"}>${words(b.state)}<//>`, words(b.tissue), words(b.use), html`<code>${b.donation_number}</code>`,
  html`<progress max=${Math.max(b.steps_total, 1)} value=${b.steps_done} aria-label=${t("Steps done of {batch}", { batch: b.batch_id })} />
    ${t("{done} of {total}", { done: b.steps_done, total: b.steps_total })} ${" "}
    ${b.unsigned_count > 0 && html`<${Chip} kind="warn">${t("{n} unsigned until reviewed", { n: b.unsigned_count })}<//>`}`,
  `${b.procedure_id} v${b.procedure_version}`, html`<${Day} at=${b.opened_at} />`];

/** @type {Record<string, string>} */
const waits = { waiting: "work", grace: "warn", overdue: "bad" };

/** What somebody waits for: results expected after a release, tasks of failures; those due first. */
function Pending() {
  const { result } = useAsk(() => call("release.pending", {}), [], () => true);
  const rows = result?.pending ?? [];
  return rows.length === 0 ? null : html`<${Section} title="Pending results and tasks" note=${result.more && t("There are more than five hundred: the first are shown.")} heads=${["Batch", "What", "State", "Expected or due", "Owner"]}
    rows=${rows.map((/** @type {any} */ r) => [html`<a href=${`#/batch/${r.batch_id}`}>${r.batch_id}</a>`, `${words(r.kind)}: ${words(r.code)}`,
      html`<${Chip} kind=${waits[r.state] || "work"}>${words(r.state)}<//>`, html`<${Day} at=${r.expected_at} />`, r.owner_id])} />`;
}

export function Batches() {
  const [state, setState] = useState("");
  const [batches, setBatches] = useState(/** @type {any[] | null} */ (null));
  const [more, setMore] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const turn = useRef(0);

  async function load(before = "") {
    const mine = ++turn.current;
    try {
      const page = (await call("batch.list", { limit: PAGE, ...(state ? { state } : {}), ...(before ? { before } : {}) })).batches ?? [];
      if (mine !== turn.current) return;
      const all = before ? (batches ?? []).concat(page) : page;
      setBatches(all);
      setMore(page.length === PAGE);
      setError(null);
      say(t("{n} batches", { n: all.length }));
    } catch (refused) {
      if (mine === turn.current) setError(refused);
    }
  }
  useEffect(() => {
    let waiting = 0, first = true;
    load();
    const stop = news.subscribe(() => {
      if (first) first = false;
      else {
        clearTimeout(waiting);
        waiting = setTimeout(() => load(), 300);
      }
    });
    return () => { clearTimeout(waiting); turn.current++; stop(); };
  }, [state]);

  return html`<div class="head"><div><h1>${t("Batches")}</h1>
      <p class="quiet">${t("Newest first. State and steps come from the signed record.")}</p></div>
    <label><span>${t("State")}</span><select value=${state} onInput=${(/** @type {any} */ e) => setState(e.target.value)}>
      <option value="">${t("All states")}</option>${Object.keys(states).map((s) => html`<option value=${s}>${words(s)}</option>`)}</select></label></div>
    <${Pending} /><div class="sheet" aria-busy=${batches ? "false" : "true"}>${error ? html`<${Refused} error=${error} />` : batches
      ? html`<${Table} name="Batches" caption="Batches, newest first" heads=${heads} rows=${batches.map(cells)} empty="No batches here yet." />`
      : html`<p class="empty">${t("Reading the batches…")}</p>`}</div>
    <div class="row">${more && batches && html`<button type="button" onClick=${() => load(batches[batches.length - 1].batch_id)}>${t("Show older batches")}</button>`}</div>`;
}

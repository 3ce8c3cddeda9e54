/* The pages' start: who is here, then what they may see and do. The part behind # says which page. */
import { el, show, refusal, turnPage, stillHere } from "/dom.js";
import { get, session, logout } from "/api.js";
import { showLogin } from "/login.js";
import { showBatches } from "/batches.js";
import { showBatch } from "/batch.js";
import { mayAct, showAct, showActs } from "/act.js";
import { mayPlan, showPlan } from "/plan.js";
import { isAdmin, lockedKeys, showKeys } from "/keys.js";
import { showOwn } from "/own.js";
import { showRecord } from "/record.js";

const who = document.getElementById("who");
const nav = document.getElementById("nav");
let news = null;
let me = null;
let house = null;
let refresh = () => {};

function leave(why = "") {
  turnPage();
  news?.close();
  news = null;
  me = null;
  refresh = () => {};
  who.replaceChildren();
  nav.replaceChildren();
  document.title = "Log in · Stemma";
  showLogin(enter, why);
}

/* A session that ended is not an error of the page: it asks to log in again. */
function onRefusal(error) {
  const ended = ["session_ended", "session_missing"].includes(error.code);
  if (ended) leave("The session has ended. Nothing that was answered is lost.");
  return ended;
}

function listen() {
  let waiting = 0;
  news = new EventSource("/events");
  news.addEventListener("entry", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh(), 300);
  });
}

const backTo = (receipt) => (receipt.stream.startsWith("B-") ? `#/batch/${receipt.stream}`
  : receipt.stream.startsWith("U-") && isAdmin(me) ? "#/keys" : "#/acts");

/* An administrator's way to the keys says how many wait. */
async function alertOfKeys() {
  if (!me || !isAdmin(me)) return;
  const count = await lockedKeys();
  const link = nav.querySelector("a[href='#/keys']");
  if (link) link.replaceChildren("Keys", ...(count ? [" ", el("strong", { class: "chip bad", role: "status" }, `${count} locked`)] : []));
}

async function actPage(name, subject, head) {
  const verb = house.verbs.find((v) => v.name === name);
  if (!verb) throw new Error(`There is no ${name}.`);
  const preset = !subject ? {} : subject.startsWith("U-") ? { person_id: subject } : { batch_id: subject };
  if (name === "release.review" && head) preset.entries = Number(head) + 1;
  await showAct(verb, preset, backTo, onRefusal);
}

const pages = {
  batches: ["Batches", () => { refresh = showBatches(onRefusal); }],
  batch: ["Batch", (id) => { refresh = () => showBatch(id, house, me, onRefusal); return refresh(); }],
  acts: ["Acts", () => showActs(house.verbs, me)],
  act: ["Act", actPage],
  plan: ["Plan", () => { showPlan(me, onRefusal); }],
  keys: ["Keys", () => showKeys(me, onRefusal)],
  own: ["My key", () => showOwn(me)],
  record: ["The record", () => showRecord(onRefusal)],
};

const links = () => [["batches", "Batches"], ["acts", "Acts"],
  ...(house?.verbs.some((v) => v.name === "audit.verify" && mayAct(v, me)) ? [["record", "Record"]] : []),
  ...(mayPlan(me) ? [["plan", "Plan"]] : []), ...(isAdmin(me) ? [["keys", "Keys"]] : [])];

async function go() {
  if (!me) return;
  const [name, ...rest] = location.hash.replace(/^#\//, "").split("/");
  const [title, open] = pages[name] ?? pages.batches;
  const shown = pages[name] ? name : "batches";
  refresh = () => {};
  turnPage();
  const here = stillHere();
  document.title = `${rest[0] ?? title} · Stemma`;
  try {
    house ??= await get("/api/describe");
    if (!here()) return;
    nav.replaceChildren(...links().map(([page, text]) =>
      el("a", { href: `#/${page}`, "aria-current": shown.startsWith(page.slice(0, 3)) ? "page" : null }, text)));
    alertOfKeys();
    await open(...rest);
  } catch (error) {
    if (!onRefusal(error) && here()) show(refusal(error));
  }
}

function enter(entered) {
  me = entered;
  who.replaceChildren(
    el("span", {}, el("a", { href: "#/own", "aria-label": `${me.session.name}: my key` }, el("strong", {}, me.session.name)),
      ` ${(me.session.roles ?? []).join(", ")}`),
    el("button", { async onclick() { try { await logout(); } finally { leave(); } } }, "Log out"));
  document.getElementById("main").focus();
  listen();
  go();
}

addEventListener("hashchange", go);
const known = await session();
if (known.session) enter(known);
else leave();

/* The page's start: who is here, then what they may see. */
import { el } from "/dom.js";
import { session, logout } from "/api.js";
import { showLogin } from "/login.js";
import { showBatches } from "/batches.js";

let news = null;
const who = document.getElementById("who");

function leave(why = "") {
  news?.close();
  news = null;
  who.replaceChildren();
  document.title = "Log in · Stemma";
  showLogin(enter, why);
}

/* A session that ended is not an error of the page: it asks to log in again. */
function onRefusal(error) {
  const ended = ["session_ended", "session_missing"].includes(error.code);
  if (ended) leave("The session has ended. Nothing that was answered is lost.");
  return ended;
}

function listen(refresh) {
  let waiting = 0;
  news = new EventSource("/events");
  news.addEventListener("entry", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 300);
  });
}

function enter(me) {
  document.title = "Batches · Stemma";
  who.replaceChildren(
    el("span", {}, el("strong", {}, me.session.name), ` ${(me.session.roles ?? []).join(", ")}`),
    el("button", { async onclick() { try { await logout(); } finally { leave(); } } }, "Log out"));
  document.getElementById("main").focus();
  listen(showBatches(onRefusal));
}

const me = await session();
if (me.session) enter(me);
else leave();

/* Elements from plain values. Text is always text: no markup is ever parsed, which the page's policy enforces too. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

/* Pages are asked for faster than answers come: an answer for a page that was left is not shown. */
let turn = 0;
export const turnPage = () => ++turn;
export const stillHere = () => {
  const mine = turn;
  return () => mine === turn;
};

export function show(...children) {
  const main = document.getElementById("main");
  main.replaceChildren(...children.flat());
  return main;
}

export function say(text) {
  document.getElementById("live").textContent = text;
}

/* What was refused, why, and what to do, in the words of the house's catalogue. */
export function refusal(error) {
  return el("div", { class: "refusal", role: "alert" },
    el("p", {}, error.text || error.sentence || String(error)),
    error.text && error.sentence ? el("p", {}, el("small", {}, `${error.sentence} ${error.hint || ""}`)) : null,
    error.request ? el("p", {}, el("small", {}, `Request ${error.request}`)) : null);
}

export const words = (name) => name.replaceAll("_", " ").replace(/^./, (c) => c.toUpperCase());

const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
export const time = (text) => el("time", { datetime: text, title: text }, date.format(new Date(text)));

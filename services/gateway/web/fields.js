/* One input a field, from the house's own description of the record. Reads back what the field's kind wants. */
import { el } from "/dom.js";
import { toBase64 } from "/seal.js";

const note = (f) => [f.unit && f.kind !== "stream" ? f.unit : "", f.required ? "" : "optional"].filter(Boolean).join(", ");

function labelled(f, input, more = []) {
  return el("label", { class: "field", "data-field": f.name },
    el("span", {}, f.label, note(f) ? el("em", {}, ` ${note(f)}`) : null), input, more);
}

const text = (f, props = {}) => el(f.max > 200 ? "textarea" : "input",
  { maxlength: f.max, rows: f.max > 200 ? 3 : null, autocomplete: "off", spellcheck: "false", required: f.required, ...props });

const simple = (f, input, read) => ({ node: labelled(f, input), input, read: () => (input.value.trim() === "" ? undefined : read(input.value.trim())) });

const kinds = {
  text: (f) => simple(f, text(f), (v) => v.replace(/\s*\n\s*/g, " ")),
  lines: (f) => simple(f, el("textarea", { rows: 6 }), (v) => v),
  decimal: (f) => simple(f, text(f, { inputmode: "decimal" }), (v) => v),
  integer: (f) => simple(f, el("input", { inputmode: "numeric", autocomplete: "off", required: f.required }),
    (v) => (/^-?\d+$/.test(v) ? Number(v) : v)),
  stream: (f) => simple(f, text(f, { autocapitalize: "characters", placeholder: f.unit ? `${f.unit}-…` : "" }), (v) => v.toUpperCase()),
  digest: (f) => simple(f, text(f), (v) => v.toLowerCase()),
  boolean: (f) => simple(f, el("select", { required: f.required }, el("option", { value: "" }, "—"),
    el("option", { value: "yes" }, "Yes"), el("option", { value: "no" }, "No")), (v) => v === "yes"),
  word: (f) => simple(f, el("select", { required: f.required }, el("option", { value: "" }, "—"),
    f.words.map((w) => el("option", { value: w }, w.replaceAll("_", " ")))), (v) => v),
  time: (f) => simple(f, el("input", { type: "datetime-local", step: "1", required: f.required }), (v) => new Date(v).toISOString()),
  texts: (f) => simple(f, el("textarea", { rows: 3, placeholder: "one a line" }), (v) => v.split("\n").map((s) => s.trim()).filter(Boolean)),
  document: (f) => simple(f, el("textarea", { rows: 8, spellcheck: "false" }), (v) => JSON.parse(v)),
  bytes: (f) => {
    const input = el("input", { type: "file" });
    return { node: labelled(f, input), input,
      read: async () => (input.files[0] ? toBase64(new Uint8Array(await input.files[0].arrayBuffer())) : undefined) };
  },
  list: (f) => {
    const rows = [];
    const held = el("div");
    const add = () => {
      const part = fields(f.rows);
      const box = el("div", { class: "rowset" }, part.nodes,
        el("button", { type: "button", class: "link", onclick() { rows.splice(rows.indexOf(part), 1); box.remove(); } }, "Take out"));
      rows.push(part);
      held.append(box);
    };
    if (f.required) add();
    return {
      node: el("fieldset", { class: "field", "data-field": f.name }, el("legend", {}, f.label, note(f) ? el("em", {}, ` ${note(f)}`) : null),
        held, el("button", { type: "button", onclick: add }, "Add one")),
      read: async () => {
        const read = await Promise.all(rows.map((row) => row.read()));
        return read.length ? read : undefined;
      },
    };
  },
};

/* The inputs of a record: computed fields are the service's. `preset` fills some, which are then fixed. */
export function fields(form, preset = {}) {
  const made = form.fields.filter((f) => !f.computed).map((f) => {
    const one = kinds[f.kind](f);
    if (f.name in preset && one.input) {
      one.input.value = preset[f.name];
      one.input.readOnly = true;
    }
    return [f.name, one];
  });
  return {
    nodes: made.map(([, one]) => one.node),
    read: async () => {
      const record = {};
      for (const [name, one] of made) {
        const value = await one.read();
        if (value !== undefined) record[name] = value;
      }
      return record;
    },
  };
}

/* Marks the input that a refusal names (`values[2].name` marks `values`) and goes there. */
export function mark(root, name = "") {
  for (const bad of root.querySelectorAll("[aria-invalid]")) bad.removeAttribute("aria-invalid");
  const top = name.split(/[.[]/)[0];
  const input = top && root.querySelector(`[data-field="${CSS.escape(top)}"] :is(input, select, textarea)`);
  if (!input) return;
  input.setAttribute("aria-invalid", "true");
  input.focus();
}

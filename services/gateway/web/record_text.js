/* Statements as the record holds them, read by the page: head lines, and the body in its one form. */
import { call } from "./api.js";

/** @param {string} text @returns {{ head: Record<string, string>, body: any }} */
export function readStatement(text) {
  const end = text.indexOf("\n\n");
  const head = Object.fromEntries(text.slice(0, end).split("\n").slice(1).map((line) => {
    const at = line.indexOf(" ");
    return [line.slice(0, at), line.slice(at + 1)];
  }));
  return { head, body: JSON.parse(text.slice(end + 2) || "{}") };
}

/** Every entry of a stream. @param {string} stream @returns {Promise<any[]>} */
export async function entriesOf(stream) {
  const all = [];
  for (let from = 0; ;) {
    const page = (await call("audit.entries", { stream, from_seq: from })).entries ?? [];
    all.push(...page);
    if (page.length < 1000) return all;
    from = page[page.length - 1].seq + 1;
  }
}

/** @param {string} stream @param {number} seq */
export const statementOf = async (stream, seq) => readStatement((await call("audit.statement", { stream, seq })).statement);

/** The recorded steps of a batch with what was entered and computed, the last record of each. @param {string} batch */
export async function stepsOf(batch) {
  const steps = (await entriesOf(batch)).filter((e) => e.type === "batch.step");
  const read = await Promise.all(steps.map((e) => statementOf(batch, e.seq)));
  return new Map(read.map((one, i) => [Number(one.body.step), { ...one.body, entry: steps[i].seq, person_id: steps[i].person_id, time: steps[i].time }]));
}

import assert from "node:assert/strict";
import { MetricsTail } from "../../store/metrics_tail.ts";

const folder = Deno.makeTempDirSync();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const lineOf = (step: number, elapsed = step) =>
  `${JSON.stringify({ type: "eval", step, trajectories: 16 * step, time: { elapsed } })}\n`;

/** A tail with what it has handed over since its last beginning. */
function followed(name: string) {
  const file = `${folder}/${name}`, tail = new MetricsTail(file);
  const told: { steps: number[]; beginnings: number } = { steps: [], beginnings: 0 };
  const poll = () =>
    tail.poll({
      begin() {
        told.steps = [];
        told.beginnings++;
      },
      see(event) {
        told.steps.push((event as { step: number }).step);
      },
    });
  return { file, tail, told, poll };
}

Deno.test("lines are handed over once each, a cut one when its rest has come", () => {
  const { file, told, poll } = followed("grows");
  assert.equal(poll(), false); // there is no file yet
  Deno.writeTextFileSync(file, lineOf(1) + lineOf(2).slice(0, 9));
  assert.equal(poll(), true);
  assert.deepEqual(told.steps, [1]);
  assert.equal(poll(), false);
  Deno.writeTextFileSync(file, lineOf(2).slice(9) + lineOf(3), { append: true });
  assert.equal(poll(), true);
  assert.deepEqual(told, { steps: [1, 2, 3], beginnings: 0 });
});

Deno.test("lines that are taken back are noticed, though others stand in their place", () => {
  const { file, told, poll } = followed("shrinks");
  Deno.writeTextFileSync(file, lineOf(1) + lineOf(2) + lineOf(3));
  poll();
  Deno.truncateSync(file, lineOf(1).length);
  poll();
  assert.deepEqual(told, { steps: [1], beginnings: 1 });
  Deno.writeTextFileSync(file, lineOf(2) + lineOf(3), { append: true });
  poll();
  // Taken back to line 1 and written anew further than before, at other times.
  Deno.truncateSync(file, lineOf(1).length);
  Deno.writeTextFileSync(file, lineOf(2, 7) + lineOf(3, 8) + lineOf(4, 9), { append: true });
  poll();
  assert.deepEqual(told, { steps: [1, 2, 3, 4], beginnings: 2 });
  // As a resumed run does: another first line, the file renamed into place.
  Deno.writeTextFileSync(`${file}.part`, lineOf(1) + lineOf(2, 7) + lineOf(3, 8) + lineOf(4, 9));
  Deno.renameSync(`${file}.part`, file);
  poll();
  assert.deepEqual(told, { steps: [1, 2, 3, 4], beginnings: 3 });
  Deno.removeSync(file);
  assert.equal(poll(), true);
  assert.deepEqual(told, { steps: [], beginnings: 4 });
});

Deno.test("a line that is no event stops reading until the file is mended", () => {
  const { file, tail, told, poll } = followed("wrong");
  Deno.writeTextFileSync(file, `${lineOf(1)}{}\n${lineOf(3)}`);
  assert.equal(poll(), true);
  assert.match(tail.wrong!.message, /wrong: line 2 is no event/);
  assert.deepEqual(told.steps, [1]);
  Deno.writeTextFileSync(file, lineOf(1) + lineOf(2) + lineOf(3));
  poll();
  assert.equal(tail.wrong, null);
  assert.deepEqual(told, { steps: [1, 2, 3], beginnings: 0 });
});

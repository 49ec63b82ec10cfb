import assert from "node:assert/strict";
import { bandOf } from "../../reports/bands.ts";

const at = (step: number, value: number, seconds: number | null = step / 10) => ({
  ...{ step, trajectories: 16 * step, seconds, value },
});

Deno.test("bandOf() gives mean, least and greatest at every iteration", () => {
  const band = bandOf([[at(0, 1), at(10, 4, 1)], [at(0, 2), at(10, 8, 3)], [at(0, 6)]], 100);
  assert.deepEqual(band, [
    { step: 0, trajectories: 0, seconds: 0, mean: 3, min: 1, max: 6, runs: 3 },
    { step: 10, trajectories: 160, seconds: 2, mean: 6, min: 4, max: 8, runs: 2 },
  ]);
});

Deno.test("bandOf() leaves out what is not finite, and seconds that are not told", () => {
  const band = bandOf([[at(1, Infinity), at(2, 3, null)], [at(1, 5), at(2, NaN)]], 100);
  assert.deepEqual(band.map(({ step, mean, runs, seconds }) => [step, mean, runs, seconds]), [
    [1, 5, 1, 0.1],
    [2, 3, 1, null],
  ]);
});

Deno.test("bandOf() thins evenly and keeps first and last", () => {
  const run = Array.from({ length: 1001 }, (_, step) => at(step, step));
  const steps = bandOf([run], 50).map(({ step }) => step);
  assert.ok(steps.length <= 51);
  assert.deepEqual([steps[0], steps[1], steps.at(-1)], [0, 21, 1000]);
});

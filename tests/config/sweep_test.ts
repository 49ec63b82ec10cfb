import assert from "node:assert/strict";
import { overrideOf, parseSweep, pointsOf } from "../../config/sweep.ts";
import { GfnError } from "../../errors.ts";

const sweep = (search: unknown, more: object = {}) =>
  parseSweep(JSON.stringify({ search, ...more }), "sweep.json");

Deno.test("a grid is every combination, the last key fastest", () => {
  const grid = sweep({ kind: "grid", over: { a: [1, 2], "b.c": ["x", "y"] } });
  assert.deepEqual(pointsOf(grid, () => 0), [
    { a: 1, "b.c": "x" },
    { a: 1, "b.c": "y" },
    { a: 2, "b.c": "x" },
    { a: 2, "b.c": "y" },
  ]);
  assert.deepEqual(pointsOf(sweep({ kind: "grid", over: {} }), () => 0), [{}]);
});

Deno.test("random points lie where their ranges say", () => {
  const over = {
    linear: { from: -1, to: 3, scale: "linear" },
    log: { from: 1e-4, to: 1e-2, scale: "log" },
    whole: { from: 1, to: 3, scale: "whole" },
    list: ["a", "b"],
  };
  const at = (u: number) => pointsOf(sweep({ kind: "random", points: 1, over }), () => u)[0]!;
  assert.deepEqual(at(0), { linear: -1, log: 1e-4, whole: 1, list: "a" });
  const { linear, log, whole, list } = at(0.5);
  assert.deepEqual([linear, whole, list], [1, 2, "b"]);
  assert.ok(Math.abs(Number(log) - 1e-3) < 1e-15);
  const last = at(1 - 2 ** -53);
  assert.deepEqual([last.whole, last.list], [3, "b"]);
  assert.ok(Number(last.log) <= 1e-2);
});

Deno.test("a text that reads as JSON stays a text", () => {
  assert.equal(overrideOf("objective.name", "tb"), "objective.name=tb");
  assert.equal(overrideOf("a", "20"), 'a="20"');
  assert.equal(overrideOf("policy.hidden", [16, 16]), "policy.hidden=[16,16]");
  assert.equal(overrideOf("a", null), "a=null");
});

Deno.test("parseSweep() names the key that is wrong", () => {
  const grid = { kind: "grid", over: { batch: [8] } };
  const wrong: [unknown, RegExp][] = [
    ["no object", /: found "no object", want an object with search, and settings, seeds /],
    [null, /: found null, want an object with search, /],
    [{}, /: found no search, want an object with kind, grid or random, and over$/],
    [{ search: [grid] }, /: found \[.*\] at search, want an object with kind, /],
    [{ search: {} }, /: found no search\.kind, want one of grid, random$/],
    [{ search: { kind: "grid" } }, /: found no search\.over, want an object of keys with /],
    [{ search: { kind: "gird" } }, /"gird" at search\.kind, .*; did you mean "grid"\?$/],
    [{ search: { kind: "grid", over: { a: 3 } } }, /: found 3 at search\.over\.a, want a list$/],
    [
      { search: { kind: "random", points: 1, over: { a: { from: 0, to: 1, scale: "lg" } } } },
      /: found "lg" at search\.over\.a\.scale, want one of linear, log, whole; did you mean "log"\?$/,
    ],
    [{ search: { kind: "random", points: 0, over: {} } }, /0 at search\.points, want at least 1$/],
    [{ search: grid, seeds: -1 }, /: found -1 at seeds, want a list, or a text$/],
    [{ search: grid, seeds: [] }, /: found \[\] at seeds, want at least 1 entry$/],
    [{ search: grid, slurm: 1 }, /: found 1 at slurm, want an object with options and before$/],
    [{ search: grid, seed: 3 }, /found the key seed, want one of .*; did you mean "seeds"\?$/],
    [
      { search: { kind: "bayes", over: {} } },
      /found "bayes" at search\.kind, want one of grid, random$/,
    ],
    [
      { search: { kind: "grid", over: { "policy.": [1] } } },
      /found the key search\.over\.policy\., want a key as in policy\.lr$/,
    ],
    [
      { search: { kind: "grid", over: { batch: [] } } },
      /found \[\] at search\.over\.batch, want at least 1 entry$/,
    ],
    [{ search: { kind: "grid", over: { seed: [1] } } }, /found seed in search.over, want seeds$/],
    [
      { search: grid, slurm: { options: ["-p a\n#SBATCH"] } },
      /at slurm\.options\.0, want an option of sbatch$/,
    ],
    [
      { search: grid, slurm: { options: ["long"] } },
      /found "long" at slurm\.options\.0, want an option /,
    ],
    [
      { search: { kind: "random", points: 1, over: { a: { from: 0, to: 1, scale: "log" } } } },
      / at search\.over\.a, want from above 0 for a log scale$/,
    ],
  ];
  for (const [value, message] of wrong) {
    assert.throws(() => parseSweep(JSON.stringify(value), "sweep.json"), (error: GfnError) => {
      assert.deepEqual([error.code, error.exitCode], ["E_SWEEP", 2]);
      assert.match(error.message, /^Cannot read sweep sweep.json: /);
      assert.match(error.message, message);
      return true;
    });
  }
});

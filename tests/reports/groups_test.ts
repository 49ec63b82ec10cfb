import assert from "node:assert/strict";
import { groupRuns } from "../../reports/groups.ts";
import type { ReportedRun } from "../../reports/reported_run.ts";

function run(config: Record<string, unknown>): ReportedRun {
  return {
    path: "run",
    run: { type: "run", format: 1, version: "0", configHash: "0", config },
    ...{ evaluations: [], trainings: [], warnings: [], end: null },
    ...{ trajectories: 0, step: 0, seconds: null, notices: [] },
  };
}

const grid = { name: "hypergrid", side: 8 };
const settings = (objective: object, seed: number, rest = {}) =>
  run({ env: grid, objective, reward: { exponent: 1 }, seed, steps: 10, ...rest });

Deno.test("groupRuns() puts seeds together, and names a group by its objective", () => {
  const runs = [0, 1].flatMap((seed) => [
    settings({ name: "tb" }, seed),
    settings({ name: "db", epochs: 2 }, seed),
  ]);
  const [only, ...others] = groupRuns(runs);
  assert.equal(others.length, 0);
  assert.deepEqual(
    only!.groups.map(({ label, place, runs }) => [label, place, runs.length]),
    [["tb", 0, 2], ["db", 1, 2]],
  );
  // What only one objective has is no difference between runs of two.
  assert.deepEqual(only!.differing, ["objective.name", "seed"]);
});

Deno.test("groupRuns() names settings in which runs of one objective differ, but not how long they are", () => {
  const [only] = groupRuns([
    settings({ name: "tb" }, 0, { policy: { lr: 0.1 } }),
    settings({ name: "tb" }, 0, { policy: { lr: 0.2 } }),
    settings({ name: "tb" }, 1, { policy: { lr: 0.2 }, steps: 20 }),
    settings({ name: "db" }, 0, { policy: { lr: 0.2 } }),
  ]);
  assert.deepEqual(only!.groups.map(({ label, runs }) => [label, runs.length]), [
    ["tb, policy.lr=0.1", 1],
    ["tb, policy.lr=0.2", 2],
    ["db", 1],
  ]);
  assert.deepEqual(only!.differing.toSorted(), ["objective.name", "policy.lr", "seed", "steps"]);
});

Deno.test("groupRuns() parts environments, options and targets, and keeps a label's colour", () => {
  const other = { name: "ising", side: 4 };
  const sections = groupRuns([
    settings({ name: "tb" }, 0),
    settings({ name: "db" }, 0),
    settings({ name: "db" }, 0, { env: other }),
    settings({ name: "db" }, 0, { env: { ...grid, side: 9 } }),
    settings({ name: "db" }, 0, { reward: { exponent: 2 } }),
  ]);
  assert.deepEqual(sections.map(({ name, groups }) => [name, groups.map(({ place }) => place)]), [
    ["hypergrid", [0, 1]],
    ["ising", [1]],
    ["hypergrid", [1]],
    ["hypergrid", [1]],
  ]);
});

import assert from "node:assert/strict";
import hypergrid from "../../envs/hypergrid.ts";
import sequence from "../../envs/sequence.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { selectTrajectories, terminatingStates } from "../../rollout/batch.ts";
import { batchFromActions } from "../../rollout/walk.ts";
import fillBits from "../_fill_bits.ts";

const grid = await openEnvironment(hypergrid, {
  dims: 2,
  side: 4,
  preset: "classic",
  r0: null,
  r1: null,
  r2: null,
});
const bits = await openEnvironment(fillBits, { bits: 2 });
/** Words of at most two letters, 2 the stop: one of two letters ends by being full. */
const words = await openEnvironment(sequence, {
  ...{ alphabet: "ab", length: 2, variable: true, rewards: null, other: 0, motifs: "a", weight: 1 },
});

Deno.test("walk() lays trajectories that stop end to end", async () => {
  const batch = await batchFromActions(grid, [[2], [0, 1, 2]]);
  assert.deepEqual([...batch.start], [0, 1, 4]);
  assert.deepEqual([...batch.next], [-1, 2, 3, -1]);
  assert.deepEqual([...batch.backwardAction], [-1, 0, 1, -1]);
  assert.deepEqual([...batch.states], [0, 0, 0, 0, 1, 0, 1, 1]);
  assert.deepEqual([...terminatingStates(batch)], [0, 0, 1, 1]);
  assert.equal(batch.observations.rows, 4);
});

Deno.test("walk() puts full objects behind the states that a step leaves", async () => {
  const batch = await batchFromActions(bits, [[0, 3], [2, 1]]);
  assert.deepEqual([...batch.next], [1, 4, 3, 5]);
  assert.deepEqual([...batch.backwardAction], [0, 1, 1, 0]);
  assert.deepEqual([...batch.states], [0, 0, 1, 0, 0, 0, 0, 1, 1, 2, 2, 1]);
  assert.deepEqual([...terminatingStates(batch)], [1, 2, 2, 1]);
  assert.deepEqual([...batch.backwardMask.subarray(8)], [1, 1, 1, 1]);
});

Deno.test("walk() refuses a masked action, steps after the end, and unfinished trajectories", async () => {
  await assert.rejects(batchFromActions(grid, [[0, 0, 0, 0, 2]]), {
    code: "E_ENV_ACTION",
    message:
      'Cannot take action 0 in environment "hypergrid": it is not allowed in the state [3 0]',
  });
  await assert.rejects(batchFromActions(grid, [[2, 0]]), { code: "E_ENV_ACTION" });
  await assert.rejects(batchFromActions(grid, [[0, 1]]), {
    code: "E_ENV_UNFINISHED",
    message:
      'Cannot end trajectory 0 in environment "hypergrid": found an object that can still grow, want a stop action or a full object',
  });
  await assert.rejects(batchFromActions(bits, [[]]), { code: "E_ENV_UNFINISHED" });
  await assert.rejects(batchFromActions(bits, [[0, 1]]), { code: "E_ENV_ACTION" });
});

for (
  const [name, environment, trajectories] of [
    ["with a stop action", grid, [[2], [0, 1, 2], [1, 1, 0, 2]]],
    ["without one", bits, [[0, 3], [2, 1], [1, 2]]],
    ["of which the last alone fills its object", words, [[0, 2], [1, 2], [1, 0]]],
  ] as const
) {
  Deno.test(`selectTrajectories() equals a walk of those trajectories alone, ${name}`, async () => {
    const batch = await batchFromActions(environment, trajectories);
    for (const which of [[0], [2, 0], [1, 2, 0], []]) {
      const chosen = selectTrajectories(batch, which);
      assert.deepEqual(selectTrajectories(chosen.batch, [...which.keys()]).batch, chosen.batch);
      assert.deepEqual(
        chosen.batch,
        await batchFromActions(environment, which.map((i) => trajectories[i]!)),
      );
      assert.deepEqual(
        [...chosen.steps],
        which.flatMap((i) =>
          Array.from(
            { length: batch.start[i + 1]! - batch.start[i]! },
            (_, k) => batch.start[i]! + k,
          )
        ),
      );
    }
  });
}

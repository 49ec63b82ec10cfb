import assert from "node:assert/strict";
import { maximumEntropyLogits } from "../../metrics/path_counts.ts";
import { buildStateGraph } from "../../metrics/state_graph.ts";
import type { HostedEnvironment } from "../../plugins/open.ts";
import {
  type BackwardLogits,
  sampleBackward,
  sampleTrajectoriesTo,
} from "../../rollout/backward.ts";
import { terminatingStates } from "../../rollout/batch.ts";
import { batchFromActions } from "../../rollout/walk.ts";
import { RandomStream } from "../../tensor/random.ts";
import { endings, openGrid, uniformBatch } from "../_setting.ts";

for (const { name, environment } of endings) {
  Deno.test(`trajectories sampled backwards lead to their objects, ${name}`, async () => {
    const ends = terminatingStates(await uniformBatch(environment, 20));
    const random = RandomStream.of(0, "backward");
    const batch = await batchFromActions(
      environment,
      sampleTrajectoriesTo(environment, ends, "uniform", random),
    );
    assert.deepEqual(terminatingStates(batch), ends);
  });

  Deno.test(`sampleBackward() undoes no more moves than asked, ${name}`, async () => {
    const { stateWords: W } = environment;
    const ends = terminatingStates(await uniformBatch(environment, 20));
    const states = ends.slice();
    const undone = sampleBackward(
      environment,
      states,
      new Float64Array(20).fill(2),
      "uniform",
      RandomStream.of(0, "backward"),
    );
    undone.forEach((actions, i) => {
      const state = states.slice(i * W, (i + 1) * W);
      for (const action of actions) environment.step(state, 0, action);
      assert.deepEqual(state, ends.slice(i * W, (i + 1) * W));
      assert.ok(actions.length <= 2);
    });
    assert.ok(undone.some((actions) => actions.length === 2));
  });
}

/** Shares of the paths that P_B takes to one state. */
function shares(environment: HostedEnvironment, end: number[], backward: BackwardLogits) {
  const count = 6000, ends = Int32Array.from(Array(count).fill(end).flat());
  const found = new Map<string, number>();
  const random = RandomStream.of(1, "shares");
  for (const path of sampleTrajectoriesTo(environment, ends, backward, random)) {
    found.set(path.join(""), (found.get(path.join("")) ?? 0) + 1 / count);
  }
  return found;
}

Deno.test("backward sampling takes each path as often as P_B says", async () => {
  const grid = await openGrid(2, 4);
  // To (2, 1): the last move is along either axis with 1/2; from (2, 0) there is one way, from (1, 1) two.
  const uniform = shares(grid, [2, 1], "uniform");
  for (const [path, want] of [["0012", 1 / 2], ["0102", 1 / 4], ["1002", 1 / 4]] as const) {
    assert.ok(Math.abs(uniform.get(path)! - want) < 0.03, `${path}: ${uniform.get(path)}`);
  }
  const graph = await buildStateGraph(grid), logits = maximumEntropyLogits(graph);
  const B = graph.backwardActions;
  const maximumEntropy = shares(grid, [2, 1], ({ states }) => {
    const rows = states.length / 2, out = new Float64Array(rows * B);
    for (let row = 0; row < rows; row++) {
      const s = grid.enumeration!.index(states, 2 * row);
      out.set(logits.subarray(s * B, (s + 1) * B), row * B);
    }
    return out;
  });
  assert.equal(maximumEntropy.size, 3);
  for (const share of maximumEntropy.values()) assert.ok(Math.abs(share - 1 / 3) < 0.03);
});

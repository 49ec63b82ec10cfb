import assert from "node:assert/strict";
import { terminatingStates } from "../../rollout/batch.ts";
import { ReplayBuffer, type ReplayPriority } from "../../rollout/replay.ts";
import { walk } from "../../rollout/walk.ts";
import { RandomStream } from "../../tensor/random.ts";
import { endings, uniformBatch } from "../_setting.ts";

function buffer(capacity: number, priority: ReplayPriority, exponent = 1): ReplayBuffer {
  return new ReplayBuffer({ capacity, priority, exponent });
}

/** Shares of the ids drawn. */
function shares(from: ReplayBuffer, count = 20000): Map<number, number> {
  const found = new Map<number, number>();
  for (const id of from.draw(count, RandomStream.of(0, "draw"))) {
    found.set(id, (found.get(id) ?? 0) + 1 / count);
  }
  return found;
}

for (const { name, environment } of endings) {
  Deno.test(`a buffer gives back what was added, ${name}`, async () => {
    const batch = await uniformBatch(environment, 6);
    const replay = buffer(10, "uniform");
    const ids = replay.add(batch);
    assert.equal(replay.size, 6);
    const again = await walk(environment, replay.trajectories(ids), "policy");
    assert.deepEqual(again, batch);
    const { ends, logReward } = replay.objects(ids);
    assert.deepEqual([ends, logReward], [terminatingStates(batch), batch.logReward]);
  });
}

const { environment } = endings[0]!;

Deno.test("a full buffer forgets the oldest trajectories", async () => {
  const replay = buffer(4, "uniform");
  replay.add(await uniformBatch(environment, 3));
  const newest = replay.add(await uniformBatch(environment, 3, 1));
  assert.equal(replay.size, 4);
  assert.deepEqual(newest, [3, 4, 5]);
  assert.deepEqual([...shares(replay).keys()].toSorted(), [2, 3, 4, 5]);
});

Deno.test("trajectories are drawn in proportion to nothing, their reward, or their loss", async () => {
  const batch = { ...await uniformBatch(environment, 3) };
  batch.logReward = Float64Array.of(Math.log(1), Math.log(2), Math.log(5));
  const near = (found: Map<number, number>, want: number[]) =>
    want.forEach((share, id) =>
      assert.ok(Math.abs((found.get(id) ?? 0) - share) < 0.02, `${id}: ${found.get(id)}`)
    );
  const uniform = buffer(9, "uniform");
  uniform.add(batch);
  near(shares(uniform), [1 / 3, 1 / 3, 1 / 3]);
  const byReward = buffer(9, "reward");
  byReward.add(batch);
  near(shares(byReward), [1 / 8, 2 / 8, 5 / 8]);
  const squared = buffer(9, "reward", 2);
  squared.add(batch);
  near(shares(squared), [1 / 30, 4 / 30, 25 / 30]);
  const byLoss = buffer(9, "loss");
  const ids = byLoss.add(batch);
  near(shares(byLoss), [1 / 3, 1 / 3, 1 / 3]);
  byLoss.noteLosses([...ids, 77], [3, 0, 1, 1e9]);
  near(shares(byLoss), [3 / 4, 0, 1 / 4]);
});

Deno.test("rewards of -Infinity are drawn only where there is no other", async () => {
  const replay = buffer(9, "reward");
  replay.add({ ...await uniformBatch(environment, 2), logReward: Float64Array.of(-Infinity, 0) });
  assert.deepEqual([...shares(replay, 100).keys()], [1]);
  const none = buffer(9, "reward");
  none.add({
    ...await uniformBatch(environment, 2),
    logReward: new Float64Array(2).fill(-Infinity),
  });
  assert.equal(shares(none, 100).size, 2);
});

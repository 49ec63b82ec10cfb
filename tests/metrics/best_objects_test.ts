import assert from "node:assert/strict";
import { BestObjects } from "../../metrics/best_objects.ts";
import { terminatingStates } from "../../rollout/batch.ts";
import { openGrid, uniformBatch } from "../_setting.ts";

Deno.test("BestObjects are those that sorting all distinct objects gives", async () => {
  const environment = await openGrid(2, 16), k = 20;
  const best = new BestObjects(k), all = new Map<string, { logReward: number; words: number[] }>();
  for (let seed = 0; seed < 5; seed++) {
    const batch = await uniformBatch(environment, 60, seed), ends = terminatingStates(batch);
    best.seeAll(environment, batch);
    batch.logReward.forEach((logReward, i) => {
      const words = Array.from(ends.subarray(2 * i, 2 * i + 2)), key = words.join();
      if (!all.has(key)) all.set(key, { logReward, words });
    });
  }
  // Sorting keeps the order of equal ones, of which the first that were seen are held.
  const want = Array.from(all.values()).toSorted((a, b) => b.logReward - a.logReward).slice(0, k);
  const mean = want.reduce((sum, { logReward }) => sum + logReward, 0) / k;
  let distance = 0;
  for (const [i, { words: a }] of want.entries()) {
    for (const { words: b } of want.slice(i + 1)) {
      distance += a.filter((x, j) => x !== b[j]).length / 2;
    }
  }
  const { topMeanLogReward, topDiversity } = best.measures();
  assert.equal(best.size, k);
  assert.ok(Math.abs(topMeanLogReward - mean) < 1e-12);
  assert.ok(Math.abs(topDiversity - distance / (k * (k - 1) / 2)) < 1e-12);
});

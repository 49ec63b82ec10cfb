import assert from "node:assert/strict";
import { BestObjects } from "../../metrics/best_objects.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { terminatingStates } from "../../rollout/batch.ts";
import { openGrid, uniformBatch } from "../_setting.ts";
import bags from "../plugins/bags.ts";

Deno.test("BestObjects are those that sorting all distinct objects gives", async () => {
  const environment = await openGrid(2, 16), k = 20;
  const best = new BestObjects(k), all = new Map<string, { logReward: number; words: number[] }>();
  for (let seed = 0; seed < 5; seed++) {
    const batch = await uniformBatch(environment, 60, seed), ends = terminatingStates(batch);
    await best.seeAll(environment, batch);
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

Deno.test("over objects the best are those of the largest R, of which states have a share", async () => {
  const reward = { exponent: 2, min: null, over: "objects" } as const, best = new BestObjects(27);
  const environment = await openEnvironment(bags, { counts: true }, reward);
  await best.seeAll(environment, await uniformBatch(environment, 400, 0));
  assert.equal(best.size, 27);
  // Of three letters, words with a of the first and b of the second have R = 1 + a + 4 b.
  const letters = [1, 4, 0],
    all = letters.flatMap((x) => letters.flatMap((y) => letters.map((z) => 1 + x + y + z)));
  const mean = all.reduce((sum, R) => sum + R, 0) / 27;
  const meanLog = all.reduce((sum, R) => sum + 2 * Math.log(R), 0) / 27;
  const { topMeanReward, topMeanLogReward } = best.measures(2);
  assert.ok(Math.abs(topMeanReward - mean) < 1e-9);
  assert.ok(Math.abs(topMeanLogReward - meanLog) < 1e-9);
});

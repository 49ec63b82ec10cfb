import assert from "node:assert/strict";
import { entropy, rankProfile } from "../../metrics/rank_profile.ts";
import { RandomStream } from "../../tensor/random.ts";

function near(found: number, wanted: number): void {
  assert.ok(
    Math.abs(found - wanted) <= 1e-12 * Math.max(1, Math.abs(wanted)),
    `${found} ${wanted}`,
  );
}

function distribution(size: number, seed: number): Float64Array {
  const stream = RandomStream.of(seed, "test");
  const weights = Float64Array.from({ length: size }, () => stream.uniform() ** 4);
  const sum = weights.reduce((total, w) => total + w, 0);
  return weights.map((w) => w / sum);
}

Deno.test("rankProfile() counts every rewarded object once, and loses no mass", () => {
  for (const size of [1, 2, 7, 100, 5000]) {
    const p = distribution(size, 1), q = distribution(size, 2);
    const bins = rankProfile(p, q, 100);
    assert.ok(bins.length <= 101);
    let next = 1, ofP = 0, ofQ = 0;
    for (const { from, to, target, mean, low, high } of bins) {
      assert.equal(from, next);
      assert.ok(low <= high);
      if (from === to) assert.deepEqual([low, high], [mean, mean]);
      ofP += (to - from + 1) * target;
      ofQ += (to - from + 1) * mean;
      next = to + 1;
    }
    assert.equal(next, size + 1);
    near(ofP, 1);
    near(ofQ, 1);
  }
});

Deno.test("rankProfile() of the target itself is the target, falling", () => {
  const p = distribution(300, 3), bins = rankProfile(p, p, 40);
  bins.forEach(({ target, mean }, i) => {
    near(mean, target);
    if (i > 0) assert.ok(target <= bins[i - 1]!.target);
  });
});

Deno.test("rankProfile() leaves out objects without reward", () => {
  const bins = rankProfile([0, 0.75, 0.25, 0], [0.5, 0.125, 0.25, 0.125], 10);
  assert.deepEqual(bins, [
    { from: 1, to: 1, target: 0.75, mean: 0.125, low: 0.125, high: 0.125 },
    { from: 2, to: 2, target: 0.25, mean: 0.25, low: 0.25, high: 0.25 },
  ]);
});

Deno.test("entropy() of n equal objects is log n", () => {
  for (const n of [1, 2, 1000]) near(entropy(new Float64Array(n).fill(1 / n)), Math.log(n));
  near(entropy([0, 1, 0]), 0);
});

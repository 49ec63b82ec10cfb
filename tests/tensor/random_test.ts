import assert from "node:assert/strict";
import fc from "fast-check";
import { RandomStream } from "../../tensor/random.ts";

/** Raw words of the generator: integer(2^32) neither rejects nor folds any. */
function words(stream: RandomStream, count: number): number[] {
  return Array.from({ length: count }, () => stream.integer(2 ** 32));
}

Deno.test("RandomStream gives the words of the reference implementation of xoshiro128**", () => {
  // From xoshiro128starstar.c, version 1.1, at the state {1, 2, 3, 4}; also the test vector of Rust's
  // rand_xoshiro.
  assert.deepEqual(words(RandomStream.restore([1, 2, 3, 4]), 10), [
    11520,
    0,
    5927040,
    70819200,
    2031721883,
    1637235492,
    1287239034,
    3734860849,
    3729100597,
    4258142804,
  ]);
});

Deno.test("RandomStream.of() gives the same stream to the same seed and purpose only", () => {
  const first = words(RandomStream.of(7, "rollout"), 20);
  assert.deepEqual(words(RandomStream.of(7, "rollout"), 20), first);
  const others = [
    [8, "rollout"],
    [7, "replay"],
    [7, "rollou"],
    [7, "rolloutt"],
    [7, ""],
    [7 + 2 ** 32, "rollout"],
  ] as const;
  for (const [seed, purpose] of others) {
    const other = words(RandomStream.of(seed, purpose), 20);
    assert.ok(other.every((word, i) => word !== first[i]), `${seed} ${purpose}`);
  }
});

Deno.test("RandomStream.of() keeps the streams that it has always given", () => {
  // Our own numbers: they may change only with a version, for they change every run of a seed.
  const always = [290044888, 1596058446, 3100470691, 1560155201];
  assert.deepEqual(words(RandomStream.of(0, "rollout"), 4), always);
});

Deno.test("RandomStream.of() refuses what is no seed", () => {
  for (const seed of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
    assert.throws(() => RandomStream.of(seed, "x"), { code: "E_SEED", exitCode: 2 });
  }
});

Deno.test("RandomStream.of() never gives the state that xoshiro cannot leave", () => {
  fc.assert(fc.property(fc.maxSafeNat(), fc.string(), (seed, purpose) => {
    const state = RandomStream.of(seed, purpose).state();
    assert.equal(new Set(state).size, 4);
  }));
});

Deno.test("RandomStream.restore() goes on where state() was taken", () => {
  fc.assert(fc.property(fc.maxSafeNat(), fc.nat(50), (seed, draws) => {
    const stream = RandomStream.of(seed, "test");
    for (let i = 0; i < draws; i++) stream.normal();
    const restored = RandomStream.restore(stream.state());
    for (let i = 0; i < 5; i++) {
      assert.equal(restored.normal(), stream.normal());
      assert.equal(restored.uniform(), stream.uniform());
      assert.equal(restored.integer(10), stream.integer(10));
    }
  }));
  for (const bad of [[], [0, 0, 0, 0], [1, 2, 3]]) {
    assert.throws(() => RandomStream.restore(bad), { code: "E_RANDOM_STATE" });
  }
});

Deno.test("uniform() lies in [0, 1), with the moments of the uniform distribution", () => {
  const stream = RandomStream.of(1, "uniform"), n = 100_000;
  let sum = 0, squares = 0;
  for (let i = 0; i < n; i++) {
    const u = stream.uniform();
    assert.ok(u >= 0 && u < 1);
    assert.ok(Number.isInteger(u * 2 ** 53));
    sum += u;
    squares += u * u;
  }
  // Five standard errors: sqrt(1/12/n) and sqrt(4/45/n).
  assert.ok(Math.abs(sum / n - 1 / 2) < 5 * 9.1e-4);
  assert.ok(Math.abs(squares / n - 1 / 3) < 5 * 9.5e-4);
});

Deno.test("uniform() passes a test of equal shares, also in pairs of streams of like purposes", () => {
  const n = 64_000, cells = 8;
  const x = RandomStream.of(3, "a"), y = RandomStream.of(3, "b");
  const count = new Int32Array(cells * cells);
  for (let i = 0; i < n; i++) {
    count[Math.floor(cells * x.uniform()) * cells + Math.floor(cells * y.uniform())]!++;
  }
  // Chi-squared with 63 degrees of freedom: mean 63, standard deviation 11.2.
  const expected = n / count.length;
  const chi2 = count.reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0);
  assert.ok(chi2 > 63 - 45 && chi2 < 63 + 56, `chi-squared ${chi2}`);
});

Deno.test("normal() has the moments of the standard normal distribution", () => {
  const stream = RandomStream.of(2, "normal"), n = 100_000;
  const moments = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = stream.normal();
    for (let k = 0; k < 4; k++) moments[k]! += x ** (k + 1) / n;
  }
  const wanted = [0, 1, 0, 3], deviation = [1, Math.SQRT2, Math.sqrt(15), Math.sqrt(96)];
  for (let k = 0; k < 4; k++) {
    const error = Math.abs(moments[k]! - wanted[k]!);
    assert.ok(error < 5 * deviation[k]! / Math.sqrt(n), `moment ${k + 1} is ${moments[k]}`);
  }
});

Deno.test("integer() draws every number below its bound equally often", () => {
  const stream = RandomStream.of(4, "integer"), n = 70_000, count = new Int32Array(7);
  for (let i = 0; i < n; i++) count[stream.integer(7)]!++;
  for (const found of count) assert.ok(Math.abs(found - n / 7) < 5 * Math.sqrt(n / 7));
  // A bound just above 2^31: a plain remainder would give the small half twice as often.
  let small = 0;
  for (let i = 0; i < n; i++) if (stream.integer(3 * 2 ** 30) < 2 ** 30) small++;
  assert.ok(Math.abs(small - n / 3) < 5 * Math.sqrt(n / 3));
  assert.equal(stream.integer(1), 0);
  for (const bad of [0, -1, 1.5, 2 ** 32 + 1, NaN]) {
    assert.throws(() => stream.integer(bad), { code: "E_RANDOM_RANGE" });
  }
});

Deno.test("shuffle() gives every order equally often", () => {
  const stream = RandomStream.of(5, "shuffle"), n = 24_000;
  const count = new Map<string, number>();
  for (let i = 0; i < n; i++) {
    const order = Int32Array.of(0, 1, 2, 3);
    stream.shuffle(order);
    count.set(order.join(), (count.get(order.join()) ?? 0) + 1);
  }
  assert.equal(count.size, 24);
  for (const found of count.values()) assert.ok(Math.abs(found - 1000) < 5 * Math.sqrt(1000));
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { divergences } from "../../metrics/exact.ts";

/** Two distributions over the same few objects, some of probability 0. */
const pairs = fc.array(
  fc.tuple(fc.nat({ max: 1000 }), fc.nat({ max: 1000 })),
  { minLength: 1, maxLength: 20 },
).filter((rows) => rows.some(([a]) => a > 0) && rows.some(([, b]) => b > 0)).map((rows) => {
  const normalised = (column: 0 | 1) => {
    const total = rows.reduce((sum, row) => sum + row[column], 0);
    return Float64Array.from(rows, (row) => row[column] / total);
  };
  return { p: normalised(0), q: normalised(1) };
});

Deno.test("divergences() keeps the inequalities between its measures", () => {
  fc.assert(
    fc.property(pairs, ({ p, q }) => {
      const { tv, kl, klReverse, jsd } = divergences(p, q), rounding = 1e-12;
      assert.ok(tv >= 0 && tv <= 1 + rounding);
      assert.ok(jsd >= -rounding && jsd <= Math.log(2) * tv + rounding);
      assert.ok(jsd >= tv * tv / 2 - rounding);
      for (const divergence of [kl, klReverse]) assert.ok(divergence >= 2 * tv * tv - rounding);
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("divergences() swaps its two KLs with its arguments", () => {
  fc.assert(
    fc.property(pairs, ({ p, q }) => {
      const there = divergences(p, q), back = divergences(q, p);
      assert.equal(there.kl, back.klReverse);
      assert.equal(there.tv, back.tv);
      assert.ok(Math.abs(there.jsd - back.jsd) < 1e-12);
    }),
    { seed: 2, numRuns: 300 },
  );
});

Deno.test("divergences() by hand", () => {
  const found = divergences(Float64Array.of(0.5, 0.5, 0), Float64Array.of(0.25, 0, 0.75));
  assert.equal(found.tv, 0.75);
  assert.equal(found.kl, Infinity);
  assert.equal(found.klReverse, Infinity);
  const jsd = 0.25 * Math.log(0.5 / 0.375) + 0.125 * Math.log(0.25 / 0.375) +
    0.25 * Math.log(2) + 0.375 * Math.log(2);
  assert.ok(Math.abs(found.jsd - jsd) < 1e-15);
});

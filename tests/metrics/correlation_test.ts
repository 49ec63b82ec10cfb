import assert from "node:assert/strict";
import { pearson, spearman } from "../../metrics/correlation.ts";

const close = (found: number, want: number) =>
  assert.ok(Math.abs(found - want) < 1e-12, `${found}`);

Deno.test("pearson() and spearman() of lists worked out by hand", () => {
  close(pearson([1, 2, 3], [1, 3, 2]), 0.5);
  close(spearman([1, 2, 3], [10, 1000, 100]), 0.5);
  // Ranks 0.5 0.5 2 and 0 1 2: covariance 1.5, variances 1.5 and 2.
  close(spearman([1, 1, 7], [1, 2, 3]), 1.5 / Math.sqrt(3));
  assert.ok(Number.isNaN(pearson([1, 1], [1, 2])));
  assert.ok(Number.isNaN(spearman([1, 2], [3, 3])));
});

Deno.test("spearman() takes -Infinity as the least value, several as equal ones", () => {
  const zero = -Infinity, y = [3, 1, 4, 1.5, 5, 9, 2, 6];
  for (const low of [-1e9, -20]) {
    const x = [2, zero, 3, zero, 5, zero, 4, 1];
    close(spearman(x, y), spearman(x.map((one) => one === zero ? low : one), y));
  }
  close(spearman([zero, 1, Infinity], [1, 2, 3]), 1);
});

Deno.test("pearson() of a value that is not finite, and either of NaN, are NaN", () => {
  for (const bad of [-Infinity, Infinity, NaN]) {
    assert.ok(Number.isNaN(pearson([bad, 1, 2], [1, 2, 3])));
    assert.ok(Number.isNaN(pearson([1, 2, 3], [bad, 1, 2])));
  }
  assert.ok(Number.isNaN(spearman([NaN, 1, 2], [1, 2, 3])));
  assert.ok(Number.isNaN(spearman([1, 2, 3], [1, NaN, 2])));
});

import assert from "node:assert/strict";
import { tf } from "../../tensor/backend.ts";
import { maskedLogSumExp } from "../../tensor/categorical.ts";
import {
  pairDifferences,
  segmentLogSumExp,
  segmentPrefixSums,
  segmentSum,
} from "../../tensor/segments.ts";
import { assertGradient, distinct } from "../_finite_differences.ts";

const start = Int32Array.of(0, 3, 3, 4);
const x = tf.tensor1d([1, 2, 3, 4]);

function near(found: tf.Tensor, want: readonly number[]) {
  assert.equal(found.size, want.length);
  found.dataSync().forEach((y, i) =>
    assert.ok(Math.abs(y - want[i]!) <= 1e-6 * Math.max(1, Math.abs(want[i]!)), `${i}: ${y}`)
  );
}

Deno.test("sums, running sums and log-sum-exps of segments, empty ones among them", () => {
  near(segmentSum(x, start), [6, 0, 4]);
  near(segmentPrefixSums(x, start), [0, 1, 3, 6, 0, 0, 4]);
  const logs = Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3));
  near(segmentLogSumExp(x, start), [logs, 0, 4]);
  near(segmentLogSumExp(tf.tensor1d([1e4, 1e4]), Int32Array.of(0, 2)), [1e4 + Math.log(2)]);
});

Deno.test("their gradients are what finite differences say", () => {
  const input = distinct([4], -1, 1);
  for (const op of [segmentSum, segmentPrefixSums, segmentLogSumExp]) {
    assertGradient((x) => op(x as tf.Tensor1D, start), [input]);
  }
});

Deno.test("segments that do not rise from 0 to the number of entries are refused", () => {
  for (const op of [segmentSum, segmentPrefixSums, segmentLogSumExp]) {
    assert.throws(() => op(x, Int32Array.of(0, 3)), { code: "E_SEGMENTS" });
  }
});

Deno.test("maskedLogSumExp() is over allowed entries, whatever the others hold", () => {
  const mask = Uint8Array.of(1, 0, 1, 0, 0, 0, 1, 1, 1);
  const rows = tf.tensor2d([[1, NaN, 2], [7, 8, 9], [-1, 0, 1]]);
  const of = (...xs: number[]) => Math.log(xs.reduce((sum, x) => sum + Math.exp(x), 0));
  near(maskedLogSumExp(rows, mask), [of(1, 2), 0, of(-1, 0, 1)]);
  assertGradient((x) => maskedLogSumExp(x as tf.Tensor2D, mask), [distinct([3, 3], -1, 1)]);
  const slope = tf.grad((x) => tf.sum(maskedLogSumExp(x as tf.Tensor2D, mask)))(rows).dataSync();
  mask.forEach((allowed, i) => assert.ok(allowed === 1 ? slope[i]! > 0 : slope[i] === 0));
});

Deno.test("pairDifferences() is x[to] - x[from], entries used again and again", () => {
  const from = Int32Array.of(0, 0, 3, 2), to = Int32Array.of(1, 3, 0, 2);
  near(pairDifferences(x, from, to), [1, 3, -3, 0]);
  assertGradient((x) => pairDifferences(x as tf.Tensor1D, from, to), [distinct([4], -1, 1)]);
  assert.throws(() => pairDifferences(x, from, to.subarray(1)), { code: "E_SHAPE" });
  assert.throws(() => pairDifferences(x, Int32Array.of(0), Int32Array.of(4)), { code: "E_SHAPE" });
});

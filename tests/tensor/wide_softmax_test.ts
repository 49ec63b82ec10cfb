import assert from "node:assert/strict";
import { tf } from "../../tensor/backend.ts";
import { logSoftmaxRow, maskedLogSoftmax } from "../../tensor/categorical.ts";
import { inUse } from "../../tensor/heap.ts";
import { RandomStream } from "../../tensor/random.ts";

const random = RandomStream.of(0, "wide softmax");

/** Logits as an odd policy may have them, of `columns` actions of which a third are not allowed. */
function draw(rows: number, columns: number) {
  const logits = Float32Array.from({ length: rows * columns }, () => 20 * random.normal());
  const mask = Uint8Array.from(logits, (_, i) => random.integer(3) === 0 || i < columns ? 0 : 1);
  mask.forEach((allowed, i) => allowed === 0 && (logits[i] = [NaN, Infinity, 1e30, 0][i % 4]!));
  return { logits, mask };
}

Deno.test("wide rows on the tape are those off it, and 0 where nothing is allowed", () => {
  for (const columns of [64, 65, 66, 67, 3840]) {
    const rows = 6, { logits, mask } = draw(rows, columns), before = inUse();
    const expected = new Float64Array(rows * columns);
    for (let at = 0; at < expected.length; at += columns) {
      logSoftmaxRow(logits, at, columns, mask, at, expected, at);
    }
    const found = tf.tidy(() =>
      maskedLogSoftmax(tf.tensor2d(logits, [rows, columns]), mask).dataSync()
    );
    found.forEach((x, i) => {
      const wanted = mask[i] === 0 ? 0 : expected[i]!;
      assert.ok(Math.abs(x - wanted) <= 4e-7 * Math.max(1, Math.abs(wanted)), `${x}, ${wanted}`);
    });
    assert.equal(inUse(), before);
  }
});

Deno.test("wide rows have the gradient of the definition, exactly 0 where nothing is allowed", () => {
  for (const columns of [64, 67, 3840]) {
    const rows = 4, { logits, mask } = draw(rows, columns);
    const dy = Float32Array.from(logits, () => random.normal());
    const found = tf.tidy(() => {
      const weights = tf.tensor2d(dy, [rows, columns]);
      return tf.grad((x) => tf.sum(tf.mul(maskedLogSoftmax(x as tf.Tensor2D, mask), weights)))(
        tf.tensor2d(logits, [rows, columns]),
      ).dataSync();
    });
    const logp = new Float64Array(rows * columns);
    for (let at = 0; at < logp.length; at += columns) {
      logSoftmaxRow(logits, at, columns, mask, at, logp, at);
      let sum = 0;
      for (let k = at; k < at + columns; k++) if (mask[k] !== 0) sum += dy[k]!;
      for (let k = at; k < at + columns; k++) {
        if (mask[k] === 0) assert.equal(found[k], 0);
        else {
          const wanted = dy[k]! - Math.exp(logp[k]!) * sum;
          assert.ok(Math.abs(found[k]! - wanted) <= 1e-6 * (1 + Math.abs(sum)), `${found[k]}`);
        }
      }
    }
  }
});

Deno.test("an allowed logit that is no number makes its row none, as in narrow rows", () => {
  for (const columns of [8, 64]) {
    for (const odd of [NaN, Infinity]) {
      const logits = new Float32Array(2 * columns), mask = new Uint8Array(2 * columns).fill(1);
      logits[3] = odd;
      const found = tf.tidy(() =>
        maskedLogSoftmax(tf.tensor2d(logits, [2, columns]), mask).dataSync()
      );
      assert.ok(found.slice(0, columns).every(Number.isNaN));
      assert.ok(found.slice(columns).every(Number.isFinite));
    }
  }
});

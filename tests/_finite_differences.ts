/**
 * Gradients of the tape against finite differences of the same function's values.
 *
 * @module
 */
import assert from "node:assert/strict";
import { tf } from "../tensor/backend.ts";
import { RandomStream } from "../tensor/random.ts";

/** Wide enough for float32 values; Richardson's rule takes the error of the width away. */
const H = 0.04;

/**
 * Asserts that sum of w * f(x), with random weights w, has the gradient in every input that central
 * differences say. Inputs must lie away from kinks by {@linkcode H}.
 */
export function assertGradient(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  tolerance = 1e-3,
): void {
  tf.tidy(() => {
    const random = RandomStream.of(1, "weights");
    const weights = Float32Array.from(
      { length: tf.tidy(() => f(...inputs)).size },
      () => random.uniform() + 0.5,
    );
    const dy = tf.tensor1d(weights);
    const grads = tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(tf.reshape(f(...xs), [-1]), dy)));
    const found = grads(inputs as tf.Tensor[]);

    function loss(which: number, entry: number, by: number): number {
      return tf.tidy(() => {
        const values = inputs[which]!.dataSync().slice();
        values[entry]! += by;
        const moved = tf.tensor(values, inputs[which]!.shape);
        const y = Array.from(f(...inputs.map((x, i) => i === which ? moved : x)).dataSync());
        // The width is what float32 made of it.
        const width = values[entry]! - inputs[which]!.dataSync()[entry]!;
        return y.reduce((sum, value, i) => sum + weights[i]! * value, 0) / Math.abs(2 * width);
      });
    }

    inputs.forEach((x, which) => {
      assert.deepEqual(found[which]!.shape, x.shape);
      found[which]!.dataSync().forEach((slope, entry) => {
        const wide = loss(which, entry, H) - loss(which, entry, -H);
        const narrow = loss(which, entry, H / 2) - loss(which, entry, -H / 2);
        const wanted = (4 * narrow - wide) / 3;
        assert.ok(
          Math.abs(slope - wanted) <= tolerance * Math.max(1, Math.abs(wanted)),
          `input ${which}, entry ${entry}: gradient ${slope}, finite difference ${wanted}`,
        );
      });
    });
  });
}

/** Numbers between `low` and `high`, none within 0.06 of another: no ties, no kinks between them. */
export function distinct(shape: number[], low: number, high: number, seed = 0): tf.Tensor {
  const size = tf.util.sizeFromShape(shape), random = RandomStream.of(seed, "distinct");
  const order = Int32Array.from({ length: size }, (_, i) => i);
  random.shuffle(order);
  const step = (high - low) / size;
  assert.ok(step > 0.12, `Cannot keep ${size} numbers apart between ${low} and ${high}`);
  const values = Array.from(order, (i) => low + (i + 0.5 + 0.2 * (random.uniform() - 0.5)) * step);
  return tf.tensor(values, shape);
}

/**
 * The multilayer perceptron in plain doubles: slow, obvious, and what the fast one is checked against.
 *
 * @module
 */

/** One affine layer y = W x + b. */
export interface ScalarLayer {
  /** [out * in], row-major */
  weight: ArrayLike<number>;
  /** [out] */
  bias: ArrayLike<number>;
}

/**
 * The outputs for one input, ReLU after every layer but the last.
 *
 * @param layers first to last
 * @param input [in of the first layer]
 * @returns [out of the last layer]
 */
export function scalarMlp(
  layers: readonly ScalarLayer[],
  input: ArrayLike<number>,
): Float64Array {
  let x = Float64Array.from(input);
  for (const [l, { weight, bias }] of layers.entries()) {
    const before = x, K = before.length;
    x = Float64Array.from(bias, (b, n) => {
      let y = b;
      for (let k = 0; k < K; k++) y += weight[n * K + k]! * before[k]!;
      return l < layers.length - 1 ? Math.max(0, y) : y;
    });
  }
  return x;
}

/** Categories as one-hot vectors laid end to end: [sum of sizes], with `values[f]` in 0..sizes[f]-1. */
export function oneHot(values: ArrayLike<number>, sizes: readonly number[]): Float64Array {
  const out = new Float64Array(sizes.reduce((sum, size) => sum + size, 0));
  let first = 0;
  for (const [f, size] of sizes.entries()) {
    out[first + values[f]!] = 1;
    first += size;
  }
  return out;
}

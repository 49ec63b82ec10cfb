// Layer normalisation of a sum: y = gain * (x + b - mean) / sqrt(variance + epsilon) + bias, row by row.
// Rows lie end to end, `width` numbers each, a multiple of 8.
import { fma } from "./fma";
import { sumOf } from "./vectors";

/** Writes y, and what the gradient needs: the normalised sum, and 1 / its deviation [rows]. b may be 0 for none. */
export function addNorm(
  x: usize, b: usize, rows: i32, width: i32, gain: usize, bias: usize, epsilon: f32,
  normal: usize, inverse: usize, y: usize,
): void {
  const stride = <usize>width << 2, share: f32 = 1 / <f32>width;
  for (let row = 0; row < rows; row++) {
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < stride; at += 16) {
      let s = v128.load(x + at);
      if (b) s = f32x4.add(s, v128.load(b + at));
      sum = f32x4.add(sum, s);
      v128.store(normal + at, s);
    }
    const mean = f32x4.splat(sumOf(sum) * share);
    let squares = f32x4.splat(0);
    for (let at: usize = 0; at < stride; at += 16) {
      const difference = f32x4.sub(v128.load(normal + at), mean);
      squares = fma(difference, difference, squares);
      v128.store(normal + at, difference);
    }
    const inverse1: f32 = 1 / sqrt<f32>(sumOf(squares) * share + epsilon);
    const inverses = f32x4.splat(inverse1);
    store<f32>(inverse, inverse1);
    for (let at: usize = 0; at < stride; at += 16) {
      const n = f32x4.mul(v128.load(normal + at), inverses);
      v128.store(normal + at, n);
      v128.store(y + at, fma(n, v128.load(gain + at), v128.load(bias + at)));
    }
    x += stride;
    if (b) b += stride;
    normal += stride;
    y += stride;
    inverse += 4;
  }
}

/**
 * d = the gradient with respect to the sum x + b, given dy + more, that with respect to y (`more` is 0 for
 * none). dGain and dBias are added to.
 */
export function addNormBackward(
  dy: usize, more: usize, rows: i32, width: i32, gain: usize, normal: usize, inverse: usize,
  d: usize, dGain: usize, dBias: usize,
): void {
  const stride = <usize>width << 2, share: f32 = 1 / <f32>width;
  for (let row = 0; row < rows; row++) {
    let sum = f32x4.splat(0), product = f32x4.splat(0);
    for (let at: usize = 0; at < stride; at += 16) {
      let g = v128.load(dy + at);
      if (more) g = f32x4.add(g, v128.load(more + at));
      const n = v128.load(normal + at);
      v128.store(dBias + at, f32x4.add(v128.load(dBias + at), g));
      v128.store(dGain + at, fma(g, n, v128.load(dGain + at)));
      g = f32x4.mul(g, v128.load(gain + at));
      sum = f32x4.add(sum, g);
      product = fma(g, n, product);
      v128.store(d + at, g);
    }
    const mean = f32x4.splat(sumOf(sum) * share), slope = f32x4.splat(sumOf(product) * share);
    const inverses = v128.load32_splat(inverse);
    for (let at: usize = 0; at < stride; at += 16) {
      const along = f32x4.mul(v128.load(normal + at), slope);
      const g = f32x4.sub(f32x4.sub(v128.load(d + at), mean), along);
      v128.store(d + at, f32x4.mul(g, inverses));
    }
    dy += stride;
    if (more) more += stride;
    normal += stride;
    d += stride;
    inverse += 4;
  }
}

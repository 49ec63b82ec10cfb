// The sums that attention is made of: of numbers times columns, and of rows times weights. Every sum runs in
// one order, whether one row is computed or two that share what they read.
import { fma } from "./fma";

/** Lays numbers `from` to `from + size` of the rows `list` out as columns, `pad` to a row, the rest 0. */
@inline
export function columns(
  rows: usize, stride: usize, list: usize, n: i32, size: i32, pad: i32, out: usize,
): void {
  const outStride = <usize>pad << 2;
  for (let i = 0; i < pad; i++, out += 4) {
    let to = out;
    if (i < n) {
      let from = rows + <usize>load<u32>(list + (<usize>i << 2)) * stride;
      for (let d = 0; d < size; d++, from += 4, to += outStride) store<f32>(to, load<f32>(from));
    } else {
      for (let d = 0; d < size; d++, to += outStride) store<f32>(to, 0);
    }
  }
}

/** Copies the rows `list` end to end. */
@inline
export function gather(rows: usize, stride: usize, list: usize, n: i32, size: i32, out: usize): void {
  const bytes = <usize>size << 2;
  for (let i = 0; i < n; i++, list += 4) {
    const from = rows + <usize>load<u32>(list) * stride;
    for (let at: usize = 0; at < bytes; at += 16, out += 16) v128.store(out, v128.load(from + at));
  }
}

/** out [8 * blocks] = factor * x [size] times a matrix in columns. */
@inline
export function timesColumns(
  x: usize, matrix: usize, size: i32, stride: usize, blocks: i32, factor: v128, out: usize,
): void {
  for (let b = 0; b < blocks; b++, matrix += 32, out += 32) {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0);
    let at = matrix;
    for (let d = x, end = x + (<usize>size << 2); d < end; d += 16) {
      let y = v128.load32_splat(d);
      s0 = fma(y, v128.load(at), s0);
      s1 = fma(y, v128.load(at, 16), s1);
      at += stride;
      y = v128.load32_splat(d, 4);
      s0 = fma(y, v128.load(at), s0);
      s1 = fma(y, v128.load(at, 16), s1);
      at += stride;
      y = v128.load32_splat(d, 8);
      s0 = fma(y, v128.load(at), s0);
      s1 = fma(y, v128.load(at, 16), s1);
      at += stride;
      y = v128.load32_splat(d, 12);
      s0 = fma(y, v128.load(at), s0);
      s1 = fma(y, v128.load(at, 16), s1);
      at += stride;
    }
    v128.store(out, f32x4.mul(s0, factor));
    v128.store(out, f32x4.mul(s1, factor), 16);
  }
}

/** The same of two rows, `out` being followed by the second one's `next` bytes on. */
@inline
export function twoTimesColumns(
  x: usize, y: usize, matrix: usize, size: i32, stride: usize, blocks: i32, factor: v128,
  out: usize, next: usize,
): void {
  const across = y - x;
  for (let b = 0; b < blocks; b++, matrix += 32, out += 32) {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), t0 = f32x4.splat(0), t1 = f32x4.splat(0);
    let at = matrix;
    for (let d = x, end = x + (<usize>size << 2); d < end; d += 8) {
      let m0 = v128.load(at), m1 = v128.load(at, 16);
      at += stride;
      let z = v128.load32_splat(d);
      s0 = fma(z, m0, s0);
      s1 = fma(z, m1, s1);
      z = v128.load32_splat(d + across);
      t0 = fma(z, m0, t0);
      t1 = fma(z, m1, t1);
      m0 = v128.load(at), m1 = v128.load(at, 16);
      at += stride;
      z = v128.load32_splat(d, 4);
      s0 = fma(z, m0, s0);
      s1 = fma(z, m1, s1);
      z = v128.load32_splat(d + across, 4);
      t0 = fma(z, m0, t0);
      t1 = fma(z, m1, t1);
    }
    v128.store(out, f32x4.mul(s0, factor));
    v128.store(out, f32x4.mul(s1, factor), 16);
    v128.store(out + next, f32x4.mul(t0, factor));
    v128.store(out + next, f32x4.mul(t1, factor), 16);
  }
}

/** out [size] = factor * the sum over i < n of weight[i * step] times row i of matrix, plus out if added. */
@inline
export function weightedSum(
  weight: usize, step: usize, n: i32, matrix: usize, size: i32, factor: v128, out: usize, added: bool,
): void {
  const stride = <usize>size << 2;
  let c: usize = 0;
  for (; c + 32 <= stride; c += 32) {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0);
    let w = weight, row = matrix + c;
    for (let i = 0; i < n; i++, w += step, row += stride) {
      const x = v128.load32_splat(w);
      s0 = fma(x, v128.load(row), s0);
      s1 = fma(x, v128.load(row, 16), s1);
    }
    s0 = f32x4.mul(s0, factor);
    s1 = f32x4.mul(s1, factor);
    if (added) {
      s0 = f32x4.add(v128.load(out + c), s0);
      s1 = f32x4.add(v128.load(out + c, 16), s1);
    }
    v128.store(out + c, s0);
    v128.store(out + c, s1, 16);
  }
  if (c < stride) {
    let s0 = f32x4.splat(0);
    let w = weight, row = matrix + c;
    for (let i = 0; i < n; i++, w += step, row += stride) {
      s0 = fma(v128.load32_splat(w), v128.load(row), s0);
    }
    s0 = f32x4.mul(s0, factor);
    if (added) s0 = f32x4.add(v128.load(out + c), s0);
    v128.store(out + c, s0);
  }
}

/** Two weighted sums of the same rows, of weights at `weight` and `other`. */
@inline
export function twoWeightedSums(
  weight: usize, other: usize, step: usize, n: i32, matrix: usize, size: i32,
  factor: v128, otherFactor: v128, out: usize, otherOut: usize, added: bool,
): void {
  const stride = <usize>size << 2, across = other - weight;
  let c: usize = 0;
  for (; c + 32 <= stride; c += 32) {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), t0 = f32x4.splat(0), t1 = f32x4.splat(0);
    let w = weight, row = matrix + c;
    for (let i = 0; i < n; i++, w += step, row += stride) {
      const m0 = v128.load(row), m1 = v128.load(row, 16);
      const x = v128.load32_splat(w), y = v128.load32_splat(w + across);
      s0 = fma(x, m0, s0);
      s1 = fma(x, m1, s1);
      t0 = fma(y, m0, t0);
      t1 = fma(y, m1, t1);
    }
    s0 = f32x4.mul(s0, factor);
    s1 = f32x4.mul(s1, factor);
    t0 = f32x4.mul(t0, otherFactor);
    t1 = f32x4.mul(t1, otherFactor);
    if (added) {
      s0 = f32x4.add(v128.load(out + c), s0);
      s1 = f32x4.add(v128.load(out + c, 16), s1);
      t0 = f32x4.add(v128.load(otherOut + c), t0);
      t1 = f32x4.add(v128.load(otherOut + c, 16), t1);
    }
    v128.store(out + c, s0);
    v128.store(out + c, s1, 16);
    v128.store(otherOut + c, t0);
    v128.store(otherOut + c, t1, 16);
  }
  if (c < stride) {
    let s0 = f32x4.splat(0), t0 = f32x4.splat(0);
    let w = weight, row = matrix + c;
    for (let i = 0; i < n; i++, w += step, row += stride) {
      const m0 = v128.load(row);
      s0 = fma(v128.load32_splat(w), m0, s0);
      t0 = fma(v128.load32_splat(w + across), m0, t0);
    }
    s0 = f32x4.mul(s0, factor);
    t0 = f32x4.mul(t0, otherFactor);
    if (added) {
      s0 = f32x4.add(v128.load(out + c), s0);
      t0 = f32x4.add(v128.load(otherOut + c), t0);
    }
    v128.store(out + c, s0);
    v128.store(otherOut + c, t0);
  }
}

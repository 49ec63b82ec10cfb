// Log-softmax over the allowed entries of rows end to end, `columns` float32 numbers each; a mask has a
// byte for each number, 0 where it is not allowed. What stands behind a row may be read, never written.
import { exp, writeExpConstants } from "./exp";
import { maxOf } from "./vectors";

/** The lanes that are allowed, as bits, of four entries from a mask; of `left` entries if these are fewer. */
@inline
function allowed(mask: usize, left: i32): v128 {
  const bytes = v128.load32_zero(mask);
  const words = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes));
  const some = i32x4.gt_u(words, i32x4.splat(0));
  return left >= 4 ? some : v128.and(some, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left)));
}

/** Stores four numbers, or as many as are left. */
@inline
function storeLeft(to: usize, x: v128, left: i32): void {
  if (left >= 4) v128.store(to, x);
  else {
    v128.store32_lane(to, x, 0);
    if (left > 1) v128.store32_lane(to + 4, x, 1);
    if (left > 2) v128.store32_lane(to + 8, x, 2);
  }
}

@inline
function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1));
}

/** sums [rows, 2] in doubles = the largest allowed entry, and the sum of e^(entry - largest) over these. */
export function maskedExpSums(
  x: usize, mask: usize, rows: i32, columns: i32, constants: usize, sums: usize,
): void {
  writeExpConstants(constants);
  const nothing = f32x4.splat(-Infinity);
  for (let row = 0; row < rows; row++) {
    let most = nothing;
    for (let i = 0; i < columns; i += 4) {
      const at = x + (<usize>i << 2), m = allowed(mask + i, columns - i);
      most = f32x4.max(most, v128.bitselect(v128.load(at), nothing, m));
    }
    const largest = maxOf(most), offset = f32x4.splat(largest);
    let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
    for (let i = 0; i < columns; i += 4) {
      const at = x + (<usize>i << 2), m = allowed(mask + i, columns - i);
      const e = v128.and(exp(f32x4.sub(v128.load(at), offset), constants), m);
      s0 = f64x2.add(s0, f64x2.promote_low_f32x4(e));
      s1 = f64x2.add(s1, high(e));
    }
    const s = f64x2.add(s0, s1);
    store<f64>(sums, <f64>largest);
    store<f64>(sums, f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1), 8);
    x += <usize>columns << 2;
    mask += columns;
    sums += 16;
  }
}

/** out = x - logZ [rows] in doubles, rounded once; 0 where not allowed. */
export function maskedSubtract(
  x: usize, mask: usize, rows: i32, columns: i32, logZ: usize, out: usize,
): void {
  for (let row = 0; row < rows; row++, logZ += 8) {
    const subtrahend = v128.load64_splat(logZ);
    for (let i = 0; i < columns; i += 4) {
      const at = <usize>i << 2, y = v128.load(x + at);
      const low = f32x4.demote_f64x2_zero(f64x2.sub(f64x2.promote_low_f32x4(y), subtrahend));
      const rest = f32x4.demote_f64x2_zero(f64x2.sub(high(y), subtrahend));
      const both = v128.shuffle<f64>(low, rest, 0, 2);
      storeLeft(out + at, v128.and(both, allowed(mask + i, columns - i)), columns - i);
    }
    x += <usize>columns << 2;
    out += <usize>columns << 2;
    mask += columns;
  }
}

/** dx = dy - e^logp * the sum of dy over the row's allowed entries; 0 where not allowed. */
export function logSoftmaxBackward(
  dy: usize, logp: usize, mask: usize, rows: i32, columns: i32, constants: usize, dx: usize,
): void {
  writeExpConstants(constants);
  for (let row = 0; row < rows; row++) {
    let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
    for (let i = 0; i < columns; i += 4) {
      const d = v128.and(v128.load(dy + (<usize>i << 2)), allowed(mask + i, columns - i));
      s0 = f64x2.add(s0, f64x2.promote_low_f32x4(d));
      s1 = f64x2.add(s1, high(d));
    }
    const s = f64x2.add(s0, s1);
    const sum = f32x4.splat(<f32>(f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1)));
    for (let i = 0; i < columns; i += 4) {
      const at = <usize>i << 2, p = exp(v128.load(logp + at), constants);
      const d = f32x4.sub(v128.load(dy + at), f32x4.mul(p, sum));
      storeLeft(dx + at, v128.and(d, allowed(mask + i, columns - i)), columns - i);
    }
    const stride = <usize>columns << 2;
    dy += stride;
    logp += stride;
    dx += stride;
    mask += columns;
  }
}

// Scaled dot-product attention of many short sequences. Row t of qkv holds token t's query, key and value,
// each heads * size numbers, size a multiple of 4.
//
// A group is three words (first, n, p): tokens index[first .. first + n) in order are its keys, and those
// from the p-th on its queries. A query attends to all keys of its group, or if causal is 1 to those up to
// itself. So sequences that begin alike may share the tokens of their beginning, each a query once.
//
// Groups may be given to several threads, which then need a scratch each; what `scratchBytes` is for.
//
// Scores of eight keys are computed at once, from keys laid out as columns. A query's result depends on
// its own keys alone, however many there are in the group.
import { exp, EXP_BYTES, writeExpConstants } from "./exp";
import { fma } from "./fma";
import { maxOf, sumOf } from "./vectors";

/** Lays numbers `from` to `from + size` of the rows `list` out as columns, `pad` to a row, the rest 0. */
@inline
function columns(
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
function gather(rows: usize, stride: usize, list: usize, n: i32, size: i32, out: usize): void {
  const bytes = <usize>size << 2;
  for (let i = 0; i < n; i++, list += 4) {
    const from = rows + <usize>load<u32>(list) * stride;
    for (let at: usize = 0; at < bytes; at += 16, out += 16) v128.store(out, v128.load(from + at));
  }
}

/** out [8 * blocks] = factor * x [size] times a matrix in columns. */
@inline
function timesColumns(
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

/** Puts a number in the places `count` to the end of the block of eight. */
@inline
function fillEnd(row: usize, count: i32, value: f32): void {
  for (let i = count; i & 7; i++) store<f32>(row + (<usize>i << 2), value);
}

/** out [size] = factor * the sum over i < n of weight[i * step] times row i of matrix, plus out if added. */
@inline
function weightedSum(
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

/**
 * out [tokens, heads * size] = softmax(q k / sqrt(size)) v for each query; stats [tokens, heads, 2] = the
 * largest score, and 1 / the sum of e^(score - largest).
 */
export function attention(
  qkv: usize, heads: i32, size: i32, groups: usize, groupCount: i32, index: usize, causal: i32,
  scratch: usize, scratchBytes: i32, out: usize, stats: usize,
): void {
  const width = <usize>(heads * size) << 2, stride = 3 * width;
  const scales = f32x4.splat(1 / sqrt<f32>(<f32>size));
  writeExpConstants(scratch);
  for (let g = 0; g < groupCount; g++, groups += 12) {
    const list = index + (<usize>load<u32>(groups) << 2);
    const n = load<i32>(groups, 4), p = load<i32>(groups, 8), pad = n + 7 & ~7;
    const keys = scratch + EXP_BYTES, keyStride = <usize>pad << 2;
    const values = keys + keyStride * size, row = values + (<usize>(n * size) << 2);
    for (let h = 0; h < heads; h++) {
      const head = qkv + (<usize>(h * size) << 2);
      columns(head + width, stride, list, n, size, pad, keys);
      gather(head + 2 * width, stride, list, n, size, values);
      for (let j = p; j < n; j++) {
        const token = <usize>load<u32>(list + (<usize>j << 2));
        const count = causal ? j + 1 : n, blocks = count + 7 >> 3;
        timesColumns(head + token * stride, keys, size, keyStride, blocks, scales, row);
        fillEnd(row, count, -Infinity);
        const end = row + (<usize>blocks << 5);
        let most = v128.load(row);
        for (let at = row + 16; at < end; at += 16) most = f32x4.max(most, v128.load(at));
        const largest = maxOf(most), offset = f32x4.splat(largest);
        let sum = f32x4.splat(0);
        for (let at = row; at < end; at += 16) {
          const e = exp(f32x4.sub(v128.load(at), offset), scratch);
          sum = f32x4.add(sum, e);
          v128.store(at, e);
        }
        const inverse: f32 = 1 / sumOf(sum);
        const stat = stats + (token * heads + h << 3);
        store<f32>(stat, largest);
        store<f32>(stat, inverse, 4);
        const to = out + token * width + (<usize>(h * size) << 2);
        weightedSum(row, 4, count, values, size, f32x4.splat(inverse), to, false);
      }
    }
  }
}

/**
 * dqkv [tokens, 3 * heads * size] = the gradient of attention, given dOut, that with respect to out.
 * The keys' and values' parts of dqkv are added to, and have to be 0 before.
 */
export function attentionBackward(
  qkv: usize, heads: i32, size: i32, groups: usize, groupCount: i32, index: usize, causal: i32,
  scratch: usize, scratchBytes: i32, stats: usize, dOut: usize, dqkv: usize,
): void {
  const width = <usize>(heads * size) << 2, stride = 3 * width;
  const scales = f32x4.splat(1 / sqrt<f32>(<f32>size)), one = f32x4.splat(1);
  writeExpConstants(scratch);
  for (let g = 0; g < groupCount; g++, groups += 12) {
    const list = index + (<usize>load<u32>(groups) << 2);
    const n = load<i32>(groups, 4), p = load<i32>(groups, 8), pad = n + 7 & ~7;
    const rowBytes = <usize>pad << 2, block = <usize>(n * size) << 2, queryList = list + (<usize>p << 2);
    const keyColumns = scratch + EXP_BYTES, valueColumns = keyColumns + rowBytes * size;
    const keys = valueColumns + rowBytes * size, queries = keys + block, dOuts = queries + block;
    // [n - p, pad] each: the weights of the softmax, and the gradient of the products q k.
    const weights = dOuts + block, dScores = weights + rowBytes * (n - p);
    for (let h = 0; h < heads; h++) {
      const at = <usize>(h * size) << 2, head = qkv + at;
      columns(head + width, stride, list, n, size, pad, keyColumns);
      columns(head + 2 * width, stride, list, n, size, pad, valueColumns);
      gather(head + width, stride, list, n, size, keys);
      gather(head, stride, queryList, n - p, size, queries);
      gather(dOut + at, width, queryList, n - p, size, dOuts);
      for (let j = p; j < n; j++) {
        const token = <usize>load<u32>(list + (<usize>j << 2)), nth = <usize>(j - p);
        const count = causal ? j + 1 : n, blocks = count + 7 >> 3;
        const weight = weights + nth * rowBytes, dScore = dScores + nth * rowBytes;
        const query = queries + (nth * size << 2), d = dOuts + (nth * size << 2);
        timesColumns(query, keyColumns, size, rowBytes, blocks, scales, weight);
        fillEnd(weight, count, -Infinity);
        timesColumns(d, valueColumns, size, rowBytes, blocks, one, dScore);
        const stat = stats + (token * heads + h << 3);
        const offset = v128.load32_splat(stat), inverse = v128.load32_splat(stat, 4);
        let sum = f32x4.splat(0);
        const bytes = <usize>blocks << 5;
        for (let i: usize = 0; i < bytes; i += 16) {
          const e = exp(f32x4.sub(v128.load(weight + i), offset), scratch);
          const w = f32x4.mul(e, inverse);
          sum = fma(w, v128.load(dScore + i), sum);
          v128.store(weight + i, w);
        }
        const mean = f32x4.splat(sumOf(sum));
        for (let i: usize = 0; i < bytes; i += 16) {
          const difference = f32x4.sub(v128.load(dScore + i), mean);
          v128.store(dScore + i, f32x4.mul(f32x4.mul(v128.load(weight + i), difference), scales));
        }
        weightedSum(dScore, 4, count, keys, size, one, dqkv + token * stride + at, false);
      }
      for (let i = 0; i < n; i++) {
        const token = <usize>load<u32>(list + (<usize>i << 2));
        const to = dqkv + token * stride + at + width;
        const first = causal ? max(0, i - p) : 0, left = n - p - first;
        const skipped = <usize>first * rowBytes + (<usize>i << 2), from = <usize>(first * size) << 2;
        weightedSum(dScores + skipped, rowBytes, left, queries + from, size, one, to, true);
        weightedSum(weights + skipped, rowBytes, left, dOuts + from, size, one, to + width, true);
      }
    }
  }
}

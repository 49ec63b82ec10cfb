// Scaled dot-product attention of many short sequences. Row t of qkv holds token t's query, key and value,
// each heads * size numbers, size a multiple of 4.
//
// A group is three words (first, n, p): tokens index[first .. first + n) in order are its keys, and those
// from the p-th on its queries. A query attends to all keys of its group, or if causal is 1 to those up to
// itself. So sequences that begin alike may share the tokens of their beginning, each a query once.
//
// Where `bias` is not 0, a score has a summand of its own: bias [pairs, `biasStride` bytes] holds that of each head for each
// query and key, query after query, a group's from row places[group] on. All tokens of a group are then
// queries.
//
// Groups may be given to several threads, which then need a scratch each; what `scratchBytes` is for.
//
// Scores of eight keys are computed at once, from keys laid out as columns. A query's result depends on
// its own keys alone, however many there are in the group.
import {
  columns, gather, timesColumns, twoTimesColumns, twoWeightedSums, weightedSum,
} from "./attention_sums";
import { exp, EXP_BYTES, writeExpConstants } from "./exp";
import { fma } from "./fma";
import { maxOf, sumOf } from "./vectors";

/** Puts a number in the places `count` to the end of the block of eight. */
@inline
function fillEnd(row: usize, count: i32, value: f32): void {
  for (let i = count; i & 7; i++) store<f32>(row + (<usize>i << 2), value);
}

/** Scores become e^(score - largest); `stat` takes the largest and 1 / their sum, which is given back. */
@inline
function soften(row: usize, count: i32, blocks: i32, stat: usize, constants: usize): v128 {
  fillEnd(row, count, -Infinity);
  const end = row + (<usize>blocks << 5);
  let most = v128.load(row);
  for (let at = row + 16; at < end; at += 16) most = f32x4.max(most, v128.load(at));
  const largest = maxOf(most), offset = f32x4.splat(largest);
  let sum = f32x4.splat(0);
  for (let at = row; at < end; at += 16) {
    const e = exp(f32x4.sub(v128.load(at), offset), constants);
    sum = f32x4.add(sum, e);
    v128.store(at, e);
  }
  const inverse: f32 = 1 / sumOf(sum);
  store<f32>(stat, largest);
  store<f32>(stat, inverse, 4);
  return f32x4.splat(inverse);
}

/** row [n] += numbers `stride` bytes apart. */
@inline
function addApart(row: usize, n: i32, numbers: usize, stride: usize): void {
  for (let i = 0; i < n; i++, row += 4, numbers += stride) {
    store<f32>(row, load<f32>(row) + load<f32>(numbers));
  }
}

/** Numbers `stride` bytes apart = factor * row [n]. */
@inline
function storeApart(row: usize, n: i32, factor: f32, numbers: usize, stride: usize): void {
  for (let i = 0; i < n; i++, row += 4, numbers += stride) {
    store<f32>(numbers, factor * load<f32>(row));
  }
}

/**
 * Scores become the softmax's weights, by what `soften` left at `stat`; slopes, the gradient in these,
 * become the gradient in the products q k.
 */
@inline
function softenBackward(
  weight: usize, slope: usize, count: i32, blocks: i32, stat: usize, scales: v128, constants: usize,
): void {
  fillEnd(weight, count, -Infinity);
  const offset = v128.load32_splat(stat), inverse = v128.load32_splat(stat, 4);
  const bytes = <usize>blocks << 5;
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const w = f32x4.mul(exp(f32x4.sub(v128.load(weight + i), offset), constants), inverse);
    sum = fma(w, v128.load(slope + i), sum);
    v128.store(weight + i, w);
  }
  const mean = f32x4.splat(sumOf(sum));
  for (let i: usize = 0; i < bytes; i += 16) {
    const difference = f32x4.sub(v128.load(slope + i), mean);
    v128.store(slope + i, f32x4.mul(f32x4.mul(v128.load(weight + i), difference), scales));
  }
}

/**
 * out [tokens, heads * size] = softmax(q k / sqrt(size)) v for each query; stats [tokens, heads, 2] = the
 * largest score, and 1 / the sum of e^(score - largest).
 */
export function attention(
  qkv: usize, heads: i32, size: i32, groups: usize, groupCount: i32, index: usize, causal: i32,
  scratch: usize, scratchBytes: i32, out: usize, stats: usize,
  bias: usize, biasStride: i32, places: usize,
): void {
  const width = <usize>(heads * size) << 2, stride = 3 * width;
  const scales = f32x4.splat(1 / sqrt<f32>(<f32>size));
  writeExpConstants(scratch);
  for (let g = 0; g < groupCount; g++, groups += 12) {
    const list = index + (<usize>load<u32>(groups) << 2);
    const n = load<i32>(groups, 4), p = load<i32>(groups, 8), pad = n + 7 & ~7;
    const firstBias = bias ? <usize>load<u32>(places + (<usize>g << 2)) * biasStride : 0;
    const keys = scratch + EXP_BYTES, keyStride = <usize>pad << 2;
    const values = keys + keyStride * size, row = values + (<usize>(n * size) << 2);
    for (let h = 0; h < heads; h++) {
      const head = qkv + (<usize>(h * size) << 2);
      columns(head + width, stride, list, n, size, pad, keys);
      gather(head + 2 * width, stride, list, n, size, values);
      const outHead = out + (<usize>(h * size) << 2), statHead = stats + (<usize>h << 3);
      const biasHead = bias + (<usize>h << 2) + firstBias;
      let j = p;
      if (!causal) {
        // Two queries at a time, which read each key once.
        const blocks = n + 7 >> 3;
        for (; j + 2 <= n; j += 2) {
          const t = <usize>load<u32>(list + (<usize>j << 2));
          const u = <usize>load<u32>(list + (<usize>j << 2), 4);
          twoTimesColumns(
            head + t * stride, head + u * stride, keys, size, keyStride, blocks, scales, row, keyStride,
          );
          if (bias) {
            const at = biasHead + <usize>(j * n) * biasStride;
            addApart(row, n, at, biasStride);
            addApart(row + keyStride, n, at + <usize>n * biasStride, biasStride);
          }
          const first = soften(row, n, blocks, statHead + t * heads * 8, scratch);
          const second = soften(row + keyStride, n, blocks, statHead + u * heads * 8, scratch);
          twoWeightedSums(
            row, row + keyStride, 4, n, values, size, first, second,
            outHead + t * width, outHead + u * width, false,
          );
        }
      }
      for (; j < n; j++) {
        const token = <usize>load<u32>(list + (<usize>j << 2));
        const count = causal ? j + 1 : n, blocks = count + 7 >> 3;
        timesColumns(head + token * stride, keys, size, keyStride, blocks, scales, row);
        if (bias) addApart(row, n, biasHead + <usize>(j * n) * biasStride, biasStride);
        const inverse = soften(row, count, blocks, statHead + token * heads * 8, scratch);
        weightedSum(row, 4, count, values, size, inverse, outHead + token * width, false);
      }
    }
  }
}

/**
 * dqkv [tokens, 3 * heads * size] = the gradient of attention, given dOut, that with respect to out.
 * The keys' and values' parts of dqkv are added to, and have to be 0 before. dBias, laid out like bias, is the
 * gradient in that, if there is one.
 */
export function attentionBackward(
  qkv: usize, heads: i32, size: i32, groups: usize, groupCount: i32, index: usize, causal: i32,
  scratch: usize, scratchBytes: i32, stats: usize, dOut: usize, dqkv: usize,
  bias: usize, biasStride: i32, places: usize, dBias: usize,
): void {
  const width = <usize>(heads * size) << 2, stride = 3 * width;
  const root = sqrt<f32>(<f32>size), scales = f32x4.splat(1 / root), one = f32x4.splat(1);
  writeExpConstants(scratch);
  for (let g = 0; g < groupCount; g++, groups += 12) {
    const list = index + (<usize>load<u32>(groups) << 2);
    const n = load<i32>(groups, 4), p = load<i32>(groups, 8), pad = n + 7 & ~7;
    const rowBytes = <usize>pad << 2, block = <usize>(n * size) << 2, queryList = list + (<usize>p << 2);
    const firstBias = bias ? <usize>load<u32>(places + (<usize>g << 2)) * biasStride : 0;
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
      const statHead = stats + (<usize>h << 3), dqkvHead = dqkv + at;
      const biasHead = bias + (<usize>h << 2) + firstBias, across = dBias - bias;
      let j = p;
      if (!causal) {
        const blocks = n + 7 >> 3;
        for (; j + 2 <= n; j += 2) {
          const t = <usize>load<u32>(list + (<usize>j << 2)), nth = <usize>(j - p);
          const u = <usize>load<u32>(list + (<usize>j << 2), 4);
          const weight = weights + nth * rowBytes, dScore = dScores + nth * rowBytes;
          const query = queries + (nth * size << 2), d = dOuts + (nth * size << 2);
          const next = <usize>size << 2;
          twoTimesColumns(
            query, query + next, keyColumns, size, rowBytes, blocks, scales, weight, rowBytes,
          );
          const bias0 = biasHead + <usize>(j * n) * biasStride, bias1 = bias0 + <usize>n * biasStride;
          if (bias) {
            addApart(weight, n, bias0, biasStride);
            addApart(weight + rowBytes, n, bias1, biasStride);
          }
          twoTimesColumns(d, d + next, valueColumns, size, rowBytes, blocks, one, dScore, rowBytes);
          softenBackward(weight, dScore, n, blocks, statHead + t * heads * 8, scales, scratch);
          softenBackward(
            weight + rowBytes, dScore + rowBytes, n, blocks, statHead + u * heads * 8, scales, scratch,
          );
          if (bias) {
            storeApart(dScore, n, root, bias0 + across, biasStride);
            storeApart(dScore + rowBytes, n, root, bias1 + across, biasStride);
          }
          twoWeightedSums(
            dScore, dScore + rowBytes, 4, n, keys, size, one, one,
            dqkvHead + t * stride, dqkvHead + u * stride, false,
          );
        }
      }
      for (; j < n; j++) {
        const token = <usize>load<u32>(list + (<usize>j << 2)), nth = <usize>(j - p);
        const count = causal ? j + 1 : n, blocks = count + 7 >> 3;
        const weight = weights + nth * rowBytes, dScore = dScores + nth * rowBytes;
        const query = queries + (nth * size << 2), d = dOuts + (nth * size << 2);
        timesColumns(query, keyColumns, size, rowBytes, blocks, scales, weight);
        const bias0 = biasHead + <usize>(j * n) * biasStride;
        if (bias) addApart(weight, n, bias0, biasStride);
        timesColumns(d, valueColumns, size, rowBytes, blocks, one, dScore);
        softenBackward(weight, dScore, count, blocks, statHead + token * heads * 8, scales, scratch);
        if (bias) storeApart(dScore, n, root, bias0 + across, biasStride);
        weightedSum(dScore, 4, count, keys, size, one, dqkvHead + token * stride, false);
      }
      const dKeys = dqkvHead + width, dValues = dKeys + width;
      let i = 0;
      if (!causal) {
        for (; i + 2 <= n; i += 2) {
          const t = <usize>load<u32>(list + (<usize>i << 2)) * stride;
          const u = <usize>load<u32>(list + (<usize>i << 2), 4) * stride;
          const score = dScores + (<usize>i << 2), weight = weights + (<usize>i << 2), m = n - p;
          twoWeightedSums(
            score, score + 4, rowBytes, m, queries, size, one, one, dKeys + t, dKeys + u, true,
          );
          twoWeightedSums(
            weight, weight + 4, rowBytes, m, dOuts, size, one, one, dValues + t, dValues + u, true,
          );
        }
      }
      for (; i < n; i++) {
        const token = <usize>load<u32>(list + (<usize>i << 2)) * stride;
        const first = causal ? max(0, i - p) : 0, left = n - p - first;
        const skipped = <usize>first * rowBytes + (<usize>i << 2), from = <usize>(first * size) << 2;
        weightedSum(dScores + skipped, rowBytes, left, queries + from, size, one, dKeys + token, true);
        weightedSum(weights + skipped, rowBytes, left, dOuts + from, size, one, dValues + token, true);
      }
    }
  }
}

/**
 * Sums over the segments of a ragged batch: N runs of entries laid end to end, nothing padded.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { fused } from "./_fused.ts";
import type { tf } from "./backend.ts";

/**
 * The sum of each segment, added up in doubles; 0 for an empty one.
 *
 * @param x [S]
 * @param start [N+1] offsets: segment i holds the entries from start[i] to start[i+1] - 1. It is read
 * again when the gradient is taken
 * @returns [N]
 * @throws {GfnError} `E_SEGMENTS` unless the offsets rise from 0 to S
 */
export function segmentSum(x: tf.Tensor1D, start: Int32Array): tf.Tensor1D {
  requireOffsets(start, x.size);
  const N = start.length - 1;
  return fused<tf.Rank.R1>(x, {
    shape: [N],
    keep: "nothing",
    forward(x, sums) {
      for (let i = 0; i < N; i++) {
        let sum = 0;
        for (let k = start[i]!; k < start[i + 1]!; k++) sum += x[k]!;
        sums[i] = sum;
      }
    },
    backward(dSums, dx) {
      for (let i = 0; i < N; i++) dx.fill(dSums[i]!, start[i]!, start[i + 1]!);
    },
  });
}

/**
 * The running sums of each segment, added up in doubles: a segment of L entries gives L + 1 numbers, the
 * sums of its first 0, 1, .. L entries.
 *
 * @param x [S]
 * @param start [N+1] offsets. It is read again when the gradient is taken
 * @returns [S + N]; segment i begins at start[i] + i
 * @throws {GfnError} `E_SEGMENTS` unless the offsets rise from 0 to S
 */
export function segmentPrefixSums(x: tf.Tensor1D, start: Int32Array): tf.Tensor1D {
  requireOffsets(start, x.size);
  const N = start.length - 1;
  return fused<tf.Rank.R1>(x, {
    shape: [x.size + N],
    keep: "nothing",
    forward(x, sums) {
      for (let i = 0; i < N; i++) {
        let sum = sums[start[i]! + i] = 0;
        for (let k = start[i]!; k < start[i + 1]!; k++) sums[k + i + 1] = sum += x[k]!;
      }
    },
    backward(dSums, dx) {
      for (let i = 0; i < N; i++) {
        let later = 0;
        for (let k = start[i + 1]! - 1; k >= start[i]!; k--) dx[k] = later += dSums[k + i + 1]!;
      }
    },
  });
}

/**
 * log of the sum of exp over each segment.
 *
 * @param x [S] nats
 * @param start [N+1] offsets. It is read again when the gradient is taken
 * @returns [N] nats; 0 for an empty segment, which means nothing
 * @throws {GfnError} `E_SEGMENTS` unless the offsets rise from 0 to S
 */
export function segmentLogSumExp(x: tf.Tensor1D, start: Int32Array): tf.Tensor1D {
  requireOffsets(start, x.size);
  const N = start.length - 1;
  const ofSegment = (x: Float32Array, i: number): number => {
    let max = -Infinity, sum = 0;
    for (let k = start[i]!; k < start[i + 1]!; k++) max = Math.max(max, x[k]!);
    for (let k = start[i]!; k < start[i + 1]!; k++) sum += Math.exp(x[k]! - max);
    return max + Math.log(sum);
  };
  return fused<tf.Rank.R1>(x, {
    shape: [N],
    keep: "input",
    forward(x, out) {
      for (let i = 0; i < N; i++) out[i] = start[i] === start[i + 1] ? 0 : ofSegment(x, i);
    },
    backward(dOut, dx, x) {
      for (let i = 0; i < N; i++) {
        const total = ofSegment(x, i);
        for (let k = start[i]!; k < start[i + 1]!; k++) dx[k] = dOut[i]! * Math.exp(x[k]! - total);
      }
    },
  });
}

/**
 * Differences of pairs of entries.
 *
 * @param x [S]
 * @param from [X] entries in 0..S-1; read again when the gradient is taken, like `to`
 * @param to [X]
 * @returns [X] x[to] - x[from]
 * @throws {GfnError} `E_SHAPE` when the pairs are not of one number, or an entry is none of x
 */
export function pairDifferences(x: tf.Tensor1D, from: Int32Array, to: Int32Array): tf.Tensor1D {
  const isOutside = (entry: number) => entry < 0 || entry >= x.size;
  if (from.length !== to.length || from.some(isOutside) || to.some(isOutside)) {
    throw usageError(
      "E_SHAPE",
      `Cannot take differences of ${x.size} entries: found ${from.length} and ${to.length} places, want as many of both, each from 0 to ${
        x.size - 1
      }`,
    );
  }
  return fused<tf.Rank.R1>(x, {
    shape: [from.length],
    keep: "nothing",
    forward(x, y) {
      for (let k = 0; k < from.length; k++) y[k] = x[to[k]!]! - x[from[k]!]!;
    },
    backward(dy, dx) {
      const sum = new Float64Array(dx.length);
      for (let k = 0; k < from.length; k++) {
        sum[to[k]!]! += dy[k]!;
        sum[from[k]!]! -= dy[k]!;
      }
      dx.set(sum);
    },
  });
}

function requireOffsets(start: Int32Array, S: number): void {
  const rising = start.every((from, i) => i === 0 ? from === 0 : from >= start[i - 1]!);
  if (rising && start.at(-1) === S) return;
  throw usageError(
    "E_SEGMENTS",
    `Cannot sum segments of ${S} entries: found offsets [${start}], want them to rise from 0 to ${S}`,
  );
}

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

function requireOffsets(start: Int32Array, S: number): void {
  const rising = start.every((from, i) => i === 0 ? from === 0 : from >= start[i - 1]!);
  if (rising && start.at(-1) === S) return;
  throw usageError(
    "E_SEGMENTS",
    `Cannot sum segments of ${S} entries: found offsets [${start}], want them to rise from 0 to ${S}`,
  );
}

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

function requireOffsets(start: Int32Array, S: number): void {
  const rising = start.every((from, i) => i === 0 ? from === 0 : from >= start[i - 1]!);
  if (rising && start.at(-1) === S) return;
  throw usageError(
    "E_SEGMENTS",
    `Cannot sum segments of ${S} entries: found offsets [${start}], want them to rise from 0 to ${S}`,
  );
}

/**
 * Batches joined to one.
 *
 * @module
 */
import { type Batch, stepCount, trajectoryCount } from "./batch.ts";

/** The trajectories of all batches, in their order. All must come from one environment and hold no facts. */
export function concatBatches(batches: readonly Batch[]): Batch {
  if (batches.length === 1) return batches[0]!;
  const S = sum(batches.map(stepCount));
  const start = new Int32Array(sum(batches.map(trajectoryCount)) + 1);
  const next: number[] = [];
  let trajectory = 0, steps = 0, ends = S; // ends: rows of full objects, behind all steps
  for (const batch of batches) {
    const own = stepCount(batch), firstEnd = ends;
    for (let i = 1; i < batch.start.length; i++) start[++trajectory] = steps + batch.start[i]!;
    for (const row of batch.next) {
      if (row === -1) next.push(-1);
      else next.push(row < own ? steps + row : firstEnd + row - own);
    }
    steps += own;
    ends += batch.observations.rows - own;
  }
  // Rows: first what steps leave, then full objects.
  const rows = <T extends Int32Array | Uint8Array | Float32Array>(
    values: (batch: Batch) => T,
    width: (batch: Batch) => number,
  ) =>
    join([
      ...batches.map((b) => values(b).subarray(0, stepCount(b) * width(b)) as T),
      ...batches.map((b) => values(b).subarray(stepCount(b) * width(b)) as T),
    ]);
  const first = batches[0]!, W = first.stateWords, B = first.backwardActions;
  return {
    ...first,
    start,
    next: Int32Array.from(next),
    action: join(batches.map((b) => b.action)),
    backwardAction: join(batches.map((b) => b.backwardAction)),
    states: rows((b) => b.states, () => W),
    observations: {
      rows: ends,
      values: rows(
        (b) => b.observations.values,
        (b) => b.observations.values.length / b.observations.rows,
      ),
    },
    forwardMask: join(batches.map((b) => b.forwardMask)),
    backwardMask: rows((b) => b.backwardMask, () => B),
    logReward: join(batches.map((b) => b.logReward)),
    source: batches.every(({ source }) => source === "policy") ? "policy" : "other",
  };
}

function join<T extends Int32Array | Uint8Array | Float32Array | Float64Array>(
  parts: readonly T[],
): T {
  const out = new (parts[0]!.constructor as new (length: number) => T)(
    sum(parts.map((part) => part.length)),
  );
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

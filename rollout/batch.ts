/**
 * N trajectories laid end to end, no padding.
 *
 * Step k of the batch leaves row k. Rows 0..S-1 are the states that a step leaves; behind them stand
 * the E terminating states that were reached by filling the object, which no step leaves. So a policy
 * or value at s_t is row k, and a backward policy at s_{t+1} is row `next[k]`.
 *
 * @module
 */
import type { ObservationRows } from "../policies/network.ts";

/**
 * A ragged batch of complete trajectories: S steps, N trajectories, R = S + E rows. It holds what
 * happened in the environment and nothing of any policy.
 */
export interface Batch {
  /** [N+1] trajectory i is steps start[i] .. start[i+1]-1. */
  start: Int32Array;
  /** [S] row of s_{t+1}; -1 where the step is the exit. */
  next: Int32Array;
  /** [S] forward action taken. */
  action: Int32Array;
  /** [S] backward action at row next[k] that undoes the step; -1 where the step is the exit. */
  backwardAction: Int32Array;
  /** [R * W] states. */
  states: Int32Array;
  /** R observations. */
  observations: ObservationRows;
  /** [S * A] 1 = allowed, at the state that the step leaves. */
  forwardMask: Uint8Array;
  /** [R * B] 1 = allowed. */
  backwardMask: Uint8Array;
  /** A */
  forwardActions: number;
  /** B */
  backwardActions: number;
  /** W */
  stateWords: number;
  /** [N] log R(x), nats, with reward exponent and minimum applied. */
  logReward: Float64Array;
  /** Whether the actions were drawn from the policy itself, or from anything else. */
  source: "policy" | "other";
}

/** N */
export function trajectoryCount(batch: Batch): number {
  return batch.start.length - 1;
}

/** S */
export function stepCount(batch: Batch): number {
  return batch.action.length;
}

/** [N * W] the terminating state of each trajectory. */
export function terminatingStates(batch: Batch): Int32Array {
  const { start, next, states, stateWords } = batch;
  const out = new Int32Array((start.length - 1) * stateWords);
  for (let i = 0; i + 1 < start.length; i++) {
    const row = terminatingRow(next, start[i + 1]! - 1);
    out.set(states.subarray(row * stateWords, (row + 1) * stateWords), i * stateWords);
  }
  return out;
}

/** Row of the state in which a trajectory ends, given its last step: the exit leaves it, a fill reaches it. */
function terminatingRow(next: Int32Array, lastStep: number): number {
  return next[lastStep] === -1 ? lastStep : next[lastStep]!;
}

/**
 * The batch of the trajectories named, in that order: what a mini-batch is made of.
 *
 * @param which trajectory numbers in 0..N-1
 * @returns the smaller batch, and the step of `batch` that each of its steps was
 */
export function selectTrajectories(
  batch: Batch,
  which: ArrayLike<number>,
): { batch: Batch; steps: Int32Array } {
  const { start, stateWords: W, forwardActions: A, backwardActions: B } = batch;
  const N = which.length;
  const newStart = new Int32Array(N + 1);
  for (let i = 0; i < N; i++) {
    newStart[i + 1] = newStart[i]! + start[which[i]! + 1]! - start[which[i]!]!;
  }
  const S = newStart[N]!;
  const steps = new Int32Array(S);
  const rows: number[] = []; // old row of each new one
  for (let i = 0, k = 0; i < N; i++) {
    for (let old = start[which[i]!]!; old < start[which[i]! + 1]!; old++) {
      rows.push(old);
      steps[k++] = old;
    }
  }
  const next = new Int32Array(S);
  for (let k = 0; k < S; k++) {
    const oldNext = batch.next[steps[k]!]!;
    if (oldNext === -1) next[k] = -1;
    else if (oldNext === steps[k]! + 1) next[k] = k + 1;
    else {
      next[k] = rows.length;
      rows.push(oldNext);
    }
  }
  const R = rows.length;
  const width = batch.observations.rows === 0
    ? 0
    : batch.observations.values.length / batch.observations.rows;
  const oldValues = batch.observations.values;
  const values = oldValues instanceof Float32Array
    ? new Float32Array(R * width)
    : new Int32Array(R * width);
  const states = new Int32Array(R * W);
  const backwardMask = new Uint8Array(R * B);
  rows.forEach((old, row) => {
    states.set(batch.states.subarray(old * W, (old + 1) * W), row * W);
    values.set(oldValues.subarray(old * width, (old + 1) * width), row * width);
    backwardMask.set(batch.backwardMask.subarray(old * B, (old + 1) * B), row * B);
  });
  return {
    steps,
    batch: {
      ...batch,
      start: newStart,
      next,
      action: select(batch.action, steps, 1),
      backwardAction: select(batch.backwardAction, steps, 1),
      states,
      observations: { rows: R, values },
      forwardMask: select(batch.forwardMask, steps, A),
      backwardMask,
      logReward: select(batch.logReward, Int32Array.from(which), 1),
    },
  };
}

/**
 * Groups of `stride` numbers, picked by index.
 *
 * @param values [X * stride]
 * @param index [Y] numbers in 0..X-1
 * @returns [Y * stride]
 */
export function select<T extends Int32Array | Uint8Array | Float32Array | Float64Array>(
  values: T,
  index: Int32Array,
  stride: number,
): T {
  const out = new (values.constructor as new (length: number) => T)(index.length * stride);
  for (let k = 0; k < index.length; k++) {
    const from = index[k]! * stride;
    for (let j = 0; j < stride; j++) out[k * stride + j] = values[from + j]!;
  }
  return out;
}

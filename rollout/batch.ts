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
  /** The forward action that exits, or null where objects end by being full. */
  stopAction: number | null;
  /** [N] log R(x), nats, with reward exponent and minimum applied. */
  logReward: Float64Array;
  /** Whether the actions were drawn from the policy itself, or from anything else. */
  source: "policy" | "other";
  /** [R] log R of the state of every row, nats, where somebody asked for it. */
  stateLogReward?: Float64Array;
  /** Every edge into every row, where somebody asked for them. */
  parents?: Parents;
}

/** P edges into the rows of a batch, in the order of the rows. */
export interface Parents {
  /** [R+1] edges start[row] .. start[row+1]-1 lead into a row. */
  start: Int32Array;
  /** P observations of the states that the edges leave. */
  observations: ObservationRows;
  /** [P] forward action of each edge. */
  action: Int32Array;
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
    else if (oldNext < batch.action.length) next[k] = k + 1; // a state that a step leaves
    else {
      next[k] = rows.length;
      rows.push(oldNext);
    }
  }
  const oldRows = Int32Array.from(rows);
  return {
    steps,
    batch: {
      ...batch,
      start: newStart,
      next,
      action: select(batch.action, steps, 1),
      backwardAction: select(batch.backwardAction, steps, 1),
      states: select(batch.states, oldRows, W),
      observations: selectObservations(batch.observations, oldRows),
      forwardMask: select(batch.forwardMask, steps, A),
      backwardMask: select(batch.backwardMask, oldRows, B),
      logReward: select(batch.logReward, Int32Array.from(which), 1),
      ...(batch.stateLogReward && { stateLogReward: select(batch.stateLogReward, oldRows, 1) }),
      ...(batch.parents && { parents: selectParents(batch.parents, oldRows) }),
    },
  };
}

function selectObservations({ rows, values }: ObservationRows, index: Int32Array): ObservationRows {
  const width = rows === 0 ? 0 : values.length / rows;
  return { rows: index.length, values: select(values, index, width) };
}

/** The edges into the rows named. */
function selectParents({ start, observations, action }: Parents, rows: Int32Array): Parents {
  const newStart = new Int32Array(rows.length + 1);
  const edges: number[] = [];
  rows.forEach((old, row) => {
    for (let e = start[old]!; e < start[old + 1]!; e++) edges.push(e);
    newStart[row + 1] = edges.length;
  });
  const index = Int32Array.from(edges);
  return {
    start: newStart,
    observations: selectObservations(observations, index),
    action: select(action, index, 1),
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

/**
 * Sampling trajectories backwards: from an object to s_0 with P_B.
 *
 * @module
 */
import { failure } from "../errors.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import type { ObservationRows } from "../policies/network.ts";
import { logSoftmaxRow, sampleRow } from "../tensor/categorical.ts";
import type { RandomStream } from "../tensor/random.ts";
import { observe } from "./observe.ts";

/** States that P_B is asked about. */
export interface BackwardRows {
  /** [rows * W] */
  states: Int32Array;
  observations: ObservationRows;
}

/** P_B: uniform over the allowed backward actions, or its logits, [rows * B]. */
export type BackwardLogits =
  | "uniform"
  | ((rows: BackwardRows) => Float32Array | Float64Array);

/**
 * Undoes moves of each state, at most as many as wanted, and fewer where s_0 is reached.
 *
 * @param states [N * W]; left in the states that were reached
 * @param moves of each state; Infinity goes to s_0
 * @returns for each state the forward actions that lead from what was reached back to it
 * @throws {GfnError} `E_ENV_LENGTH` when s_0 is not reached within the environment's own bound
 */
export function sampleBackward(
  environment: HostedEnvironment,
  states: Int32Array,
  moves: ArrayLike<number>,
  backward: BackwardLogits,
  random: RandomStream,
): number[][] {
  const { stateWords: W, backwardActions: B, maxTrajectory, name } = environment;
  const undone: number[][] = Array.from({ length: states.length / W }, () => []);
  const logPb = new Float64Array(B);
  let active = undone.map((_, i) => i);
  for (let t = 0; active.length > 0; t++) {
    active = active.filter((i) =>
      undone[i]!.length < moves[i]! && anyBackward(environment, states, i)
    );
    if (active.length === 0) break;
    if (t === maxTrajectory) {
      throw failure(
        "E_ENV_LENGTH",
        `Cannot sample backwards in environment "${name}": found no initial state within ${maxTrajectory} actions, its declared bound`,
      );
    }
    const rows = new Int32Array(active.length * W);
    active.forEach((i, row) => rows.set(states.subarray(i * W, (i + 1) * W), row * W));
    const masks = new Uint8Array(active.length * B);
    active.forEach((_, row) => environment.backwardMask(rows, row * W, masks, row * B));
    const logits = backward === "uniform"
      ? new Float64Array(masks.length)
      : backward({ states: rows, observations: observe(environment, rows, active.length) });
    active.forEach((i, row) => {
      logSoftmaxRow(logits, row * B, B, masks, row * B, logPb, 0);
      const action = sampleRow(logPb, 0, B, random);
      undone[i]!.push(environment.forwardOf(states, i * W, action));
      environment.unstep(states, i * W, action);
    });
  }
  for (const actions of undone) actions.reverse();
  return undone;
}

/**
 * Complete trajectories to the objects given, each sampled backwards with P_B.
 *
 * @param ends [N * W] terminating states
 * @returns the forward actions of each, the stop action included
 */
export function sampleTrajectoriesTo(
  environment: HostedEnvironment,
  ends: Int32Array,
  backward: BackwardLogits,
  random: RandomStream,
): number[][] {
  const N = ends.length / environment.stateWords;
  const moves = new Float64Array(N).fill(Infinity);
  return sampleBackward(environment, ends.slice(), moves, backward, random)
    .map((actions, i) => [...actions, ...ending(environment, ends, i)]);
}

/** How a trajectory ends in a terminating state: by the stop action, or, where it is full, by nothing. */
export function ending(environment: HostedEnvironment, ends: Int32Array, i: number): number[] {
  const { stateWords: W, forwardActions: A, stopAction } = environment;
  const mask = new Uint8Array(A);
  environment.forwardMask(ends, i * W, mask, 0);
  return stopAction !== null && mask[stopAction] === 1 ? [stopAction] : [];
}

function anyBackward(environment: HostedEnvironment, states: Int32Array, i: number): boolean {
  const { stateWords: W, backwardActions: B } = environment;
  const mask = new Uint8Array(B);
  environment.backwardMask(states, i * W, mask, 0);
  return mask.includes(1);
}

/**
 * All states of an environment and the edges between them, as flat tables in topological order: what
 * exact measures are computed on.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import type { ObservationRows } from "../policies/network.ts";
import { observe } from "../rollout/observe.ts";

/** {@linkcode StateGraph.next} of the stop action: the trajectory ends in this state. */
export const EXIT = -1;
/** {@linkcode StateGraph.next} of an action that is not allowed. */
export const MASKED = -2;

/** M states, A forward and B backward actions. State 0 is s_0; every edge leads to a higher number. */
export interface StateGraph {
  /** M */
  readonly size: number;
  /** A */
  readonly forwardActions: number;
  /** B */
  readonly backwardActions: number;
  /** [M * A] the state that an action leads to, or {@linkcode EXIT} or {@linkcode MASKED}. */
  readonly next: Int32Array;
  /** [M * A] the backward action at `next` that undoes an action; -1 where `next` is no state. */
  readonly backwardOf: Int32Array;
  /** [M * A] 1 = allowed. */
  readonly forwardMask: Uint8Array;
  /** [M * B] 1 = allowed. */
  readonly backwardMask: Uint8Array;
  /** [M] log R(x), nats; -Infinity also where no trajectory ends. */
  readonly logReward: Float64Array;
  /** [M] 1 = a trajectory may end here: by its stop action, or because the object is full. */
  readonly terminating: Uint8Array;
  /** Observations of the states from .. to-1. */
  observations(from: number, to: number): ObservationRows;
}

/**
 * Walks through every state of an environment once.
 *
 * @throws {GfnError} `E_ENUMERATION` when the environment cannot list its states; `E_ENV_ENUMERATION`
 * when its numbering is not topological or misses a state
 */
export async function buildStateGraph(environment: HostedEnvironment): Promise<StateGraph> {
  const { name, enumeration, stopAction, stateWords: W } = environment;
  const { forwardActions: A, backwardActions: B } = environment;
  if (!enumeration) {
    throw usageError(
      "E_ENUMERATION",
      `Cannot list the states of environment "${name}": found no enumeration, want one`,
    );
  }
  const M = enumeration.size;
  const next = new Int32Array(M * A).fill(MASKED), backwardOf = new Int32Array(M * A).fill(-1);
  const forwardMask = new Uint8Array(M * A), backwardMask = new Uint8Array(M * B);
  const terminating = new Uint8Array(M);
  const state = new Int32Array(W), child = new Int32Array(W);
  for (let s = 0; s < M; s++) {
    enumeration.state(s, state, 0);
    environment.forwardMask(state, 0, forwardMask, s * A);
    environment.backwardMask(state, 0, backwardMask, s * B);
    let full = true;
    for (let a = 0, e = s * A; a < A; a++, e++) {
      if (forwardMask[e] === 0) continue;
      full = false;
      if (a === stopAction) {
        next[e] = EXIT;
        terminating[s] = 1;
        continue;
      }
      backwardOf[e] = environment.backwardOf(state, 0, a);
      child.set(state);
      environment.step(child, 0, a);
      const to = enumeration.index(child, 0);
      if (!(to > s && to < M)) throw notTopological(environment, state, a, s, to);
      next[e] = to;
    }
    if (full) terminating[s] = 1;
  }
  return {
    size: M,
    forwardActions: A,
    backwardActions: B,
    next,
    backwardOf,
    forwardMask,
    backwardMask,
    logReward: await rewardsOf(environment, terminating),
    terminating,
    observations: (from, to) => observationsOf(environment, from, to),
  };
}

/** [M] log R of the terminating states, -Infinity elsewhere. */
async function rewardsOf(
  environment: HostedEnvironment,
  terminating: Uint8Array,
): Promise<Float64Array> {
  const { enumeration, stateWords: W } = environment;
  const ends: number[] = [];
  terminating.forEach((is, s) => {
    if (is === 1) ends.push(s);
  });
  const states = new Int32Array(ends.length * W), found = new Float64Array(ends.length);
  ends.forEach((s, i) => enumeration!.state(s, states, i * W));
  await environment.logReward(states, ends.length, found);
  const logReward = new Float64Array(terminating.length).fill(-Infinity);
  ends.forEach((s, i) => logReward[s] = found[i]!);
  return logReward;
}

function observationsOf(
  environment: HostedEnvironment,
  from: number,
  to: number,
): ObservationRows {
  const { stateWords: W, enumeration } = environment;
  const states = new Int32Array((to - from) * W);
  for (let s = from; s < to; s++) enumeration!.state(s, states, (s - from) * W);
  return observe(environment, states, to - from);
}

function notTopological(
  { name, enumeration }: HostedEnvironment,
  state: Int32Array,
  action: number,
  from: number,
  to: number,
): Error {
  return failure(
    "E_ENV_ENUMERATION",
    `Cannot list the states of environment "${name}": action ${action} leads from state ${from} [${
      state.join(" ")
    }] to state ${to}, want a number above ${from} and below ${enumeration!.size}`,
  );
}

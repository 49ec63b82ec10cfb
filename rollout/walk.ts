/**
 * Walking given actions from s_0: the one place where a batch is made, whoever chose the actions.
 *
 * @module
 */
import { failure } from "../errors.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import type { Batch } from "./batch.ts";
import { observe } from "./observe.ts";

/** Actions of N complete trajectories, laid end to end. */
export interface Actions {
  /** [N+1] */
  start: Int32Array;
  /** [S] forward actions */
  action: Int32Array;
  /** [N] log R(x), nats, where it is known already; else the environment is asked. */
  logReward?: Float64Array;
}

/**
 * The batch of the trajectories that take the given actions.
 *
 * @param environment to walk in
 * @param actions of complete trajectories
 * @param source whether they were drawn from the policy that is being trained
 * @throws {GfnError} `E_ENV_ACTION` when an action is masked, `E_ENV_UNFINISHED` when the last action of
 * a trajectory neither stops nor fills the object
 */
export async function walk(
  environment: HostedEnvironment,
  { start, action, logReward: known }: Actions,
  source: Batch["source"],
): Promise<Batch> {
  const { stateWords: W, forwardActions: A, backwardActions: B, stopAction } = environment;
  const N = start.length - 1, S = action.length;
  let R = S;
  for (let i = 0; i < N; i++) if (action[start[i + 1]! - 1] !== stopAction) R++;

  const next = new Int32Array(S), backwardAction = new Int32Array(S);
  const states = new Int32Array(R * W);
  const forwardMask = new Uint8Array(S * A), fullMask = new Uint8Array(A);
  const ends = new Int32Array(N * W); // terminating states, in trajectory order
  let full = S; // next row for a terminating state that no step leaves

  for (let i = 0; i < N; i++) {
    const first = start[i]!, last = start[i + 1]! - 1;
    if (last < first) throw unfinished(environment, i, "no action at all");
    environment.initial(states, first * W);
    for (let k = first; k <= last; k++) {
      const a = action[k]!;
      environment.forwardMask(states, k * W, forwardMask, k * A);
      if (forwardMask[k * A + a] !== 1) throw masked(environment, states, k * W, a);
      if (a === stopAction) {
        if (k < last) throw masked(environment, states, k * W, action[k + 1]!);
        next[k] = backwardAction[k] = -1;
        ends.set(states.subarray(k * W, (k + 1) * W), i * W);
        continue;
      }
      const row = next[k] = k < last ? k + 1 : full++;
      backwardAction[k] = environment.backwardOf(states, k * W, a);
      states.copyWithin(row * W, k * W, (k + 1) * W);
      environment.step(states, row * W, a);
      if (k === last) {
        environment.forwardMask(states, row * W, fullMask, 0);
        if (fullMask.includes(1)) throw unfinished(environment, i, "an object that can still grow");
        ends.set(states.subarray(row * W, (row + 1) * W), i * W);
      }
    }
  }

  const backwardMask = new Uint8Array(R * B);
  for (let row = 0; row < R; row++) {
    environment.backwardMask(states, row * W, backwardMask, row * B);
  }
  const logReward = known ?? new Float64Array(N);
  if (known === undefined) await environment.logReward(ends, N, logReward);

  return {
    start,
    next,
    action,
    backwardAction,
    states,
    observations: observe(environment, states, R),
    forwardMask,
    backwardMask,
    forwardActions: A,
    backwardActions: B,
    stateWords: W,
    stopAction,
    logReward,
    source,
  };
}

/** Lists of forward actions laid end to end. */
export function layEndToEnd(trajectories: readonly (readonly number[])[]): Actions {
  const start = new Int32Array(trajectories.length + 1);
  trajectories.forEach((actions, i) => start[i + 1] = start[i]! + actions.length);
  return { start, action: Int32Array.from(trajectories.flat()) };
}

/** {@linkcode walk} for trajectories given as lists of actions. */
export function batchFromActions(
  environment: HostedEnvironment,
  trajectories: readonly (readonly number[])[],
): Promise<Batch> {
  return walk(environment, layEndToEnd(trajectories), "other");
}

function masked(environment: HostedEnvironment, states: Int32Array, at: number, action: number) {
  const state = states.subarray(at, at + environment.stateWords).join(" ");
  return failure(
    "E_ENV_ACTION",
    `Cannot take action ${action} in environment "${environment.name}": it is not allowed in the state [${state}]`,
  );
}

function unfinished(environment: HostedEnvironment, trajectory: number, found: string) {
  return failure(
    "E_ENV_UNFINISHED",
    `Cannot end trajectory ${trajectory} in environment "${environment.name}": found ${found}, want a stop action or a full object`,
  );
}

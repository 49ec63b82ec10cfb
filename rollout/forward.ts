/**
 * Sampling trajectories with P_F. Trajectories that have ended drop out, so that the policy is only
 * ever asked about states it must leave.
 *
 * @module
 */
import { failure } from "../errors.ts";
import type { ObservationRows } from "../policies/network.ts";
import { type HostedEnvironment, observationWidth } from "../plugins/open.ts";
import { logSoftmaxRow, sampleRow } from "../tensor/categorical.ts";
import type { RandomStream } from "../tensor/random.ts";
import type { Batch } from "./batch.ts";
import {
  type Exploration,
  isOnPolicy,
  NO_EXPLORATION,
  samplingDistribution,
} from "./exploration.ts";
import { walk } from "./walk.ts";

/** Policy logits: [rows * A], a view that the sampler reads before it asks again. */
export type PolicyLogits = (observations: ObservationRows) => Float32Array;

/** Sampled trajectories and what the policy thought of every action on the way. */
export interface Rollout {
  batch: Batch;
  /** [S * A] log P_F(.|s_t) of the policy, never of the exploration mix; nats, -Infinity where masked. */
  logPfAll: Float64Array;
  /** [S] the step of the batch that each row was, in the order in which the policy was asked. */
  places: Int32Array;
}

/**
 * Samples complete trajectories from s_0.
 *
 * @param environment to sample in
 * @param count N
 * @param policy logits of P_F
 * @param random one uniform number per step is drawn from it
 * @param exploration how the sampling distribution differs from the policy
 * @throws {GfnError} `E_ENV_LENGTH` when a trajectory passes the environment's own bound
 */
export async function sampleForward(
  environment: HostedEnvironment,
  count: number,
  policy: PolicyLogits,
  random: RandomStream,
  exploration: Exploration = NO_EXPLORATION,
): Promise<Rollout> {
  const { stateWords: W } = environment;
  const states = new Int32Array(count * W);
  for (let i = 0; i < count; i++) environment.initial(states, i * W);
  const { start, action, logPfAll, places } = sampleActions(
    environment,
    states,
    policy,
    random,
    exploration,
  );
  const source = isOnPolicy(exploration) ? "policy" : "other";
  return { batch: await walk(environment, { start, action }, source), logPfAll, places };
}

/** Sampled actions and what the policy thought of every one. */
export interface SampledActions {
  /** [N+1] */
  start: Int32Array;
  /** [S] forward actions */
  action: Int32Array;
  /** [S * A] log P_F(.|s_t), nats, -Infinity where masked */
  logPfAll: Float64Array;
  /** [S] the step that each row was, in the order in which the policy was asked */
  places: Int32Array;
}

/**
 * Samples the actions that complete each of the states given.
 *
 * @param states [N * W]; left in the states where the trajectories end
 * @throws {GfnError} as {@linkcode sampleForward}
 */
export function sampleActions(
  environment: HostedEnvironment,
  states: Int32Array,
  policy: PolicyLogits,
  random: RandomStream,
  exploration: Exploration = NO_EXPLORATION,
): SampledActions {
  const { stateWords: W, forwardActions: A, stopAction, maxTrajectory } = environment;
  const count = states.length / W;
  const onPolicy = isOnPolicy(exploration);
  const sampling = samplingDistribution(exploration, A, stopAction);
  const sampled = new Float64Array(A);
  const record = new StepRecord(count, A);
  const observe = observer(environment, count);
  const masks = new Uint8Array(count * A);
  const active = new Int32Array(count); // the trajectory of each row that is asked about
  let rows = 0;
  for (let i = 0; i < count; i++) {
    environment.forwardMask(states, i * W, masks, i * A);
    if (anyAllowed(masks, i * A, A)) active[rows++] = i;
  }

  for (let t = 0; rows > 0; t++) {
    if (t === maxTrajectory) throw tooLong(environment, states, active[0]!);
    const logits = policy(observe(states, active, rows));
    let kept = 0;
    for (let row = 0; row < rows; row++) {
      const i = active[row]!;
      const step = record.add(i);
      const { logPfAll } = record;
      logSoftmaxRow(logits, row * A, A, masks, i * A, logPfAll, step * A);
      let action: number;
      if (onPolicy) action = sampleRow(logPfAll, step * A, A, random);
      else {
        sampling(logits, row * A, masks, i * A, sampled);
        action = sampleRow(sampled, 0, A, random);
      }
      record.action[step] = action;
      if (action === stopAction) continue;
      environment.step(states, i * W, action);
      environment.forwardMask(states, i * W, masks, i * A);
      if (anyAllowed(masks, i * A, A)) active[kept++] = i;
    }
    rows = kept;
  }
  return record.byTrajectory();
}

/** Steps in the order they were taken, all trajectories together; grows as needed. */
class StepRecord {
  /** [steps] */
  action: Int32Array;
  /** [steps * A] */
  logPfAll: Float64Array;
  #trajectory: Int32Array;
  #count: Int32Array;
  #actions: number;
  #steps = 0;

  constructor(trajectories: number, actions: number) {
    const capacity = 16 * trajectories;
    this.#actions = actions;
    this.#count = new Int32Array(trajectories);
    this.#trajectory = new Int32Array(capacity);
    this.action = new Int32Array(capacity);
    this.logPfAll = new Float64Array(capacity * actions);
  }

  /** Room for the next step of a trajectory: its place in the arrays. */
  add(trajectory: number): number {
    if (this.#steps === this.action.length) {
      this.action = twice(this.action);
      this.#trajectory = twice(this.#trajectory);
      this.logPfAll = twice(this.logPfAll);
    }
    this.#count[trajectory]!++;
    this.#trajectory[this.#steps] = trajectory;
    return this.#steps++;
  }

  /** The same steps with each trajectory laid end to end. */
  byTrajectory(): SampledActions {
    const A = this.#actions, S = this.#steps;
    const start = new Int32Array(this.#count.length + 1);
    this.#count.forEach((count, i) => start[i + 1] = start[i]! + count);
    const cursor = start.slice();
    const action = new Int32Array(S), logPfAll = new Float64Array(S * A);
    const places = new Int32Array(S);
    for (let step = 0; step < S; step++) {
      const k = places[step] = cursor[this.#trajectory[step]!]!++;
      action[k] = this.action[step]!;
      for (let a = 0; a < A; a++) logPfAll[k * A + a] = this.logPfAll[step * A + a]!;
    }
    return { start, action, logPfAll, places };
  }
}

/** Whether a state can be left: if not, the object is full and the trajectory has ended. */
function anyAllowed(mask: Uint8Array, at: number, actions: number): boolean {
  for (let a = 0; a < actions; a++) if (mask[at + a] === 1) return true;
  return false;
}

function twice<T extends Int32Array | Float64Array>(values: T): T {
  const out = new (values.constructor as new (length: number) => T)(values.length * 2);
  out.set(values);
  return out;
}

/** Observations of the states of chosen trajectories, written into one buffer that is used again. */
function observer(
  { stateWords: W, observation }: HostedEnvironment,
  count: number,
): (states: Int32Array, which: Int32Array, rows: number) => ObservationRows {
  const width = observationWidth(observation);
  if (observation.kind === "dense") {
    const values = new Float32Array(count * width);
    return (states, which, rows) => {
      for (let r = 0; r < rows; r++) observation.write(states, which[r]! * W, values, r * width);
      return { rows, values: values.subarray(0, rows * width) };
    };
  }
  const values = new Int32Array(count * width);
  return (states, which, rows) => {
    for (let r = 0; r < rows; r++) observation.write(states, which[r]! * W, values, r * width);
    return { rows, values: values.subarray(0, rows * width) };
  };
}

function tooLong(environment: HostedEnvironment, states: Int32Array, trajectory: number) {
  const { stateWords: W, maxTrajectory, name } = environment;
  const state = states.subarray(trajectory * W, (trajectory + 1) * W).join(" ");
  return failure(
    "E_ENV_LENGTH",
    `Cannot sample from environment "${name}": a trajectory has taken ${maxTrajectory} actions, its declared bound, and stands in the state [${state}] with actions left`,
  );
}

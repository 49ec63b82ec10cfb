/**
 * Objects from a trained sampler, in chunks, so that any number takes the memory of a few.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { visits } from "../metrics/exact.ts";
import { type Batch, terminatingStates, trajectoryCount } from "../rollout/batch.ts";
import { sampleForward } from "../rollout/forward.ts";
import { RandomStream } from "../tensor/random.ts";
import { toMetric } from "../train/events.ts";
import { exactLogPf } from "../train/evaluate.ts";
import { type GivenObjects, requireWidth, trajectoriesTo } from "./given_objects.ts";
import type { SampledObject } from "./sampled_object.ts";
import type { TrainedSampler } from "./trained_sampler.ts";

/** Trajectories at a time. It is part of what a seed means: another number draws other objects. */
const CHUNK = 64;

/** What is wanted. */
export interface SampleRequest {
  /** Objects; or, given `ends`, trajectories to each of them. */
  count: number;
  seed: number;
  /** Whether the actions are wanted too; not, when nothing is said. */
  actions?: "with actions" | "without actions";
  /** Whether the drawings are; not, when nothing is said. */
  drawings?: "with drawings" | "without drawings";
  /** Terminating states to sample trajectories to, with P_B; null or nothing samples objects with P_F. */
  ends?: GivenObjects | null;
}

/**
 * Samples, a chunk at a time. A larger count begins with the same objects.
 *
 * @throws {GfnError} `E_DRAWING` when drawings are wanted of an environment that has none; `E_OBJECTS`
 * when an end is none of its objects; what the environment throws
 */
export async function* sampleObjects(
  sampler: TrainedSampler,
  request: SampleRequest,
): AsyncGenerator<SampledObject[], void, void> {
  const { environment, estimators } = sampler, { count, seed, ends = null } = request;
  if (request.drawings === "with drawings" && !environment.drawing) {
    throw usageError(
      "E_DRAWING",
      `Cannot draw objects of environment "${environment.name}": found no drawing, want one that has the ability \`drawing\``,
    );
  }
  const logProbability = exactLogProbabilities(sampler);
  const stream = RandomStream.of(seed, ends ? "sample backward" : "sample");
  const toObjects = (batch: Batch) => describe(sampler, batch, request, logProbability);
  if (ends === null) {
    for (let done = 0; done < count; done += CHUNK) {
      const { batch } = await sampleForward(
        environment,
        CHUNK,
        (observations) => estimators.policy.forward(observations),
        stream,
      );
      yield toObjects(batch).slice(0, count - done);
    }
    return;
  }
  const { states, words: W } = ends, all = states.length / W * count;
  requireWidth(environment, W);
  for (let from = 0; from < all; from += CHUNK) {
    const own = repeated(states, W, count, from, Math.min(from + CHUNK, all));
    yield toObjects(await trajectoriesTo(environment, own, estimators.backwardLogits, stream));
  }
}

/** The from-th to the to-th of all states, each repeated as often as wanted. */
function repeated(
  states: Int32Array,
  W: number,
  times: number,
  from: number,
  to: number,
): Int32Array {
  const out = new Int32Array((to - from) * W);
  for (let i = from; i < to; i++) {
    const state = Math.floor(i / times) * W;
    out.set(states.subarray(state, state + W), (i - from) * W);
  }
  return out;
}

/** log q(x) of an object by its state, nats; null where states cannot be listed. */
function exactLogProbabilities(
  { environment, estimators, graph }: TrainedSampler,
): ((states: Int32Array, at: number) => number) | null {
  if (graph === null) return null;
  const { terminating } = visits(graph, exactLogPf(graph, estimators.policy));
  return (states, at) => Math.log(terminating[environment.enumeration!.index(states, at)]!);
}

function describe(
  { environment, estimators }: TrainedSampler,
  batch: Batch,
  { actions, drawings }: SampleRequest,
  logProbability: ((states: Int32Array, at: number) => number) | null,
): SampledObject[] {
  const W = environment.stateWords, states = terminatingStates(batch);
  const numbers = estimators.numbers(batch), logPf = numbers.logPf(), logPb = numbers.logPb();
  return Array.from({ length: trajectoryCount(batch) }, (_, i) => {
    const from = batch.start[i]!, to = batch.start[i + 1]!;
    let forward = 0, backward = 0;
    for (let k = from; k < to; k++) {
      forward += logPf[k]!;
      backward += logPb[k]!;
    }
    return {
      ...(environment.text && { text: environment.text(states, i * W) }),
      state: [...states.subarray(i * W, (i + 1) * W)],
      logReward: toMetric(batch.logReward[i]!),
      logPf: toMetric(forward),
      logPb: toMetric(backward),
      ...(logProbability && { logProbability: toMetric(logProbability(states, i * W)) }),
      ...(drawings === "with drawings" && { drawing: environment.drawing!(states, i * W) }),
      ...(actions === "with actions" && { actions: [...batch.action.subarray(from, to)] }),
    };
  });
}

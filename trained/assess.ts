/**
 * Measuring a trained sampler: exactly where its states can be listed, and from samples with their errors.
 *
 * @module
 */
import { BestObjects } from "../metrics/best_objects.ts";
import { pearson, spearman } from "../metrics/correlation.ts";
import { targetDistribution, visits } from "../metrics/exact.ts";
import { logAddExp } from "../metrics/log_add_exp.ts";
import { MarginalSums } from "../metrics/marginals.ts";
import { ModesFound } from "../metrics/modes_found.ts";
import { SampledMeans } from "../metrics/sampled.ts";
import { terminatingStates, trajectoryCount } from "../rollout/batch.ts";
import { sampleForward } from "../rollout/forward.ts";
import { RandomStream } from "../tensor/random.ts";
import { toMetric } from "../train/events.ts";
import { exactLogPf, measureExactly } from "../train/evaluate.ts";
import type { Assessment } from "./assessment.ts";
import { type Compared, type FeatureMarginals, featureMarginalsOf } from "./feature_marginals.ts";
import { type GivenObjects, requireWidth, trajectoriesTo } from "./given_objects.ts";
import type { TrainedSampler } from "./trained_sampler.ts";

/** Trajectories at a time. */
const CHUNK = 256;

/** What is wanted. */
export interface AssessmentRequest {
  samples: number;
  seed: number;
  /** Best objects that are looked at; {@linkcode ASSESSED} when nothing is said, as of `paths`. */
  top?: number;
  /** Terminating states that the sampler was not trained on, or null. */
  heldOut?: GivenObjects | null;
  /** Trajectories back from each of them. */
  paths?: number;
}

/** What is looked at when nothing else is wanted. */
export const ASSESSED = { top: 100, paths: 10 } as const;

/** Measures of a sampler. */
export interface Measured
  extends Omit<Assessment, "type" | "step" | "trajectories" | "parameters"> {
  /** Of each feature of its objects, where the environment reads these as directed graphs. */
  marginals?: FeatureMarginals[];
}

/** Measures a sampler. */
export async function assess(
  sampler: TrainedSampler,
  request: AssessmentRequest,
): Promise<Measured> {
  const logZ = await sampler.estimators.learnedLogZ();
  const { environment } = sampler, { heldOut = null } = request;
  const exact = exactly(sampler);
  const graphs = environment.digraph ? new MarginalSums(environment) : null;
  const measured = {
    ...(logZ !== null && { logZ }),
    ...exact?.measures,
    ...await fromSamples(sampler, request, graphs),
  };
  return {
    ...Object.fromEntries(Object.entries(measured).map(([name, x]) => [name, toMetric(x)])),
    ...(heldOut && { heldOut: await onObjects(sampler, heldOut, request) }),
    ...(graphs && { marginals: featureMarginalsOf(environment, graphs, request, exact) }),
  } as Measured;
}

/** Where states are listed, else null. */
function exactly(
  { estimators, graph }: TrainedSampler,
): Compared & { measures: Record<string, number> } | null {
  if (graph === null) return null;
  const logPf = exactLogPf(graph, estimators.policy), { terminating } = visits(graph, logPf);
  const logQ: number[] = [], logR: number[] = [];
  // Objects without reward have no place on the axis of log R; a log q of -Infinity stays.
  for (let x = 0; x < graph.size; x++) {
    if (graph.terminating[x] !== 1 || !Number.isFinite(graph.logReward[x]!)) continue;
    logQ.push(Math.log(terminating[x]!));
    logR.push(graph.logReward[x]!);
  }
  return {
    learned: terminating,
    target: targetDistribution(graph),
    measures: {
      ...measureExactly(graph, estimators, logPf),
      pearson: pearson(logQ, logR),
      spearman: spearman(logQ, logR),
    },
  };
}

/** @param graphs what is added to, where the objects are read as directed graphs */
async function fromSamples(
  { environment, estimators, exponent }: TrainedSampler,
  { samples, seed, top = ASSESSED.top }: AssessmentRequest,
  graphs: MarginalSums | null,
): Promise<Record<string, number>> {
  const stream = RandomStream.of(seed, "assessment");
  const means = new SampledMeans(), best = new BestObjects(top);
  const seen = new Set<string>(), modes = new ModesFound(environment);
  let inModes = 0;
  for (let done = 0; done < samples; done += CHUNK) {
    const count = Math.min(CHUNK, samples - done);
    const { batch, logPfAll } = await sampleForward(
      environment,
      count,
      (observations) => estimators.policy.forward(observations),
      stream,
    );
    means.add(estimators.numbers(batch, logPfAll));
    await best.seeAll(environment, batch);
    const W = environment.stateWords, ends = terminatingStates(batch);
    for (let at = 0; at < ends.length; at += W) {
      seen.add(ends.subarray(at, at + W).join(" "));
      graphs?.add(ends, at, 1);
      if (modes.see(ends, at)) inModes++;
    }
  }
  const share = inModes / samples;
  return {
    seed,
    samples,
    ...means.measures(),
    distinctForwardSamples: seen.size / samples,
    ...(modes.areKnown && {
      modesForwardSamples: modes.count,
      modeShareForwardSamples: share,
      modeShareForwardSamplesError: Math.sqrt(share * (1 - share) / samples),
    }),
    top: best.size,
    ...best.measures(exponent),
  };
}

/**
 * log q(x) of given objects as log of the mean of P_F(tau) / P_B(tau|x) over trajectories sampled back from
 * them, against log R(x).
 */
async function onObjects(
  { environment, estimators }: TrainedSampler,
  { states: objects, words: W }: GivenObjects,
  { paths = ASSESSED.paths, seed }: AssessmentRequest,
): Promise<Assessment["heldOut"]> {
  requireWidth(environment, W);
  const X = objects.length / W;
  const stream = RandomStream.of(seed, "assessment backward");
  const logQ = new Float64Array(X).fill(-Infinity), logR = new Float64Array(X);
  for (let path = 0; path < paths; path++) {
    for (let from = 0; from < X; from += CHUNK) {
      const own = objects.subarray(from * W, (from + CHUNK) * W);
      const known = path === 0 ? {} : { logReward: logR.slice(from, from + own.length / W) };
      const { backwardLogits } = estimators;
      const batch = await trajectoriesTo(environment, own, backwardLogits, stream, known);
      const numbers = estimators.numbers(batch), logPf = numbers.logPf(), logPb = numbers.logPb();
      for (let i = 0; i < trajectoryCount(batch); i++) {
        let ratio = 0;
        for (let k = batch.start[i]!; k < batch.start[i + 1]!; k++) ratio += logPf[k]! - logPb[k]!;
        logQ[from + i] = logAddExp(logQ[from + i]!, ratio - Math.log(paths));
        logR[from + i] = batch.logReward[i]!;
      }
    }
  }
  // Objects without reward have no place on the axis of log R.
  const rewarded = Array.from(logR.keys()).filter((x) => logR[x]! > -Infinity);
  const q = rewarded.map((x) => logQ[x]!), r = rewarded.map((x) => logR[x]!);
  return {
    objects: rewarded.length,
    paths,
    pearson: toMetric(pearson(q, r)),
    spearman: toMetric(spearman(q, r)),
  };
}

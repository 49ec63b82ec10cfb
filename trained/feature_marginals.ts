/**
 * What `gfn eval` says of the graphs that a trained sampler draws: how probable their features are.
 *
 * @module
 */
import { z } from "zod";
import { pearson, spearman } from "../metrics/correlation.ts";
import { graphFeatures, graphMarginals, type MarginalSums } from "../metrics/marginals.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { type Metric, metric, toMetric } from "../train/events.ts";

/** Of one feature. Exact ones stand under plain names; sampled ones say how they were sampled. */
export interface FeatureMarginals {
  /** i -> j; a path from i to j; i in j's parents, children and their other parents. */
  feature: typeof graphFeatures[number];
  /** Names of the nodes, by which the following stand at [i][j]. */
  nodes: string[];
  /** Under the sampler, exact. */
  learned?: number[][] | undefined;
  /** Under R / Z, exact. */
  target?: number[][] | undefined;
  /** Pearson's correlation of the two, off the diagonal. */
  pearson?: Metric | undefined;
  /** Spearman's, likewise. */
  spearman?: Metric | undefined;
  /** Of the two. */
  largestDifference?: Metric | undefined;
  /** Nodes i and j of it. */
  largestDifferenceAt?: string[] | undefined;
  /** Of the samples. */
  seed: number;
  /** Trajectories of P_F that the following are from. */
  samples: number;
  learnedForwardSamples: number[][];
  /** Standard errors, sqrt(p (1 - p) / samples). */
  learnedForwardSamplesError: number[][];
}

const probability = z.number().min(0).max(1 + 1e-6);
const square = z.array(z.array(probability)).describe("at [i][j] of node i and node j");

/** The schema of {@linkcode FeatureMarginals}. */
export const featureMarginals = z.strictObject({
  feature: z.enum(graphFeatures)
    .describe("i -> j; a path from i to j; i in j's parents, children and their other parents"),
  nodes: z.array(z.string().max(100)).describe("their names"),
  learned: square.optional().describe("under the sampler, exact"),
  target: square.optional().describe("under R / Z, exact"),
  pearson: metric.optional().describe("Pearson's correlation of the two, off the diagonal"),
  spearman: metric.optional().describe("Spearman's, likewise"),
  largestDifference: metric.optional().describe("of the two"),
  largestDifferenceAt: z.array(z.string()).length(2).optional().describe("nodes i and j of it"),
  seed: z.int().min(0).describe("of the samples"),
  samples: z.int().min(1).describe("trajectories of P_F that the following are from"),
  learnedForwardSamples: square,
  learnedForwardSamplesError: square.describe("standard errors, sqrt(p (1 - p) / samples)"),
});

/** Distributions over the states of an environment. */
export interface Compared {
  /** [M] where the trajectories of the sampler end */
  learned: Float64Array;
  /** [M] R / Z */
  target: Float64Array;
}

/**
 * The marginals of every feature.
 *
 * @param environment reads its objects as directed graphs
 * @param sums the objects that were sampled, each of weight 1
 * @param compared where states are listed, else null
 * @throws {GfnError} `E_MARGINALS` when the environment reads something else
 */
export function featureMarginalsOf(
  environment: HostedEnvironment,
  sums: MarginalSums,
  { samples, seed }: { samples: number; seed: number },
  compared: Compared | null,
): FeatureMarginals[] {
  const { names } = environment.digraph!, n = names.length;
  const sampled = sums.over(samples);
  const exact = compared && {
    learned: graphMarginals(environment, compared.learned),
    target: graphMarginals(environment, compared.target),
  };
  return graphFeatures.map((feature) => ({
    feature,
    nodes: [...names],
    ...(exact && comparison(names, exact.learned[feature], exact.target[feature])),
    ...{ seed, samples },
    learnedForwardSamples: squareOf(sampled[feature], n),
    learnedForwardSamplesError: squareOf(
      sampled[feature].map((p) => Math.sqrt(p * (1 - p) / samples)),
      n,
    ),
  }));
}

function comparison(names: readonly string[], learned: Float64Array, target: Float64Array) {
  const n = names.length, apart = (all: Float64Array) => all.filter((_, e) => e % (n + 1) !== 0);
  const difference = learned.map((p, e) => Math.abs(p - target[e]!));
  const largest = difference.reduce((a, b) => Math.max(a, b), 0), at = difference.indexOf(largest);
  return {
    learned: squareOf(learned, n),
    target: squareOf(target, n),
    pearson: toMetric(pearson(apart(learned), apart(target))),
    spearman: toMetric(spearman(apart(learned), apart(target))),
    largestDifference: largest,
    largestDifferenceAt: [names[Math.floor(at / n)]!, names[at % n]!],
  };
}

function squareOf(flat: Float64Array, n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from(flat.subarray(i * n, (i + 1) * n)));
}

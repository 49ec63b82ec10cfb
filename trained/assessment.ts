/**
 * What `gfn eval` says of a trained sampler.
 *
 * @module
 */
import { z } from "zod";
import { type Metric, metric } from "../train/events.ts";

/** Measures of a sampler. Exact ones stand under plain names; sampled ones say how they were sampled. */
export interface Assessment {
  type: "assessment";
  step: number;
  trajectories: number;
  parameters: "trained" | "averaged";
  /** Learned. */
  logZ?: Metric | undefined;
  tv?: Metric | undefined;
  kl?: Metric | undefined;
  klReverse?: Metric | undefined;
  jsd?: Metric | undefined;
  elbo?: Metric | undefined;
  eubo?: Metric | undefined;
  logZExact?: Metric | undefined;
  meanLogReward?: Metric | undefined;
  rewardDelta?: Metric | undefined;
  /** Pearson's correlation of log q and log R over all objects, exact. */
  pearson?: Metric | undefined;
  /** Spearman's, likewise. */
  spearman?: Metric | undefined;
  /** Of the samples. */
  seed: number;
  /** Trajectories of P_F that the following are from. */
  samples: number;
  elboForwardSamples: Metric;
  elboForwardSamplesError: Metric;
  logZForwardSamples: Metric;
  meanLogRewardForwardSamples: Metric;
  meanLogRewardForwardSamplesError: Metric;
  /** Share of objects that no earlier sample was. */
  distinctForwardSamples: Metric;
  /** Different modes found, where the environment knows its modes. */
  modesForwardSamples?: number | undefined;
  /** Share of samples that are modes. */
  modeShareForwardSamples?: Metric | undefined;
  modeShareForwardSamplesError?: Metric | undefined;
  /** Best different objects that the following are over. */
  top: number;
  topMeanLogReward: Metric;
  /** Of R^(1/beta) of the same. */
  topMeanReward: Metric;
  /** Mean Hamming distance over length of their observations. */
  topDiversity: Metric;
  /** Mean Tanimoto similarity of their fingerprints, where there are such. */
  topSimilarity?: Metric | undefined;
  /** Log q, estimated over `paths` trajectories sampled back from each object, against log R. */
  heldOut?: { objects: number; paths: number; pearson: Metric; spearman: Metric } | undefined;
}

const count = z.int().min(0);

/** The schema of an {@linkcode Assessment}. */
export const assessment = z.strictObject({
  type: z.literal("assessment"),
  step: count,
  trajectories: count,
  parameters: z.enum(["trained", "averaged"]),
  logZ: metric.optional().describe("learned"),
  tv: metric.optional(),
  kl: metric.optional(),
  klReverse: metric.optional(),
  jsd: metric.optional(),
  elbo: metric.optional(),
  eubo: metric.optional(),
  logZExact: metric.optional(),
  meanLogReward: metric.optional(),
  rewardDelta: metric.optional(),
  pearson: metric.optional()
    .describe("Pearson's correlation of log q and log R over all objects, exact"),
  spearman: metric.optional().describe("Spearman's, likewise"),
  seed: count.describe("of the samples"),
  samples: count.describe("trajectories of P_F that the following are from"),
  elboForwardSamples: metric,
  elboForwardSamplesError: metric,
  logZForwardSamples: metric,
  meanLogRewardForwardSamples: metric,
  meanLogRewardForwardSamplesError: metric,
  distinctForwardSamples: metric.describe("share of objects that no earlier sample was"),
  modesForwardSamples: count.optional()
    .describe("different modes found, where the environment knows its modes"),
  modeShareForwardSamples: metric.optional().describe("share of samples that are modes"),
  modeShareForwardSamplesError: metric.optional(),
  top: count.describe("best different objects that the following are over"),
  topMeanLogReward: metric,
  topMeanReward: metric.describe("of R^(1/beta) of the same"),
  topDiversity: metric.describe("mean Hamming distance over length of their observations"),
  topSimilarity: metric.optional()
    .describe("mean Tanimoto similarity of their fingerprints, where there are such"),
  heldOut: z.strictObject({
    objects: count,
    paths: count.describe("trajectories sampled back from each, that log q is estimated from"),
    pearson: metric,
    spearman: metric,
  }).optional().describe("log q, estimated, against log R on objects that were given"),
});

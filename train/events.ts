/**
 * What training says, one JSON line an event. A schema beside each type, so that the lines of a file can
 * be checked and the JSON Schema published; a test holds the two equal. Training itself knows no clock
 * and no machine: the command adds `time` and `host`, and nothing else differs between two runs of
 * one seed.
 *
 * @module
 */
import { z } from "zod";

/** A number as JSON can carry it: what is not finite is written as a word. */
export type Metric = number | "inf" | "-inf" | "nan";

export const metric: z.ZodType<Metric> = z.union([z.number(), z.enum(["inf", "-inf", "nan"])]);

/** What the command adds to any event, and no comparison of two runs looks at. */
export interface Circumstances {
  /** Wall-clock figures, seconds. */
  time?: Record<string, Metric> | undefined;
  /** Facts of the machine. */
  host?: Record<string, unknown> | undefined;
}

/** How far training is. */
export interface Counts {
  /** Iterations done. */
  step: number;
  /** Trajectories sampled for training, each with a new reward. */
  trajectories: number;
}

const time = z.record(z.string(), metric).optional()
  .describe("wall-clock figures, seconds; left out of any comparison");
const host = z.record(z.string(), z.unknown()).optional()
  .describe("facts of the machine; left out of any comparison");
const step = z.int().min(0).describe("iterations done");
const trajectories = z.int().min(0)
  .describe("trajectories sampled for training, each with a new reward; none is counted twice");

/** First line: what is being run. */
export interface RunEvent extends Circumstances {
  type: "run";
  format: 1;
  version: string;
  config: Record<string, unknown>;
  /** The environment's plugin, where it is none of gfn's own. */
  plugin?: { name: string; reference: string; apiVersion: number; sha256: string } | undefined;
  /** SHA-256 of the environment's data files by option. */
  files?: Record<string, string> | undefined;
  configHash: string;
}

export const runEvent = z.strictObject({
  type: z.literal("run"),
  format: z.literal(1),
  version: z.string(),
  config: z.record(z.string(), z.unknown()),
  plugin: z.strictObject({
    name: z.string().describe("what the plugin calls itself"),
    reference: z.string().describe("where it was loaded from, as it was written"),
    apiVersion: z.int(),
    sha256: z.string().describe("of its source"),
  }).optional().describe("the environment's plugin, where it is none of gfn's own"),
  files: z.record(z.string(), z.string()).optional()
    .describe("SHA-256 of the environment's data files by option, where it has any"),
  configHash: z.string().describe("SHA-256 of the canonical JSON of config"),
  time,
  host,
});

/** One iteration. */
export interface TrainEvent extends Counts, Circumstances {
  type: "train";
  /** Rewards that training has asked the environment for so far. */
  rewards: number;
  /** Trajectories of the iteration's batch by where they come from. */
  sources: { policy: number; localSearch: number; replay: number };
  /** Mean of each update's loss in the iteration. */
  losses: Record<string, Metric>;
  /** Mean 2-norm of each update before clipping. */
  gradNorm: Record<string, Metric>;
  meanLength: Metric;
  meanLogReward: Metric;
}

export const trainEvent = z.strictObject({
  type: z.literal("train"),
  step,
  trajectories,
  rewards: z.int().min(0).describe("rewards that training has asked the environment for so far"),
  sources: z.strictObject({
    policy: z.int().min(0).describe("sampled with P_F from s_0, explored or not"),
    localSearch: z.int().min(0).describe("built by local search"),
    replay: z.int().min(0).describe("drawn from the replay buffer, their rewards known"),
  }).describe("trajectories of the iteration's batch by where they come from"),
  losses: z.record(z.string(), metric).describe("mean of each update's loss in the iteration"),
  gradNorm: z.record(z.string(), metric).describe("mean 2-norm of each update before clipping"),
  meanLength: metric.describe("mean forward actions of a trajectory"),
  meanLogReward: metric,
  time,
  host,
});

/** Measures. Exact ones stand under plain names; sampled ones say how they were sampled. */
export interface Measures {
  tv?: Metric | undefined;
  /** KL(target || policy). */
  kl?: Metric | undefined;
  /** KL(policy || target). */
  klReverse?: Metric | undefined;
  jsd?: Metric | undefined;
  elbo?: Metric | undefined;
  eubo?: Metric | undefined;
  /** Under the policy, exact. */
  meanLogReward?: Metric | undefined;
  /** Difference of the mean rewards of policy and target, over the target's; exact. */
  rewardDelta?: Metric | undefined;
  /** Learned: the parameter, or V(s_0), or log F(s_0), or from the edges that leave s_0. */
  logZ?: Metric | undefined;
  logZExact?: Metric | undefined;
  elboForwardSamples?: Metric | undefined;
  elboForwardSamplesError?: Metric | undefined;
  logZForwardSamples?: Metric | undefined;
  meanLogRewardForwardSamples?: Metric | undefined;
  meanLogRewardForwardSamplesError?: Metric | undefined;
  /** Of the 100 best different samples. */
  topMeanLogReward?: Metric | undefined;
  /** Of R^(1/beta) of the same. */
  topMeanReward?: Metric | undefined;
  /** Mean Hamming distance over length of their observations. */
  topDiversity?: Metric | undefined;
  /** Mean Tanimoto similarity of their fingerprints, where there are such. */
  topSimilarity?: Metric | undefined;
}

const measures = {
  tv: metric.optional(),
  kl: metric.optional().describe("KL(target || policy)"),
  klReverse: metric.optional().describe("KL(policy || target)"),
  jsd: metric.optional(),
  elbo: metric.optional(),
  eubo: metric.optional(),
  meanLogReward: metric.optional().describe("under the policy, exact"),
  rewardDelta: metric.optional()
    .describe("difference of the mean rewards of policy and target, over the target's; exact"),
  logZ: metric.optional()
    .describe("learned: the parameter, or V(s_0), or log F(s_0), or from the edges that leave s_0"),
  logZExact: metric.optional(),
  elboForwardSamples: metric.optional(),
  elboForwardSamplesError: metric.optional(),
  logZForwardSamples: metric.optional(),
  meanLogRewardForwardSamples: metric.optional(),
  meanLogRewardForwardSamplesError: metric.optional(),
  topMeanLogReward: metric.optional().describe("of the 100 best different samples"),
  topMeanReward: metric.optional().describe("of R^(1/beta) of the same"),
  topDiversity: metric.optional()
    .describe("mean Hamming distance over length of their observations"),
  topSimilarity: metric.optional()
    .describe("mean Tanimoto similarity of their fingerprints, where there are such"),
};

/** An evaluation. */
export interface EvalEvent extends Counts, Measures, Circumstances {
  type: "eval";
  /** Different modes among all objects that training sampled so far. */
  modesFound?: number | undefined;
  /** The same measures of the moving average of all parameters, where `ema.decay` is set. */
  averaged?: Measures | undefined;
}

export const evalEvent = z.strictObject({
  type: z.literal("eval"),
  step,
  trajectories,
  modesFound: z.int().min(0).optional()
    .describe("different modes among all objects that training sampled so far"),
  ...measures,
  averaged: z.strictObject(measures).optional()
    .describe("the same measures of the moving average of all parameters, where ema.decay is set"),
  time,
  host,
});

/** The state of training was stored. */
export interface CheckpointEvent extends Counts, Circumstances {
  type: "checkpoint";
}

export const checkpointEvent = z.strictObject({
  type: z.literal("checkpoint"),
  step,
  trajectories,
  time,
  host,
});

/** Something a person should know, that did not stop the run. */
export interface WarningEvent extends Circumstances {
  type: "warning";
  code: string;
  message: string;
  step?: number | undefined;
}

export const warningEvent = z.strictObject({
  type: z.literal("warning"),
  code: z.string(),
  message: z.string(),
  step: step.optional(),
  time,
  host,
});

/** Last line. */
export interface EndEvent extends Counts, Circumstances {
  type: "end";
  reason: "finished" | "interrupted" | "failed";
  message?: string | undefined;
}

export const endEvent = z.strictObject({
  type: z.literal("end"),
  reason: z.enum(["finished", "interrupted", "failed"]),
  step,
  trajectories,
  message: z.string().optional(),
  time,
  host,
});

/** Any line of a metrics file. */
export type Event =
  | RunEvent
  | TrainEvent
  | EvalEvent
  | CheckpointEvent
  | WarningEvent
  | EndEvent;

export const eventSchema: z.ZodType<Event> = z.discriminatedUnion("type", [
  runEvent,
  trainEvent,
  evalEvent,
  checkpointEvent,
  warningEvent,
  endEvent,
]);

/** A number in the form that {@linkcode metric} allows. */
export function toMetric(x: number): Metric {
  if (Number.isFinite(x)) return x;
  return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
}

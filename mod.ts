/**
 * Trains samplers of discrete objects: given an environment that builds an object step by step and a
 * reward R(x) > 0, learns a policy that samples x in proportion to R(x).
 *
 * @example Train Ent-PPO on an 8x8 grid for three iterations
 * ```ts
 * import { environments, objectives, openEnvironment, resolveRun, train } from "./mod.ts";
 *
 * const config = resolveRun({
 *   env: { name: "hypergrid", side: 8 },
 *   objective: { name: "ent-ppo", epochs: 2 },
 *   policy: { hidden: [32] },
 *   steps: 3,
 * }, { environments, objectives });
 * const { name, ...options } = config.env;
 * const environment = await openEnvironment(environments[name]!, options, config.reward);
 * const objective = objectives[config.objective.name]!;
 *
 * let last;
 * for await (const event of train({ environment, objective, config })) {
 *   if (event.type === "eval") last = event;
 * }
 * if (typeof last?.tv !== "number") throw new Error("no exact total variation");
 * ```
 *
 * @module
 */
export * from "./config/mod.ts";
export { checkEnvironment, type CheckOptions, type LawReport } from "./conformance/check.ts";
export { environments } from "./envs/_registry.ts";
export { failure, GfnError, usageError } from "./errors.ts";
export * from "./metrics/exact.ts";
export * from "./metrics/marginals.ts";
export * from "./metrics/sampled.ts";
export * from "./metrics/state_graph.ts";
export { critics, objectives } from "./objectives/_registry.ts";
export type * from "./objectives/contract.ts";
export {
  type Advantage,
  freezeAdvantages,
  type FrozenAdvantages,
  type SoftReward,
} from "./objectives/_advantages.ts";
export { flowLeft, flowReached } from "./objectives/_flows.ts";
export { constant, meanOfSteps, sumOfSteps, weightedSum } from "./objectives/_reduce.ts";
export { regression, regressionOptions } from "./objectives/_regression.ts";
export * from "./plugins/contract.ts";
export { type LoadedSource, loadSource } from "./plugins/_host_source.ts";
export type { PluginDescription } from "./plugins/description.ts";
export * from "./plugins/open.ts";
export type { RewardHook, RewardHooks } from "./plugins/reward_hook.ts";
export type { Network, ObservationRows, Parameter } from "./policies/network.ts";
export * from "./rollout/batch.ts";
export * from "./rollout/exploration.ts";
export * from "./rollout/forward.ts";
export * from "./rollout/walk.ts";
export {
  checkPlugin,
  describePlugin,
  type SandboxLimits,
  type SandboxTraining,
  trainInSandbox,
} from "./sandbox/sandbox.ts";
export { tf } from "./tensor/backend.ts";
export * from "./tensor/categorical.ts";
export { RandomStream } from "./tensor/random.ts";
export * from "./tensor/segments.ts";
export { type EngineSettings, startEngine, useEngine } from "./tensor/engine.ts";
export { startThreads, type Threads } from "./tensor/threads.ts";
export {
  type CheckpointEvent,
  type EndEvent,
  type EvalEvent,
  type Event,
  eventSchema,
  type Measures,
  type Metric,
  type RunEvent,
  type TrainEvent,
  type WarningEvent,
} from "./train/events.ts";
export type { Snapshot, SnapshotTensor, TensorTable } from "./train/snapshot.ts";
export { exactLogPf } from "./train/evaluate.ts";
export { train, type TrainingEvent, type TrainingView, type TrainSetup } from "./train/train.ts";
export { assess, type AssessmentRequest, type Measured } from "./trained/assess.ts";
export type { FeatureMarginals } from "./trained/feature_marginals.ts";
export { sampleObjects, type SampleRequest } from "./trained/sample.ts";
export type { SampledObject } from "./trained/sampled_object.ts";
export { openSampler, type SamplerSetup, type TrainedSampler } from "./trained/trained_sampler.ts";
// The zod that resolveRun() reads options with: a bundle of this file has no other.
export { z } from "zod";

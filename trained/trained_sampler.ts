/**
 * A sampler that was trained: the estimators of a checkpoint, without what trained them.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { maximumEntropyLogits } from "../metrics/path_counts.ts";
import type { StateGraph } from "../metrics/state_graph.ts";
import type { Objective } from "../objectives/contract.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { useEngine } from "../tensor/engine.ts";
import { Estimators } from "../train/estimators.ts";
import { listStates } from "../train/evaluate.ts";
import { requireAverage, type Snapshot, withoutPrefix } from "../train/snapshot.ts";

/** Which parameters: those that were trained, or their moving average. */
export type Parameters = "trained" | "averaged";

/** What a sampler is made from. */
export interface SamplerSetup {
  environment: HostedEnvironment;
  objective: Objective;
  /** Of the run that trained it. */
  config: RunConfig;
  snapshot: Snapshot;
  parameters: Parameters;
}

/** A sampler in memory. */
export interface TrainedSampler {
  environment: HostedEnvironment;
  estimators: Estimators;
  /** All states, where they can be listed. */
  graph: StateGraph | null;
  /** beta, the exponent that log R has been multiplied by. */
  exponent: number;
  dispose(): void;
}

/**
 * Brings a sampler into memory.
 *
 * @throws {GfnError} `E_CHECKPOINT` when the snapshot does not fit the settings, `E_AVERAGED` when a moving
 * average is wanted and it has none
 */
export async function openSampler(
  { environment, objective, config, snapshot, parameters }: SamplerSetup,
): Promise<TrainedSampler> {
  if (parameters === "averaged") requireAverage(snapshot.tensors, "this sampler");
  useEngine(config.engine);
  const graph = await listStates(environment);
  const fixed = config.backward === "max-entropy" && graph ? maximumEntropyLogits(graph) : null;
  const estimators = new Estimators(environment, objective, config, fixed);
  const dispose = () => estimators.dispose();
  try {
    const { tensors } = snapshot;
    estimators.restore(parameters === "trained" ? tensors : withoutPrefix("average.", tensors));
    return { environment, estimators, graph, exponent: config.reward.exponent, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

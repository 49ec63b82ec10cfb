/**
 * How many threads a run gets.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { GfnError } from "../errors.ts";
import type { Observation } from "../plugins/contract.ts";
import { startEngine, useEngine } from "../tensor/engine.ts";
import type { Threads } from "../tensor/threads.ts";
import { type Ground, openBuiltIn } from "./_environments.ts";

/**
 * Multiplications of a rollout's step in its widest layer, or block of a Transformer, from which a second
 * thread pays: on a machine of two cores Ent-PPO with 16 trajectories lost 10 % with layers of 64x64, won
 * up to 10 % with 128x128, and 30 to 60 % with 256x256; TB with blocks of 64x64, one token a step, won 14 %.
 */
const WORTH_A_THREAD = 2 ** 18;

/**
 * Puts the engine to use with the threads asked for, or as many as pay off: two where the machine has
 * two cores and the network is not tiny. A third won nothing.
 */
export async function threadsFor(
  config: RunConfig,
  asked: number | undefined,
  ground: Ground,
): Promise<Threads> {
  const preset = asked ?? await presetFor(config, ground);
  if (ground.foreign) {
    // The sandbox starts its own; only the names of the kernels are told here.
    if (config.engine.gemm !== "blas") useEngine(config.engine);
    return { count: preset, stop() {} };
  }
  return await startEngine(config.engine, asked, preset);
}

async function presetFor(config: RunConfig, ground: Ground): Promise<number> {
  if (typeof SharedArrayBuffer === "undefined" || navigator.hardwareConcurrency < 2) return 1;
  const most = widest(config, await observationOf(config, ground));
  return config.batch * most >= WORTH_A_THREAD ? 2 : 1;
}

/** Multiplications that a row of a step takes in its widest layer, or in one block. */
function widest({ policy }: RunConfig, observation: Observation | null): number {
  const { network, hidden, transformer } = policy;
  if (network === "mlp" || (network === "auto" && observation?.kind !== "tokens")) {
    return hidden.slice(1).reduce((most, width, l) => Math.max(most, width * hidden[l]!), 0);
  }
  const { width, feedForward, attention } = transformer;
  // Under causal attention a step adds one token; elsewhere all of them are computed anew.
  const isCausal = attention === "causal" ||
    (attention === "auto" && observation?.kind === "tokens" && transformer.reads === "sequence");
  const tokens = isCausal || observation === null ? 1 : 1 + positionsOf(observation);
  return tokens * (4 * width * width + 2 * width * feedForward);
}

function positionsOf(observation: Observation): number {
  switch (observation.kind) {
    case "tokens":
      return observation.length;
    case "categorical":
      return observation.sizes.length;
    default:
      return 0; // which no Transformer reads
  }
}

/** What the policy sees, or null where that is a plugin's secret or not needed. */
async function observationOf(
  config: RunConfig,
  { foreign, files }: Ground,
): Promise<Observation | null> {
  if (foreign || config.policy.network === "mlp") return null;
  try {
    return (await openBuiltIn(config, files)).observation;
  } catch (error) {
    // What is wrong with it is told by the run, in its place.
    if (error instanceof GfnError) return null;
    throw error;
  }
}

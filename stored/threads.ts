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
import { preferredThreads } from "../train/preferred_threads.ts";
import { type Ground, openOwn } from "./ground.ts";

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
  const observation = await observationOf(config, ground);
  return preferredThreads(config, observation, navigator.hardwareConcurrency);
}

/** What the policy sees, or null where that is a plugin's secret or not needed. */
async function observationOf(
  config: RunConfig,
  ground: Ground,
): Promise<Observation | null> {
  if (ground.foreign || config.policy.network === "mlp") return null;
  try {
    return (await openOwn(config, ground)).observation;
  } catch (error) {
    // What is wrong with it is told by the run, in its place.
    if (error instanceof GfnError) return null;
    throw error;
  }
}

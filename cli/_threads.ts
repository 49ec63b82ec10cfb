/**
 * How many threads a run gets.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { startEngine, useEngine } from "../tensor/engine.ts";
import type { Threads } from "../tensor/threads.ts";

/**
 * Multiplications of a rollout's step in its widest layer from which a second thread pays: on a machine of
 * two cores Ent-PPO with 16 trajectories lost 10 % with layers of 64x64, won up to 10 % with 128x128, and
 * 30 to 60 % with 256x256.
 */
const WORTH_A_THREAD = 2 ** 18;

/**
 * Puts the engine to use with the threads asked for, or as many as pay off: two where the machine has
 * two cores and the network is not tiny. A third won nothing.
 */
export function threadsFor(
  config: RunConfig,
  asked: number | undefined,
  place: "here" | "in the sandbox" = "here",
): Promise<Threads> {
  if (place === "in the sandbox") {
    // Which starts its own; only the names of the kernels are told here.
    if (config.engine.gemm !== "blas") useEngine(config.engine);
    return Promise.resolve({ count: asked ?? preset(config), stop() {} });
  }
  return startEngine(config.engine, asked, preset(config));
}

function preset({ batch, policy: { hidden } }: RunConfig): number {
  const widest = hidden.slice(1).reduce((most, width, l) => Math.max(most, width * hidden[l]!), 0);
  const pays = widest * batch >= WORTH_A_THREAD;
  const shares = typeof SharedArrayBuffer !== "undefined" && navigator.hardwareConcurrency > 1;
  return pays && shares ? 2 : 1;
}

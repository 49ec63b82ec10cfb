/**
 * How many threads pay off.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import type { Observation } from "../plugins/contract.ts";

/**
 * Multiplications of a rollout's step in its widest layer, or block of a Transformer, from which a second
 * thread pays: on a machine of two cores Ent-PPO with 16 trajectories lost 10 % with layers of 64x64, won
 * up to 10 % with 128x128, and 30 to 60 % with 256x256; TB with blocks of 64x64, one token a step, won 14 %.
 */
const WORTH_A_THREAD = 2 ** 18;

/**
 * Two where the host shares memory, has two cores to give and the network is not tiny, else one: a third
 * won nothing.
 *
 * @param observation what the policy sees, or null where that is not known
 * @param cores that the run may use
 */
export function preferredThreads(
  config: RunConfig,
  observation: Observation | null,
  cores: number,
): 1 | 2 {
  if (typeof SharedArrayBuffer === "undefined" || cores < 2) return 1;
  return config.batch * widest(config, observation) >= WORTH_A_THREAD ? 2 : 1;
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

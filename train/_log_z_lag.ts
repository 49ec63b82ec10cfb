/**
 * Saying that log Z begins too far off: until it has come near, TB rewards trajectories for being unlikely,
 * or likely, whatever they end in, and a policy that has collapsed by then does not come back.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { logWeights } from "../metrics/sampled.ts";
import type { StepNumbers } from "../objectives/contract.ts";
import type { WarningEvent } from "./events.ts";

/** Nats off, and share of all steps under way, from which on it is said. */
const NATS = 20, SHARE = 0.1;

/**
 * A warning where log Z has far to go from where it begins to where TB drives it first, the mean over the
 * first batch of log R + log P_B - log P_F; null where it has not. Adam moves it by about its rate a step.
 */
export function logZLag(
  { logZ, steps }: RunConfig,
  numbers: StepNumbers,
): WarningEvent | null {
  const weights = logWeights(numbers);
  const wanted = weights.reduce((sum, w) => sum + w, 0) / weights.length,
    way = Math.abs(wanted - logZ.initial);
  if (!Number.isFinite(wanted)) return null;
  const under = Math.ceil(way / logZ.lr);
  if (way < NATS || under < SHARE * steps) return null;
  return {
    type: "warning",
    code: "W_LOG_Z_LAGS",
    message:
      `log Z begins at ${logZ.initial}, the first batch asks for ${
        wanted.toFixed(0)
      }: at ${logZ.lr} a step ` +
      `that takes ${under} steps of ${steps}, in which a policy may collapse; want ` +
      `logZ.initial=${wanted.toFixed(0)}, or objective=vargrad, which has no log Z`,
    step: 0,
  };
}

/**
 * Exploration: how the sampling distribution differs from the policy.
 *
 * @module
 */
import { logSoftmaxRow } from "../tensor/categorical.ts";

/** The sampling distribution, as a change of the policy's. */
export interface Exploration {
  /** Share of actions drawn uniformly over the allowed ones, in [0, 1]. */
  epsilon: number;
  /** Divides the logits. */
  temperature: number;
  /** Subtracted from the logit of the stop action; ignored where there is none. */
  exitBias: number;
}

/** Sampling from the policy itself. */
export const NO_EXPLORATION: Exploration = { epsilon: 0, temperature: 1, exitBias: 0 };

/** Whether the sampling distribution is the policy's own. */
export function isOnPolicy({ epsilon, temperature, exitBias }: Exploration): boolean {
  return epsilon === 0 && temperature === 1 && exitBias === 0;
}

/** Writes the log-probabilities of the sampling distribution for one state. */
export type SamplingDistribution = (
  /** logits of the policy, this state's from `at` on */
  logits: Float32Array,
  at: number,
  /** 1 = allowed, this state's from `maskAt` on */
  mask: Uint8Array,
  maskAt: number,
  /** [A] nats, from 0 on; -Infinity where masked */
  out: Float64Array,
) => void;

/**
 * The sampling distribution, in this order: the exit bias is taken off the stop logit, the logits are
 * divided by the temperature, the masked log-softmax is taken, (1 - epsilon) p + epsilon uniform is
 * mixed.
 *
 * @param actions A
 */
export function samplingDistribution(
  { epsilon, temperature, exitBias }: Exploration,
  actions: number,
  stopAction: number | null,
): SamplingDistribution {
  const changed = new Float32Array(actions);
  return (logits, at, mask, maskAt, out) => {
    let allowed = 0;
    for (let a = 0; a < actions; a++) {
      const bias = a === stopAction ? exitBias : 0;
      changed[a] = (logits[at + a]! - bias) / temperature;
      allowed += mask[maskAt + a]!;
    }
    logSoftmaxRow(changed, 0, actions, mask, maskAt, out, 0);
    if (epsilon === 0) return;
    for (let a = 0; a < actions; a++) {
      if (mask[maskAt + a] === 0) continue;
      out[a] = Math.log((1 - epsilon) * Math.exp(out[a]!) + epsilon / allowed);
    }
  };
}

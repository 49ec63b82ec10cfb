/**
 * Measures estimated from sampled trajectories, for environments whose states cannot be listed. Each
 * name ends with how it was sampled, and each mean comes with its standard error.
 *
 * @module
 */
import type { StepNumbers } from "../objectives/contract.ts";
import { trajectoryCount } from "../rollout/batch.ts";

/** Measures over trajectories drawn from P_F itself. */
export interface ForwardSampleMetrics {
  /** Mean of w = log R + sum log P_B - sum log P_F, nats: an unbiased estimate of the ELBO. */
  elboForwardSamples: number;
  /** Its standard error. */
  elboForwardSamplesError: number;
  /** log of the mean of exp(w), nats: below log Z on average, and nearer with more samples. */
  logZForwardSamples: number;
  /** Mean of log R, nats. */
  meanLogRewardForwardSamples: number;
  /** Its standard error. */
  meanLogRewardForwardSamplesError: number;
}

/** [N] w = log R + sum log P_B - sum log P_F of each trajectory, nats: its importance for the target. */
export function logWeights(numbers: StepNumbers): Float64Array {
  const { batch } = numbers, logPf = numbers.logPf(), logPb = numbers.logPb();
  const w = new Float64Array(trajectoryCount(batch));
  for (let i = 0; i < w.length; i++) {
    w[i] = batch.logReward[i]!;
    for (let k = batch.start[i]!; k < batch.start[i + 1]!; k++) w[i]! += logPb[k]! - logPf[k]!;
  }
  return w;
}

/** Measures a policy by trajectories that it sampled without exploration. */
export function forwardSampleMetrics(numbers: StepNumbers): ForwardSampleMetrics {
  const means = new SampledMeans();
  means.add(numbers);
  return means.measures();
}

/** The measures over any number of batches, of which two numbers a trajectory are kept. */
export class SampledMeans {
  readonly #w: Float64Array[] = [];
  readonly #logReward: Float64Array[] = [];

  /** Adds a batch that P_F sampled without exploration. */
  add(numbers: StepNumbers): void {
    this.#w.push(logWeights(numbers));
    this.#logReward.push(numbers.batch.logReward);
  }

  /** The measures of all that was added. */
  measures(): ForwardSampleMetrics {
    const w = joined(this.#w), elbo = meanAndError(w);
    const reward = meanAndError(joined(this.#logReward));
    return {
      elboForwardSamples: elbo.mean,
      elboForwardSamplesError: elbo.error,
      logZForwardSamples: logMeanExp(w),
      meanLogRewardForwardSamples: reward.mean,
      meanLogRewardForwardSamplesError: reward.error,
    };
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Mean and standard error of the mean; the error of a single number is NaN. */
function meanAndError(x: Float64Array): { mean: number; error: number } {
  const n = x.length, mean = x.reduce((sum, xi) => sum + xi, 0) / n;
  const variance = x.reduce((sum, xi) => sum + (xi - mean) ** 2, 0) / (n - 1);
  return { mean, error: Math.sqrt(variance / n) };
}

function logMeanExp(x: Float64Array): number {
  const max = x.reduce((a, b) => Math.max(a, b), -Infinity);
  if (max === -Infinity) return max;
  return max + Math.log(x.reduce((sum, xi) => sum + Math.exp(xi - max), 0) / x.length);
}

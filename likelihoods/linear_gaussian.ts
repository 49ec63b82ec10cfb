/**
 * A linear model with known noise and normal weights:
 * log N(X_j; priorMean * row sums of X_P, obsScale^2 I + priorScale^2 X_P X_P^T).
 *
 * @module
 */
import type { EnvironmentTools } from "../plugins/contract.ts";
import { eliminate, products } from "./_matrices.ts";
import type { LocalScore } from "./local_score.ts";
import { numbersOf, type Samples } from "./samples.ts";

/** Constants of the model. */
export interface LinearGaussianOptions {
  /** Standard deviation of the noise of a sample. */
  obsScale: number;
  /** Of the weights. */
  priorScale: number;
  /** Mean of the weights. */
  priorMean: number;
}

/** @throws {GfnError} of `tools.fail`, here or when a score is asked for that doubles cannot hold */
export function linearGaussian(
  samples: Samples,
  { priorMean: m, obsScale, priorScale }: LinearGaussianOptions,
  tools: EnvironmentTools,
): LocalScore {
  const rows = numbersOf(samples, tools), N = rows.length;
  const noise = obsScale ** 2, ratio = priorScale ** 2 / noise;
  const G = products(rows, samples.names.length);
  return (j, parents) => {
    // y = X_j - m * row sums; by Woodbury's identity a matrix of parents is enough.
    const sums = parents.map((p) => parents.reduce((sum, q) => sum + G[p]![q]!, 0));
    const withY = parents.map((p, k) => G[p]![j]! - m * sums[k]!);
    const yy = G[j]![j]! +
      parents.reduce((sum, p, k) => sum + m * (m * sums[k]! - 2 * G[p]![j]!), 0);
    const matrix = parents.map((p, k) => [
      ...parents.map((q) => ratio * G[p]![q]! + (p === q ? 1 : 0)),
      withY[k]!,
    ]);
    const { logDet, left } = eliminate([...matrix, [...withY, yy / ratio]], tools);
    return -(left * ratio / noise + logDet + N * Math.log(2 * Math.PI * noise)) / 2;
  };
}

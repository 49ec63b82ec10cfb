/**
 * BGe: linear models with Gaussian noise whose parameters are integrated out under a normal-Wishart prior
 * (Geiger and Heckerman 1994; Kuipers et al. 2014), with mean 0 and T = t I,
 * t = alphaMu (alphaW - n - 1) / (alphaMu + 1).
 *
 * @module
 */
import type { EnvironmentTools } from "../plugins/contract.ts";
import { logGamma } from "./_log_gamma.ts";
import { dependent, eliminate, products } from "./_matrices.ts";
import type { LocalScore } from "./local_score.ts";
import { numbersOf, type Samples } from "./samples.ts";

/** Constants of the prior. */
export interface BgeOptions {
  /** Samples that the prior mean counts as. */
  alphaMu: number;
  /** Degrees of freedom, above n + 1; null: n + 2. */
  alphaW: number | null;
}

/** @throws {GfnError} of `tools.fail`, here or when a score is asked for that doubles cannot hold */
export function bge(samples: Samples, options: BgeOptions, tools: EnvironmentTools): LocalScore {
  const rows = numbersOf(samples, tools), n = samples.names.length, N = rows.length;
  const { alphaMu } = options, alphaW = options.alphaW ?? n + 2;
  if (!(alphaW > n + 1)) tools.fail(`alphaW is ${alphaW}, want above n + 1 = ${n + 1}`);
  const t = alphaMu * (alphaW - n - 1) / (alphaMu + 1);
  const means = samples.names.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / N);
  const scatter = products(rows.map((row) => row.map((x, i) => x - means[i]!)), n);
  const R = scatter.map((row, i) =>
    row.map((x, j) => x + (i === j ? t : 0) + N * alphaMu / (N + alphaMu) * means[i]! * means[j]!)
  );
  const constant = Math.log(alphaMu / (N + alphaMu)) / 2 - N / 2 * Math.log(Math.PI);
  return (j, parents) => {
    // Of log p(P + j) - log p(P) all gamma functions cancel but one of each kind.
    const family = [...parents, j], l = parents.length, free = alphaW - n + l;
    const { logDet, left } = eliminate(family.map((a) => family.map((b) => R[a]![b]!)), tools);
    if (!(left > 0)) dependent(tools);
    return constant + logGamma((N + free + 1) / 2) - logGamma((free + 1) / 2) +
      (free + 1 + l) / 2 * Math.log(t) - (N + free + 1) / 2 * Math.log(left) - logDet / 2;
  };
}

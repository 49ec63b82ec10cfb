/**
 * BDe: tables of probabilities that are integrated out under Dirichlet priors (Heckerman, Geiger and
 * Chickering 1995), uniform ones (BDeu, Buntine 1991): a variable of r categories whose parents have q
 * configurations counts alpha / (q r) samples of each before any is seen,
 *
 *     sum over configurations c of log Gamma(alpha / q) - log Gamma(alpha / q + N_c)
 *       + sum over categories k of log Gamma(alpha / (q r) + N_ck) - log Gamma(alpha / (q r)).
 *
 * A configuration that no sample has adds 0, so that only those of the data are counted, however many
 * parents there are.
 *
 * @module
 */
import type { EnvironmentTools } from "../plugins/contract.ts";
import { logGamma } from "./_log_gamma.ts";
import type { LocalScore } from "./local_score.ts";
import { categoriesOf, type Samples } from "./samples.ts";

/** Constants of the prior. */
export interface BdeOptions {
  /** alpha, the equivalent sample size: samples that the prior counts as. */
  equivalentSamples: number;
}

/** @throws {GfnError} of `tools.fail`, where the samples are not of categories */
export function bde(
  samples: Samples,
  { equivalentSamples: alpha }: BdeOptions,
  tools: EnvironmentTools,
): LocalScore {
  const { sizes, codes } = categoriesOf(samples, tools), N = samples.rows.length;

  /** Which configuration of its parents each sample has, from 0 in the order of their coming. */
  function configurations(parents: readonly number[]): { of: Int32Array; count: number } {
    const of = new Int32Array(N);
    let count = 1;
    for (const p of parents) {
      const known = new Map<number, number>(), r = sizes[p]!, own = codes[p]!;
      for (let s = 0; s < N; s++) {
        const key = of[s]! * r + own[s]!;
        if (!known.has(key)) known.set(key, known.size);
        of[s] = known.get(key)!;
      }
      count = known.size;
    }
    return { of, count };
  }

  return (j, parents) => {
    const r = sizes[j]!, own = codes[j]!, { of, count } = configurations(parents);
    const inAll = new Int32Array(count), inEach = new Int32Array(count * r);
    for (let s = 0; s < N; s++) {
      inAll[of[s]!]!++;
      inEach[of[s]! * r + own[s]!]!++;
    }
    const ofAll = alpha / parents.reduce((q, p) => q * sizes[p]!, 1), ofEach = ofAll / r;
    const before = logGamma(ofEach);
    let score = count * logGamma(ofAll);
    for (const n of inAll) score -= logGamma(ofAll + n);
    for (const n of inEach) if (n > 0) score += logGamma(ofEach + n) - before;
    return score;
  };
}

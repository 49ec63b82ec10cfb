/**
 * Two distributions over a list of objects, told in a few numbers: objects ordered by the target's
 * probability and gathered in bins of ranks that grow like powers.
 *
 * @module
 */

/** Objects of neighbouring ranks. */
export interface RankBin {
  /** Rank of the first of them, from 1: the most probable object of the target. */
  from: number;
  /** Rank of the last. */
  to: number;
  /** Mean of the target's probability. */
  target: number;
  /** Mean of the other distribution's. */
  mean: number;
  /** Its tenth percentile. */
  low: number;
  /** Its ninetieth. */
  high: number;
}

/**
 * Gathers objects by rank.
 *
 * @param p [X] the target; objects of probability 0 are left out
 * @param q [X] the other distribution
 * @param most bins at most
 */
export function rankProfile(
  p: ArrayLike<number>,
  q: ArrayLike<number>,
  most: number,
): RankBin[] {
  const order = Array.from(p, (_, x) => x).filter((x) => p[x]! > 0)
    .sort((a, b) => p[b]! - p[a]! || a - b);
  const X = order.length, bins: RankBin[] = [];
  for (let from = 0, bin = 1; from < X; bin++) {
    const to = Math.min(X, Math.max(from + 1, Math.round(X ** (bin / most))));
    const own = order.slice(from, to), sorted = own.map((x) => q[x]!).sort((a, b) => a - b);
    bins.push({
      from: from + 1,
      to,
      target: mean(own.map((x) => p[x]!)),
      mean: mean(sorted),
      low: quantile(sorted, 0.1),
      high: quantile(sorted, 0.9),
    });
    from = to;
  }
  return bins;
}

/** Shannon's entropy, nats. */
export function entropy(p: ArrayLike<number>): number {
  let sum = 0;
  for (let x = 0; x < p.length; x++) if (p[x]! > 0) sum -= p[x]! * Math.log(p[x]!);
  return sum;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Of values in order, without interpolation. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))]!;
}

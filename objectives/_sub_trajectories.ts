/**
 * The sub-trajectories s_i .. s_j of a batch, 0 <= i < j <= L, and the seven ways to weigh them.
 *
 * @module
 */
import { z } from "zod";

/** Names of the weightings, as torchgfn has them. */
export const weightings = [
  "geometric-within",
  "geometric",
  "equal-within",
  "equal",
  "db",
  "modified-db",
  "tb",
] as const;

/** How sub-trajectories are weighed. */
export type Weighting = typeof weightings[number];

/** The options that SubTB and Sub-EB share. */
export const weightingOptions = {
  weighting: z.enum(weightings).default("geometric-within").describe(
    "weights of sub-trajectories: lambda^(length-1) within a trajectory or over the batch, equal so, or only those of DB, modified DB or TB",
  ),
  lambda: z.number().positive().max(10).default(0.9)
    .describe("lambda of the geometric weightings; read by no other"),
};

/** X sub-trajectories in the order of their trajectories. */
export interface SubTrajectories {
  /** [X] place of s_i among the S + N states of the batch, ends included. */
  from: Int32Array;
  /** [X] place of s_j. */
  to: Int32Array;
  /** [X] adding up to 1 over the batch. */
  weight: Float32Array;
  /** [N+1] offsets of the trajectories. */
  start: Int32Array;
}

/**
 * Every sub-trajectory that has a weight.
 *
 * @param start [N+1] step offsets; trajectory n has L = start[n+1] - start[n] steps and L + 1 states
 */
export function subTrajectories(
  start: Int32Array,
  weighting: Weighting,
  lambda: number,
): SubTrajectories {
  const N = start.length - 1;
  const lengths = Array.from({ length: N }, (_, n) => start[n + 1]! - start[n]!);
  const weigh = weigher(lengths, weighting, lambda);
  const from: number[] = [], to: number[] = [], weight: number[] = [];
  const offsets = new Int32Array(N + 1);
  lengths.forEach((L, n) => {
    const first = start[n]! + n;
    for (let i = 0; i < L; i++) {
      for (let j = i + 1; j <= L; j++) {
        const w = weigh(j - i, L);
        if (w === 0) continue;
        from.push(first + i);
        to.push(first + j);
        weight.push(w);
      }
    }
    offsets[n + 1] = from.length;
  });
  return {
    from: Int32Array.from(from),
    to: Int32Array.from(to),
    weight: Float32Array.from(weight),
    start: offsets,
  };
}

/** The weight of a sub-trajectory of `length` steps in a trajectory of L. */
function weigher(
  lengths: readonly number[],
  weighting: Weighting,
  lambda: number,
): (length: number, L: number) => number {
  const N = lengths.length, S = lengths.reduce((sum, L) => sum + L, 0);
  switch (weighting) {
    case "geometric-within": {
      const totals = new Map<number, number>(); // sum over a trajectory of L steps
      for (const L of lengths) {
        let total = 0;
        for (let k = 1; k <= L; k++) total += (L + 1 - k) * lambda ** (k - 1);
        totals.set(L, total);
      }
      return (length, L) => lambda ** (length - 1) / totals.get(L)! / N;
    }
    case "geometric": {
      const longest = Math.max(...lengths);
      const count = new Float64Array(longest + 1); // sub-trajectories of each length in the batch
      for (const L of lengths) for (let k = 1; k <= L; k++) count[k]! += L + 1 - k;
      let total = 0;
      for (let k = 1; k <= longest; k++) total += lambda ** (k - 1);
      return (length) => lambda ** (length - 1) / total / count[length]!;
    }
    case "equal-within":
      return (_length, L) => 2 / (L * (L + 1)) / N;
    case "equal": {
      const all = lengths.reduce((sum, L) => sum + L * (L + 1) / 2, 0);
      return () => 1 / all;
    }
    case "db":
      return (length) => length === 1 ? 1 / S : 0;
    case "modified-db":
      return (length, L) => length === 1 ? 1 / L / N : 0;
    case "tb":
      return (length, L) => length === L ? 1 / N : 0;
  }
}

/**
 * Numbers of trajectories, and the P_B of maximum entropy that they give (Mohammadpour et al. 2024,
 * arXiv:2312.14331): P_B(s|s') = n(s) / n(s'), so that every trajectory to an object is equally likely.
 *
 * @module
 */
import { logAddExp } from "./log_add_exp.ts";
import type { StateGraph } from "./state_graph.ts";

/**
 * log of the number n(s) of ways from s_0 to each state, parallel edges counted apart.
 *
 * @returns [M]
 */
export function logPathCounts({ size: M, forwardActions: A, next }: StateGraph): Float64Array {
  const log = new Float64Array(M).fill(-Infinity);
  log[0] = 0;
  for (let s = 0; s < M; s++) {
    for (let e = s * A; e < (s + 1) * A; e++) {
      const to = next[e]!;
      if (to >= 0) log[to] = logAddExp(log[to]!, log[s]!);
    }
  }
  return log;
}

/**
 * Logits of the P_B of maximum entropy: log n of the state that each backward action leads to.
 *
 * @returns [M * B], -Infinity where no edge comes in
 */
export function maximumEntropyLogits(graph: StateGraph): Float64Array {
  const { size: M, forwardActions: A, backwardActions: B, next, backwardOf } = graph;
  const log = logPathCounts(graph), logits = new Float64Array(M * B).fill(-Infinity);
  for (let s = 0; s < M; s++) {
    for (let e = s * A; e < (s + 1) * A; e++) {
      if (next[e]! >= 0) logits[next[e]! * B + backwardOf[e]!] = log[s]!;
    }
  }
  return logits;
}

/**
 * How probable features of a directed graph are under a distribution over graphs: of single edges, of
 * paths, of membership in a Markov blanket. The distribution may be the exact posterior or where the
 * trajectories of a policy end (`visits` of `metrics/exact.ts`).
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { HostedEnvironment } from "../plugins/open.ts";

/** Three matrices [n * n], row by row; the diagonals are 0. */
export interface Marginals {
  /** n, nodes. */
  nodes: number;
  /** Probability of the edge i -> j. */
  edge: Float64Array;
  /** Probability that a directed path leads from i to j. */
  path: Float64Array;
  /** Probability that i is in j's Markov blanket: its parents, its children and their other parents. */
  markovBlanket: Float64Array;
}

/**
 * Sums the probabilities of the graphs that have a feature.
 *
 * @param environment lists its states, which a policy sees as directed graphs
 * @param probability [M] of each state, in the order of the enumeration
 * @throws {GfnError} `E_MARGINALS` when the states are no directed graphs or not listed
 */
export function graphMarginals(
  environment: HostedEnvironment,
  probability: ArrayLike<number>,
): Marginals {
  const { observation, enumeration, stateWords, name } = environment;
  if (observation.kind !== "graph" || !observation.directed || enumeration === undefined) {
    throw usageError(
      "E_MARGINALS",
      `Cannot sum over the graphs of "${name}": found observations of kind ${observation.kind}${
        enumeration === undefined ? " and no list of states" : ""
      }, want directed graphs that are listed`,
    );
  }
  const { nodes: n } = observation, state = new Int32Array(stateWords);
  const words = new Int32Array(n * n), has = new Uint8Array(n * n), reaches = new Uint8Array(n * n);
  const [edge, path, markovBlanket] = [1, 2, 3].map(() => new Float64Array(n * n)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let s = 0; s < enumeration.size; s++) {
    const p = probability[s]!;
    if (p === 0) continue;
    enumeration.state(s, state, 0);
    observation.write(state, 0, words, 0);
    readEdges(words, n, has);
    close(has, n, reaches);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const at = i * n + j;
        if (i === j) continue;
        if (has[at] === 1) edge[at]! += p;
        if (reaches[at] === 1) path[at]! += p;
        if (inBlanket(has, n, i, j)) markovBlanket[at]! += p;
      }
    }
  }
  return { nodes: n, edge, path, markovBlanket };
}

/** The adjacency matrix of a graph observation: pairs above the diagonal in row order, then those below. */
function readEdges(words: Int32Array, n: number, has: Uint8Array): void {
  let word = n;
  for (const above of [true, false]) {
    for (let i = 0; i < n; i++) {
      for (let j = above ? i + 1 : 0; j < (above ? n : i); j++) {
        has[i * n + j] = words[word++] === 0 ? 0 : 1;
      }
    }
  }
}

/** Which node leads to which. */
function close(has: Uint8Array, n: number, reaches: Uint8Array): void {
  reaches.set(has);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      if (reaches[i * n + k] === 0) continue;
      for (let j = 0; j < n; j++) reaches[i * n + j]! |= reaches[k * n + j]!;
    }
  }
}

function inBlanket(has: Uint8Array, n: number, i: number, j: number): boolean {
  if (has[i * n + j] === 1 || has[j * n + i] === 1) return true;
  for (let child = 0; child < n; child++) {
    if (has[i * n + child] === 1 && has[j * n + child] === 1) return true;
  }
  return false;
}

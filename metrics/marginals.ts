/**
 * How probable features of a directed graph are under a distribution over graphs: of single edges, of
 * paths, of membership in a Markov blanket. The distribution may be the exact posterior, where the
 * trajectories of a policy end (`visits` of `metrics/exact.ts`), or samples.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";
import type { Digraph } from "../plugins/contract.ts";
import type { HostedEnvironment } from "../plugins/open.ts";

/** What of a graph has a probability. */
export const graphFeatures = ["edge", "path", "markovBlanket"] as const;

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
 * @param environment reads its objects as directed graphs and lists its states
 * @param probability [M] of each state, in the order of the enumeration
 * @throws {GfnError} `E_MARGINALS` when it does not, or reads something else from a state
 */
export function graphMarginals(
  environment: HostedEnvironment,
  probability: ArrayLike<number>,
): Marginals {
  const { enumeration, stateWords } = environment;
  const sums = new MarginalSums(environment), state = new Int32Array(stateWords);
  if (enumeration === undefined) throw noMarginals(environment, "no list of states", "one");
  for (let s = 0; s < enumeration.size; s++) {
    if (probability[s] === 0) continue;
    enumeration.state(s, state, 0);
    sums.add(state, 0, probability[s]!);
  }
  return sums.over(1);
}

/** Marginals that are added up graph by graph. */
export class MarginalSums {
  readonly #environment: HostedEnvironment;
  readonly #digraph: Digraph;
  readonly #has: Uint8Array;
  readonly #reaches: Uint8Array;
  readonly #sums: Marginals;

  /** @throws {GfnError} `E_MARGINALS` when the environment does not read its objects as directed graphs */
  constructor(environment: HostedEnvironment) {
    if (!environment.digraph) {
      throw noMarginals(environment, "no digraph", "an environment that has this ability");
    }
    this.#environment = environment;
    this.#digraph = environment.digraph;
    const nodes = this.#digraph.names.length, size = nodes ** 2;
    this.#has = new Uint8Array(size);
    this.#reaches = new Uint8Array(size);
    const [edge, path, markovBlanket] = graphFeatures.map(() => new Float64Array(size));
    this.#sums = { nodes, edge: edge!, path: path!, markovBlanket: markovBlanket! };
  }

  /**
   * Adds a terminating state.
   *
   * @throws {GfnError} `E_MARGINALS` when it is read as something else than a graph
   */
  add(states: Int32Array, at: number, weight: number): void {
    const { nodes: n, edge, path, markovBlanket } = this.#sums, has = this.#has;
    this.#read(states, at);
    close(has, n, this.#reaches);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const e = i * n + j;
        if (i === j) continue;
        if (has[e] === 1) edge[e]! += weight;
        if (this.#reaches[e] === 1) path[e]! += weight;
        if (inBlanket(has, n, i, j)) markovBlanket[e]! += weight;
      }
    }
  }

  /** The sums so far, each divided by the weight of all. */
  over(total: number): Marginals {
    const { nodes, edge, path, markovBlanket } = this.#sums;
    const divided = (sums: Float64Array) => sums.map((sum) => sum / total);
    return {
      nodes,
      edge: divided(edge),
      path: divided(path),
      markovBlanket: divided(markovBlanket),
    };
  }

  #read(states: Int32Array, at: number): void {
    const has = this.#has, { names } = this.#digraph, n = names.length;
    has.fill(2); // so that a byte that is left out is found
    this.#digraph.write(states, at, has, 0);
    const bad = has.findIndex((byte, e) => byte > (e % (n + 1) === 0 ? 0 : 1));
    if (bad < 0) return;
    const { name, stateWords } = this.#environment;
    const [i, j] = [names[Math.floor(bad / n)], names[bad % n]];
    throw failure(
      "E_MARGINALS",
      `Cannot read an object of environment "${name}" as a graph: digraph.write gave ${
        has[bad]
      } from ${i} to ${j} at the state [${
        states.subarray(at, at + stateWords).join(" ")
      }], want 0 or 1, and 0 from a node to itself`,
    );
  }
}

function noMarginals({ name }: HostedEnvironment, found: string, wanted: string): Error {
  return usageError(
    "E_MARGINALS",
    `Cannot give marginals of the graphs of "${name}": found ${found}, want ${wanted}`,
  );
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

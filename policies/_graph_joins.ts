/**
 * What joins two nodes, read from the words of an observation.
 *
 * @module
 */
import type { GraphObservation } from "../plugins/contract.ts";
import { type EdgeEnds, edgeEnds } from "./_graph_relations.ts";

/** Reads the words of pairs. */
export class GraphJoins {
  readonly ends: EdgeEnds;
  /** Slots of each pair, in the contract's order. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly #observation: GraphObservation;
  /** [n * n] index of the pair (i, j), -1 where there is none. */
  readonly #index: Int32Array;
  /** The word that a word is from the other end. */
  readonly #turned: Int32Array;

  constructor(observation: GraphObservation) {
    const { nodes: n, directed, edgeTypes, reversed } = observation;
    const from: number[] = [], to: number[] = [];
    this.#observation = observation;
    this.#index = new Int32Array(n * n).fill(-1);
    const add = (i: number, j: number) => {
      this.#index[i * n + j] = from.length;
      from.push(i);
      to.push(j);
    };
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) add(i, j);
    for (let i = 0; directed && i < n; i++) for (let j = 0; j < i; j++) add(i, j);
    this.ends = edgeEnds(observation);
    this.from = Int32Array.from(from);
    this.to = Int32Array.from(to);
    this.#turned = Int32Array.from(
      { length: 1 + edgeTypes },
      (_, w) => w === 0 || !reversed ? w : 1 + reversed[w - 1]!,
    );
  }

  /** The pair (i, j) by its number; of undirected ones i is below j. */
  pair(i: number, j: number): number {
    return this.#index[i * this.#observation.nodes + j]!;
  }

  /**
   * The word of the edge from i to j, as i sees it.
   *
   * @param at place of the first pair's word among the values
   */
  word(values: ArrayLike<number>, at: number, i: number, j: number): number {
    if (i < j || this.#observation.directed) return values[at + this.pair(i, j)]!;
    return this.#turned[values[at + this.pair(j, i)]!]!;
  }

  /** What node i sees of node j: a row of the table of views. */
  view(values: ArrayLike<number>, at: number, i: number, j: number): number {
    const word = this.word(values, at, i, j), { directed, edgeTypes } = this.#observation;
    return directed ? word * (1 + edgeTypes) + this.word(values, at, j, i) : word;
  }
}

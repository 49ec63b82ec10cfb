/**
 * Forests of n taxa in slots: a tree stands in the slot of its smallest taxon. Word j is 0 where slot j has
 * a tree, else 1 + i n + how many trees slot i had taken in before it took in slot j's.
 *
 * @module
 */
import type { Alignment } from "./alignment.ts";
import { join, joinCost, patternsOf } from "./fitch.ts";
import { drawTrees, newick, type Tree } from "./tree.ts";

/** The forests of an alignment's taxa, and what they cost. Each function reads n words from `at` on. */
export class Forests {
  readonly #names: readonly string[];
  readonly #leaves: readonly Int32Array[];
  readonly #weights: Int32Array;
  /** What the roots have, as `#join` left it. */
  readonly #sets: readonly Int32Array[];
  /** [n * n] what joining two taxa costs. */
  readonly #apart: Int32Array;
  /** Trees that each slot has taken in, and [n * n] these in order, as `#read` left it. */
  readonly #taken: Int32Array;
  readonly #children: Int32Array;

  constructor(alignment: Alignment) {
    const { leaves, weights } = patternsOf(alignment), n = leaves.length;
    this.#names = alignment.names;
    this.#leaves = leaves;
    this.#weights = weights;
    this.#sets = leaves.map((leaf) => leaf.slice());
    this.#apart = Int32Array.from(
      { length: n * n },
      (_, k) => joinCost(leaves[Math.floor(k / n)]!, leaves[k % n]!, weights),
    );
    this.#taken = new Int32Array(n);
    this.#children = new Int32Array(n * n);
  }

  /** Most mutations that joining two taxa costs. */
  get farthest(): number {
    return this.#apart.reduce((most, cost) => Math.max(most, cost), 0);
  }

  /** [n] trees that each slot has taken in; to be read before the next call. */
  taken(states: Int32Array, at: number): Int32Array {
    this.#read(states, at);
    return this.#taken;
  }

  /** The slot that slot i took in last; it has taken in one. */
  lastOf(states: Int32Array, at: number, i: number): number {
    this.#read(states, at);
    return this.#children[i * this.#leaves.length + this.#taken[i]! - 1]!;
  }

  /** Mutations of all trees. */
  mutations(states: Int32Array, at: number): number {
    this.#read(states, at);
    return this.#join();
  }

  /**
   * Writes what joining the trees of slots i < j would cost, in mutations; -1 unless both have one.
   *
   * @param out [n (n - 1) / 2] pairs in row order
   */
  joinCosts(states: Int32Array, at: number, out: Int32Array): void {
    const n = this.#leaves.length;
    this.mutations(states, at);
    for (let i = 0, pair = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++, pair++) {
        out[pair] = states[at + i] !== 0 || states[at + j] !== 0
          ? -1
          : this.#taken[i] === 0 && this.#taken[j] === 0
          ? this.#apart[i * n + j]!
          : joinCost(this.#sets[i]!, this.#sets[j]!, this.#weights);
      }
    }
  }

  /** The trees, one after the other, in Newick. */
  text(states: Int32Array, at: number): string {
    return this.#trees(states, at).map((tree) => `${newick(tree, this.#names)};`).join(" ");
  }

  /** The trees below each other: one SVG element. */
  drawing(states: Int32Array, at: number): string {
    return drawTrees(this.#trees(states, at), this.#names);
  }

  #read(states: Int32Array, at: number): void {
    const n = this.#leaves.length;
    this.#taken.fill(0);
    for (let j = 1; j < n; j++) {
      const word = states[at + j]!;
      if (word === 0) continue;
      this.#taken[Math.floor((word - 1) / n)]!++;
      this.#children[word - 1] = j;
    }
  }

  /** Fills the sets of the forest read; gives its mutations. Slots only take in higher ones, whole by then. */
  #join(): number {
    const n = this.#leaves.length, sets = this.#sets;
    let sum = 0;
    for (let i = n - 1; i >= 0; i--) {
      sets[i]!.set(this.#leaves[i]!);
      for (let k = 0; k < this.#taken[i]!; k++) {
        sum += join(sets[i]!, sets[this.#children[i * n + k]!]!, this.#weights);
      }
    }
    return sum;
  }

  #trees(states: Int32Array, at: number): Tree[] {
    const n = this.#leaves.length;
    this.#read(states, at);
    const trees: Tree[] = this.#names.map((_, i) => i);
    for (let i = n - 1; i >= 0; i--) {
      for (let k = 0; k < this.#taken[i]!; k++) {
        trees[i] = [trees[i]!, trees[this.#children[i * n + k]!]!];
      }
    }
    return trees.filter((_, j) => states[at + j] === 0);
  }
}

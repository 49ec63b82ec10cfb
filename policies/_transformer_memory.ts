/**
 * What a causal Transformer remembers between calls off the tape: of every beginning of a sequence that
 * it has met its keys, its values and what it is at last. A rollout then computes one token for each step of a trajectory.
 *
 * @module
 */
import { allocate, release, u8 } from "../tensor/heap.ts";
import { type Sequences, SequenceTree, type TokenSource } from "./_token_sequences.ts";
import type { TransformerShape } from "./_transformer_layout.ts";
import { type Kept, rowBytes } from "./_transformer_trace.ts";
import type { ObservationRows } from "./network.ts";

/** Bytes kept from which a memory starts over before the next call. */
const FORGET_BYTES = 2 ** 25;

/** Beginnings of sequences and what was computed of them. */
export class TokenMemory {
  readonly #source: TokenSource;
  readonly #shape: TransformerShape;
  #tree: SequenceTree;
  /** Tokens computed. */
  #known = 0;
  #capacity = 0;
  #kept: Kept;

  constructor(source: TokenSource, shape: TransformerShape) {
    this.#source = source;
    this.#shape = shape;
    this.#tree = new SequenceTree(source);
    this.#kept = {
      qkv: Array.from({ length: shape.layers }, () => allocate(0)),
      x: allocate(0),
    };
  }

  /**
   * Adds rows `from` to `to`.
   *
   * @returns sequences in which only what is not known yet is new, from token `first` on
   */
  add(input: ObservationRows, from: number, to: number): { sequences: Sequences; first: number } {
    const { qkv, y2 } = rowBytes(this.#shape);
    const bytes = this.#known * (qkv * this.#shape.layers + y2);
    if (bytes > FORGET_BYTES) this.forget();
    const first = this.#known, ends = this.#tree.add(input, from, to);
    const sequences = this.#tree.sequences(first, ends);
    this.#reserve(sequences.count);
    this.#known = sequences.count;
    return { sequences, first };
  }

  /** Where what is kept of all tokens added so far is, or will be. */
  get kept(): Kept {
    return this.#kept;
  }

  /** Forgets everything: the weights changed, or there is too much of it. */
  forget(): void {
    this.#tree = new SequenceTree(this.#source);
    this.#known = 0;
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#kept.qkv.forEach(release);
    release(this.#kept.x);
  }

  #reserve(tokens: number): void {
    if (tokens <= this.#capacity) return;
    this.#capacity = Math.max(tokens, 2 * this.#capacity);
    const grown = (old: number, bytes: number) => {
      const block = allocate(bytes * this.#capacity), known = bytes * this.#known;
      u8(block, known).set(u8(old, known));
      release(old);
      return block;
    };
    const { qkv, x } = this.#kept, rows = rowBytes(this.#shape);
    this.#kept = { qkv: qkv.map((old) => grown(old, rows.qkv)), x: grown(x, rows.y2) };
  }
}

/**
 * Observations on their way into a Transformer: checked, and turned into sequences of tokens that begin
 * with one token of the network's own. Absent tokens are left out, so nothing is padded. Under causal
 * attention what a token knows is decided by the tokens before it, so sequences that begin alike share the
 * tokens of their beginning: the states of a trajectory that appends cost one token each.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { ObservationRows } from "./network.ts";

/** What sequences are read from. */
export interface TokenSource {
  /** Number of values of each position. */
  sizes: readonly number[];
  /** The value that says that a position is empty and is left out; null where none does. */
  absent: number | null;
  attention: "causal" | "bidirectional";
}

/** Sequences of a batch, over tokens that are numbered 0..count-1. */
export interface Sequences {
  count: number;
  /** [tokens * 2] of each token that is new: its rows of the embeddings, that of its value and of its place. */
  embedded: Int32Array;
  /** Token numbers: the sequences that groups and rows point into. */
  index: Int32Array;
  /** [groups * 3] (first, n, p): index[first .. first + n) is a sequence, computed from its p-th token on. */
  groups: Int32Array;
  /** Most tokens of a sequence. */
  longest: number;
  /** [rows * 2] (first, n): what each row is read from in `index`, its sequence or the last token of that. */
  rows: Int32Array;
}

/** Row of the embedding that every sequence begins with: the one after the values'. */
export function startValue({ sizes }: TokenSource): number {
  return Math.max(...sizes);
}

/** Row of the embedding of the first place, where that token stands; the other places follow. */
export function firstPlace(source: TokenSource): number {
  return startValue(source) + 1;
}

/**
 * The sequences of rows `from` to `to`.
 *
 * @throws {GfnError} `E_NETWORK_INPUT` when a value is not what the environment declared, or a causal
 * sequence goes on after an absent token
 */
export function readSequences(
  source: TokenSource,
  input: ObservationRows,
  from: number,
  to: number,
): Sequences {
  if (source.attention === "causal") {
    const tree = new SequenceTree(source);
    return tree.sequences(0, tree.add(input, from, to));
  }
  return apart(source, checkValues(source, input, from, to), from, to);
}

/** Every row a sequence of its own, whose tokens are numbered one after the other. */
function apart(source: TokenSource, values: Int32Array, from: number, to: number): Sequences {
  const { sizes, absent } = source, L = sizes.length, R = to - from;
  const start = startValue(source), place = firstPlace(source);
  const embedded = new Int32Array(2 * R * (L + 1)), groups = new Int32Array(3 * R);
  const rows = new Int32Array(2 * R);
  let count = 0, longest = 0;
  for (let r = 0; r < R; r++) {
    const first = count;
    embedded[2 * count] = start;
    embedded[2 * count++ + 1] = place;
    for (let f = 0, at = (from + r) * L; f < L; f++, at++) {
      const value = values[at]!;
      if (value === absent) continue;
      embedded[2 * count] = value;
      embedded[2 * count++ + 1] = place + f + 1;
    }
    groups[3 * r] = rows[2 * r] = first;
    groups[3 * r + 1] = rows[2 * r + 1] = count - first;
    longest = Math.max(longest, count - first);
  }
  const index = Int32Array.from({ length: count }, (_, i) => i);
  return { count, embedded: embedded.subarray(0, 2 * count), index, groups, longest, rows };
}

/** Beginnings of sequences, each a token with the one before it: whoever begins so goes on from there. */
export class SequenceTree {
  readonly #source: TokenSource;
  readonly #start: number;
  /** By token: the one before it, its value, the tokens before it. */
  readonly #parent: number[] = [-1];
  readonly #value: number[];
  readonly #depth: number[] = [0];
  /** Token by parent and value. */
  readonly #known = new Map<number, number>();

  constructor(source: TokenSource) {
    this.#source = source;
    this.#start = startValue(source);
    this.#value = [this.#start];
  }

  /** Tokens so far; the first is the one that all sequences begin with. */
  get count(): number {
    return this.#parent.length;
  }

  /**
   * Adds the sequences of rows `from` to `to`; nothing is added of rows that are refused.
   *
   * @returns the last token of each
   * @throws {GfnError} `E_NETWORK_INPUT` as {@linkcode readSequences}
   */
  add(input: ObservationRows, from: number, to: number): Int32Array {
    const values = checkValues(this.#source, input, from, to);
    const { sizes, absent } = this.#source, L = sizes.length, ends = new Int32Array(to - from);
    for (let row = from; row < to; row++) {
      let token = 0;
      for (let f = 0, at = row * L; f < L; f++, at++) {
        const value = values[at]!;
        if (value === absent) break;
        token = this.#child(token, value);
      }
      ends[row - from] = token;
    }
    return ends;
  }

  /**
   * Sequences to the last tokens given, with groups that compute each token from the `first`-th on once:
   * together with the longest sequence that it is part of.
   */
  sequences(first: number, ends: Int32Array): Sequences {
    const { count } = this, parent = this.#parent, depth = this.#depth;
    const embedded = new Int32Array(2 * (count - first)), place = firstPlace(this.#source);
    const goesOn = new Uint8Array(count), done = new Uint8Array(count);
    for (let token = first; token < count; token++) {
      embedded[2 * (token - first)] = this.#value[token]!;
      embedded[2 * (token - first) + 1] = place + depth[token]!;
      if (token > 0) goesOn[parent[token]!] = 1;
    }
    const index: number[] = [], groups: number[] = [];
    let longest = 0;
    for (let token = first; token < count; token++) {
      if (goesOn[token]) continue;
      const at = index.length, n = depth[token]! + 1;
      index.length += n;
      let p = n;
      for (let t = token, i = n - 1; t >= 0; t = parent[t]!, i--) {
        index[at + i] = t;
        if (t < first || done[t]) continue;
        done[t] = 1;
        p = i;
      }
      groups.push(at, n, p);
      longest = Math.max(longest, n);
    }
    const rows = new Int32Array(2 * ends.length), at = index.length;
    ends.forEach((token, r) => {
      index.push(token);
      rows[2 * r] = at + r;
      rows[2 * r + 1] = 1;
    });
    return {
      ...{ count, embedded, longest, rows },
      ...{ index: Int32Array.from(index), groups: Int32Array.from(groups) },
    };
  }

  #child(parent: number, value: number): number {
    const key = parent * this.#start + value;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const token = this.#parent.length;
    this.#known.set(key, token);
    this.#parent.push(parent);
    this.#value.push(value);
    this.#depth.push(this.#depth[parent]! + 1);
    return token;
  }
}

function checkValues(
  { sizes, absent, attention }: TokenSource,
  { rows, values }: ObservationRows,
  from: number,
  to: number,
): Int32Array {
  const L = sizes.length;
  if (!(values instanceof Int32Array)) {
    throw usageError(
      "E_NETWORK_INPUT",
      "Cannot read observations: found float32 numbers, want int32",
    );
  }
  if (values.length !== rows * L) {
    throw usageError(
      "E_NETWORK_INPUT",
      `Cannot read ${rows} observations: found ${values.length} numbers, want ${L} for each`,
    );
  }
  for (let at = from * L, f = 0; at < to * L; at++, f = f + 1 === L ? 0 : f + 1) {
    const value = values[at]!;
    if (value >= 0 && value < sizes[f]!) continue;
    throw usageError(
      "E_NETWORK_INPUT",
      `Cannot read observation ${Math.floor(at / L)}: field ${f} is ${value}, want 0 to ${
        sizes[f]! - 1
      }`,
    );
  }
  if (attention === "causal" && absent !== null) requireEnds(values, from, to, L, absent);
  return values;
}

/** Makes sure that nothing follows an absent token. */
function requireEnds(
  values: Int32Array,
  from: number,
  to: number,
  L: number,
  absent: number,
): void {
  for (let at = from * L + 1; at < to * L; at++) {
    if (values[at] === absent || values[at - 1] !== absent || at % L === 0) continue;
    throw usageError(
      "E_NETWORK_INPUT",
      `Cannot read observation ${Math.floor(at / L)} from left to right: found token ${
        values[at]
      } at position ${
        at % L
      } after an absent one, want policy.transformer.attention = bidirectional`,
    );
  }
}

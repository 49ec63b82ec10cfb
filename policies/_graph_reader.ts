/**
 * Reading observations of graphs into the lists that passes work on.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { GraphObservation } from "../plugins/contract.ts";
import {
  edgeEnds,
  edgeKinds,
  messageMaps,
  OF_GLOBAL,
  OF_NODE,
  OWN,
  viewCount,
} from "./_graph_relations.ts";
import type { ObservationRows } from "./network.ts";
import type { GraphRows } from "./_graph_rows.ts";

/** What of a graph a network reads. */
export interface GraphReading {
  mixing: "message-passing" | "transformer";
  /** Whether any head reads pairs. */
  pairs: "pairs" | "no pairs";
}

/** Pairs of slots in the contract's order, with the index of each. */
interface PairTable {
  from: Int32Array;
  to: Int32Array;
  /** [n * n] index of the pair (i, j). */
  index: Int32Array;
}

/** Reads observations of graphs. */
export class GraphReader {
  readonly #observation: GraphObservation;
  readonly #reading: GraphReading;
  readonly #pairs: PairTable;
  readonly #ends: ReturnType<typeof edgeEnds>;
  /** The word that a word is from the other end. */
  readonly #turned: Int32Array;

  constructor(observation: GraphObservation, reading: GraphReading) {
    this.#observation = observation;
    this.#reading = reading;
    this.#pairs = pairTable(observation);
    this.#ends = edgeEnds(observation);
    const { edgeTypes, reversed } = observation;
    this.#turned = Int32Array.from(
      { length: 1 + edgeTypes },
      (_, w) => w === 0 || !reversed ? w : 1 + reversed[w - 1]!,
    );
  }

  /** Pairs of slots. */
  get pairs(): number {
    return this.#pairs.from.length;
  }

  /**
   * Reads rows `from` to `to`.
   *
   * @throws {GfnError} `E_NETWORK_INPUT` when they are not what the environment declared
   */
  read(input: ObservationRows, from: number, to: number): GraphRows {
    const out = this.#measure(input, from, to);
    const { at, words, spans, slots } = out, { nodes: n, nodeTypes } = this.#observation;
    const { values } = input, width = n + this.pairs;
    let token = 0;
    const next = { pair: 0, relation: 0, end: 0 };
    const transformer = this.#reading.mixing === "transformer";
    for (let r = 0; r < out.rows; r++) {
      const row = (from + r) * width, first = token;
      for (let i = -1; i < n; i++) {
        const word = i < 0 ? 1 + nodeTypes : values[row + i]!;
        if (word === 0) continue;
        slots[token] = i;
        words[at.embedded + token++] = word - 1;
      }
      spans[2 * r] = words[at.globals + r] = first;
      spans[2 * r + 1] = token - first;
      if (this.#reading.pairs === "pairs") {
        next.pair = this.#fillPairs(input, row, r, out, next.pair);
      }
      if (transformer) {
        next.relation = this.#fillViews(input, row, r, out, next.relation);
        next.end = this.#fillEdges(input, row, r, out, out.at.ends, next.end);
      } else {
        next.relation = this.#fillGlobal(r, out, next.relation);
        next.relation = this.#fillEdges(input, row, r, out, out.at.messages, next.relation);
      }
    }
    return out;
  }

  /** Checks rows, counts what they hold, and lays empty lists out. */
  #measure({ rows: all, values }: ObservationRows, from: number, to: number): GraphRows {
    const { nodes: n, nodeTypes, edgeTypes } = this.#observation;
    const { from: tails, to: heads } = this.#pairs, P = tails.length, width = n + P;
    if (!(values instanceof Int32Array)) throw wrongInput("float32 numbers, want int32");
    if (values.length !== all * width) {
      throw wrongInput(`${values.length} numbers, want ${all} times ${width}`);
    }
    const rows = to - from;
    let nodes = 0, edges = 0, squares = 0, pairs = 0, longest = 1;
    for (let r = from; r < to; r++) {
      const row = r * width;
      let present = 0;
      for (let i = 0; i < n; i++) {
        const word = values[row + i]!;
        if (!(word >= 0 && word <= nodeTypes)) {
          throw wrongInput(`${word} at node ${i} of row ${r}, want 0 to ${nodeTypes}`);
        }
        if (word !== 0) present++;
      }
      for (let p = 0; p < P; p++) {
        const word = values[row + n + p]!;
        if (word === 0) continue;
        if (!(word >= 0 && word <= edgeTypes)) {
          throw wrongInput(`${word} at pair ${p} of row ${r}, want 0 to ${edgeTypes}`);
        }
        if (values[row + tails[p]!] === 0 || values[row + heads[p]!] === 0) {
          throw wrongInput(`an edge of an absent node at pair ${p} of row ${r}, want none`);
        }
        edges++;
      }
      nodes += present;
      squares += (present + 1) ** 2;
      pairs += present * (present - 1) / 2;
      if (present >= longest) longest = present + 1;
    }
    const transformer = this.#reading.mixing === "transformer", tokens = rows + nodes;
    const pairCount = this.#reading.pairs === "no pairs"
      ? 0
      : pairs * (this.#ends === "alike" ? 1 : 2);
    const relationCount = transformer ? squares : 2 * nodes + 2 * edges;
    const endCount = transformer ? 2 * edges : 0;
    const lengths = {
      ...{ embedded: tokens, globals: rows, pairs: 3 * pairCount, ends: 3 * endCount },
      messages: transformer ? 0 : 3 * relationCount,
      groups: transformer ? 3 * rows : 0,
      index: transformer ? tokens : 0,
      places: transformer ? rows : 0,
      views: transformer ? relationCount : 0,
    };
    let size = 0;
    const at = Object.fromEntries(
      Object.entries(lengths).map(([name, length]) => [name, (size += length) - length]),
    ) as GraphRows["at"];
    return {
      ...{ rows, tokens, pairCount, relationCount, endCount, longest, at },
      spans: new Int32Array(2 * rows),
      slots: new Int32Array(tokens),
      pairPlaces: new Int32Array(pairCount),
      words: new Int32Array(size),
    };
  }

  /** What node i sees of node j. */
  #view({ values }: ObservationRows, row: number, i: number, j: number): number {
    const { nodes: n, edgeTypes, directed } = this.#observation, { index } = this.#pairs;
    const at = row + n;
    if (directed) {
      return values[at + index[i * n + j]!]! * (1 + edgeTypes) + values[at + index[j * n + i]!]!;
    }
    return i < j ? values[at + index[i * n + j]!]! : this.#turned[values[at + index[j * n + i]!]!]!;
  }

  /** Lists the pairs of a row; gives where the next row's begin. */
  #fillPairs(
    input: ObservationRows,
    row: number,
    r: number,
    { spans, slots, words, at, pairPlaces }: GraphRows,
    next: number,
  ): number {
    const { nodes: n } = this.#observation, { index } = this.#pairs, P = this.pairs;
    const ends = this.#ends, end = spans[2 * r]! + spans[2 * r + 1]!;
    const put = (a: number, b: number, view: number, pair: number) => {
      const place = at.pairs + 3 * next;
      words[place] = a;
      words[place + 1] = b;
      words[place + 2] = view;
      pairPlaces[next++] = r * P + pair;
    };
    for (let a = spans[2 * r]! + 1; a < end; a++) {
      for (let b = a + 1; b < end; b++) {
        const i = slots[a]!, j = slots[b]!, pair = index[i * n + j]!;
        if (ends === "alike") {
          put(a, b, this.#view(input, row, i, j), pair);
          continue;
        }
        // Row 2 t of the maps is what token t is as the first of a pair, 2 t + 1 as the second.
        put(2 * a, 2 * b + 1, this.#view(input, row, i, j), pair);
        const other = ends === "directed" ? index[j * n + i]! : pair;
        put(2 * b, 2 * a + 1, this.#view(input, row, j, i), other);
      }
    }
    return next;
  }

  /** Lists the messages between nodes and the global one; gives where those over edges begin. */
  #fillGlobal(r: number, { spans, words, at }: GraphRows, next: number): number {
    const map = messageMaps(this.#observation).length - 1;
    const kind = edgeKinds(this.#observation);
    const first = spans[2 * r]!, end = first + spans[2 * r + 1]!;
    let place = at.messages + 3 * next;
    for (let a = first + 1; a < end; a++, place += 6) {
      words[place] = a * (map + 1) + map;
      words[place + 1] = kind;
      words[place + 2] = first;
      words[place + 3] = first * (map + 1) + map;
      words[place + 4] = kind + 1;
      words[place + 5] = a;
    }
    return next + 2 * (end - first - 1);
  }

  /** Lists what each end of each edge gets; gives where the next row's begin. */
  #fillEdges(
    { values }: ObservationRows,
    row: number,
    r: number,
    { spans, slots, words }: GraphRows,
    list: number,
    next: number,
  ): number {
    const { nodes: n, edgeTypes, directed } = this.#observation, { index } = this.#pairs;
    const transformer = this.#reading.mixing === "transformer";
    const maps = messageMaps(this.#observation).length;
    const first = spans[2 * r]!, end = first + spans[2 * r + 1]!;
    const put = (from: number, map: number, kind: number, to: number) => {
      const place = list + 3 * next++;
      words[place] = transformer ? 0 : from * maps + map;
      words[place + 1] = kind;
      words[place + 2] = to;
    };
    for (let a = first + 1; a < end; a++) {
      for (let b = a + 1; b < end; b++) {
        const i = slots[a]!, j = slots[b]!, to = values[row + n + index[i * n + j]!]!;
        if (directed) {
          const from = values[row + n + index[j * n + i]!]!;
          if (to !== 0) {
            put(a, 0, to - 1, b);
            put(b, 1, edgeTypes + to - 1, a);
          }
          if (from !== 0) {
            put(b, 0, from - 1, a);
            put(a, 1, edgeTypes + from - 1, b);
          }
        } else if (to !== 0) {
          // Each end gets the edge as it sees it.
          put(b, 0, to - 1, a);
          put(a, 0, this.#turned[to]! - 1, b);
        }
      }
    }
    return next;
  }

  #fillViews(
    input: ObservationRows,
    row: number,
    r: number,
    { spans, slots, words, at }: GraphRows,
    next: number,
  ): number {
    const views = viewCount(this.#observation);
    const first = spans[2 * r]!, count = spans[2 * r + 1]!, end = first + count;
    words.set([first, count, 0], at.groups + 3 * r);
    words[at.places + r] = next;
    for (let a = first; a < end; a++) {
      words[at.index + a] = a;
      for (let b = first; b < end; b++) {
        words[at.views + next++] = a === b
          ? views + OWN
          : b === first
          ? views + OF_GLOBAL
          : a === first
          ? views + OF_NODE
          : this.#view(input, row, slots[a]!, slots[b]!);
      }
    }
    return next;
  }
}

function pairTable({ nodes: n, directed }: GraphObservation): PairTable {
  const from: number[] = [], to: number[] = [], index = new Int32Array(n * n).fill(-1);
  const add = (i: number, j: number) => {
    index[i * n + j] = from.length;
    from.push(i);
    to.push(j);
  };
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) add(i, j);
  for (let i = 0; directed && i < n; i++) for (let j = 0; j < i; j++) add(i, j);
  return { from: Int32Array.from(from), to: Int32Array.from(to), index };
}

function wrongInput(found: string): Error {
  return usageError("E_NETWORK_INPUT", `Cannot read observed graphs: found ${found}`);
}

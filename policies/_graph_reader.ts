/**
 * Reading observations of graphs into the lists that passes work on.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { GraphObservation } from "../plugins/contract.ts";
import {
  attentionDepths,
  type GraphTokens,
  messageDepths,
  pairsAt,
  type Readers,
  Words,
} from "./_graph_depths.ts";
import { GraphJoins } from "./_graph_joins.ts";
import { OF_GLOBAL, OF_NODE, OWN, viewCount } from "./_graph_relations.ts";
import type { ObservationRows } from "./network.ts";
import type { GraphDepth, GraphRows } from "./_graph_rows.ts";

/** What of a graph a network reads. */
export interface GraphReading {
  mixing: "message-passing" | "transformer";
  layers: number;
  /** Who reads tokens behind the last layer. */
  readers: Readers;
  /** Whether any head reads pairs. */
  pairs: "pairs" | "no pairs";
}

/** Reads observations of graphs. */
export class GraphReader {
  readonly #observation: GraphObservation;
  readonly #reading: GraphReading;
  readonly #joins: GraphJoins;

  constructor(observation: GraphObservation, reading: GraphReading) {
    this.#observation = observation;
    this.#reading = reading;
    this.#joins = new GraphJoins(observation);
  }

  /**
   * Reads rows `from` to `to`.
   *
   * @throws {GfnError} `E_NETWORK_INPUT` when they are not what the environment declared
   */
  read(input: ObservationRows, from: number, to: number): GraphRows {
    const tokens = this.#readTokens(input, from, to), words = new Words();
    const { mixing, layers, readers } = this.#reading, { rows, spans, slots } = tokens;
    const attention = mixing === "transformer"
      ? attentionDepths(tokens, layers, (r, put) => this.#views(tokens, r, put), words)
      : {
        depths: messageDepths(tokens, layers, readers, words),
        ...{ groupCount: 0, viewCount: 0, at: { groups: 0, index: 0, places: 0, views: 0 } },
      };
    const last = attention.depths.at(-1)!;
    const pairs = this.#pairs(tokens, last);
    let longest = 1;
    for (let r = 0; r < rows; r++) longest = Math.max(longest, spans[2 * r + 1]!);
    const at = {
      ...attention.at,
      globals: words.add(Int32Array.from({ length: rows }, (_, r) => last.of[spans[2 * r]!]!)),
      pairs: words.add(pairs.list),
    };
    return {
      ...attention,
      ...{ rows, tokens: slots.length, spans, slots, longest, at, words: words.joined() },
      ...{ pairCount: pairs.places.length, pairPlaces: pairs.places },
    };
  }

  /** Checks rows, and lists the nodes that are there. */
  #readTokens(input: ObservationRows, from: number, to: number): GraphTokens {
    const { rows: all, values } = input, { nodes: n, nodeTypes, edgeTypes } = this.#observation;
    const { from: tails, to: heads } = this.#joins, P = tails.length, width = n + P;
    if (!(values instanceof Int32Array)) throw wrongInput("float32 numbers, want int32");
    if (values.length !== all * width) {
      throw wrongInput(`${values.length} numbers, want ${all} times ${width}`);
    }
    const rows = to - from, most = rows * (1 + n);
    const spans = new Int32Array(2 * rows);
    const slots = new Int32Array(most), types = new Int32Array(most);
    let token = 0, edges = 0;
    for (let r = from; r < to; r++) {
      const row = r * width, first = token;
      slots[token] = -1;
      types[token++] = nodeTypes;
      for (let i = 0; i < n; i++) {
        const word = values[row + i]!;
        if (!(word >= 0 && word <= nodeTypes)) {
          throw wrongInput(`${word} at node ${i} of row ${r}, want 0 to ${nodeTypes}`);
        }
        if (word === 0) continue;
        slots[token] = i;
        types[token++] = word - 1;
      }
      spans[2 * (r - from)] = first;
      spans[2 * (r - from) + 1] = token - first;
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
    }
    return {
      ...{ observation: this.#observation, joins: this.#joins, input, from, rows, spans, edges },
      ...{ slots: slots.subarray(0, token), types: types.subarray(0, token) },
    };
  }

  /** The pairs of all graphs, and where their outputs belong. */
  #pairs(
    tokens: GraphTokens,
    { of }: GraphDepth,
  ): { list: Int32Array; places: Int32Array } {
    const { rows, spans, slots, input: { values } } = tokens, joins = this.#joins;
    const { ends, from: { length: P } } = joins, each = ends === "alike" ? 1 : 2;
    let count = 0;
    for (let r = 0; r < rows && this.#reading.pairs === "pairs"; r++) {
      const present = spans[2 * r + 1]! - 1;
      count += each * present * (present - 1) / 2;
    }
    const list = new Int32Array(3 * count), places = new Int32Array(count);
    if (count === 0) return { list, places };
    let next = 0;
    const put = (a: number, b: number, view: number, place: number) => {
      list[3 * next] = a;
      list[3 * next + 1] = b;
      list[3 * next + 2] = view;
      places[next++] = place;
    };
    for (let r = 0; r < rows; r++) {
      const at = pairsAt(tokens, r), end = spans[2 * r]! + spans[2 * r + 1]!;
      for (let s = spans[2 * r]! + 1; s < end; s++) {
        for (let t = s + 1; t < end; t++) {
          const i = slots[s]!, j = slots[t]!, a = of[s]!, b = of[t]!;
          const place = r * P + joins.pair(i, j);
          if (ends === "alike") {
            put(a, b, joins.view(values, at, i, j), place);
            continue;
          }
          // Row 2 a of the maps is what row a is as the first of a pair, 2 a + 1 as the second.
          put(2 * a, 2 * b + 1, joins.view(values, at, i, j), place);
          const other = ends === "directed" ? r * P + joins.pair(j, i) : place;
          put(2 * b, 2 * a + 1, joins.view(values, at, j, i), other);
        }
      }
    }
    return { list, places };
  }

  /** What each token of a graph is to each. */
  #views(tokens: GraphTokens, r: number, put: (view: number) => void): void {
    const { spans, slots, input: { values } } = tokens, views = viewCount(this.#observation);
    const first = spans[2 * r]!, end = first + spans[2 * r + 1]!, at = pairsAt(tokens, r);
    for (let a = first; a < end; a++) {
      for (let b = first; b < end; b++) {
        put(
          a === b
            ? views + OWN
            : b === first
            ? views + OF_GLOBAL
            : a === first
            ? views + OF_NODE
            : this.#joins.view(values, at, slots[a]!, slots[b]!),
        );
      }
    }
  }
}

function wrongInput(found: string): Error {
  return usageError("E_NETWORK_INPUT", `Cannot read observed graphs: found ${found}`);
}

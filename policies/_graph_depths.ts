/**
 * What tokens get from each other, and the rows that they are before and after each layer.
 *
 * @module
 */
import type { GraphObservation } from "../plugins/contract.ts";
import type { GraphJoins } from "./_graph_joins.ts";
import { edgeKinds, messageMaps } from "./_graph_relations.ts";
import type { GraphDepth } from "./_graph_rows.ts";
import { firstEqualRows, type Received, type SharedTokens, shareTokens } from "./_graph_sharing.ts";
import type { ObservationRows } from "./network.ts";

/** Tokens as they are read. */
export interface GraphTokens {
  observation: GraphObservation;
  joins: GraphJoins;
  input: ObservationRows;
  /** The first row of the input that is read. */
  from: number;
  /** R */
  rows: number;
  spans: Int32Array;
  slots: Int32Array;
  /** [T] rows of the table of nodes. */
  types: Int32Array;
  /** Edges of all graphs. */
  edges: number;
}

/** Lists of int32 end to end. */
export class Words {
  readonly #lists: ArrayLike<number>[] = [];
  #length = 0;

  /** Where a list begins. */
  add(list: ArrayLike<number>): number {
    this.#lists.push(list);
    this.#length += list.length;
    return this.#length - list.length;
  }

  /** All lists. */
  joined(): Int32Array {
    const words = new Int32Array(this.#length);
    let at = 0;
    for (const list of this.#lists) {
      words.set(list, at);
      at += list.length;
    }
    return words;
  }
}

/** The row of an observation that graph r is, as the place of its first pair's word. */
export function pairsAt({ observation, joins, from }: GraphTokens, r: number): number {
  const { nodes } = observation;
  return (from + r) * (nodes + joins.from.length) + nodes;
}

/** Who reads tokens behind the last layer. */
export type Readers = "all" | "global nodes" | "nodes";

/** Depths of message passing. */
export function messageDepths(
  tokens: GraphTokens,
  layers: number,
  readers: Readers,
  words: Words,
): GraphDepth[] {
  const { observation: { edgeTypes, directed }, observation, types, slots } = tokens;
  const maps = messageMaps(observation).length, edges = edgeKinds(observation);
  const received = receive(tokens, "edges and the global node");
  const none = nothing(types.length), typed = { of: types, hashes: types };
  let before = shareTokens({ own: types, before: typed, received: none, given: () => 0 });
  const depths = [depthOf(before, words)];
  for (let l = 1; l <= layers; l++) {
    const { of } = before, isLast = l === layers && readers !== "all";
    before = shareTokens({
      own: isLast
        ? of.map((row, t) => (slots[t] === -1) === (readers === "global nodes") ? row : -1)
        : of,
      ...{ before, received },
      given(source, kind) {
        const map = kind >= edges ? maps - 1 : directed && kind >= edgeTypes ? 1 : 0;
        return of[source]! * maps + map;
      },
    });
    depths.push(depthOf(before, words));
  }
  return depths;
}

/** The graphs that attention works on. */
export interface AttentionGroups {
  depths: GraphDepth[];
  groupCount: number;
  viewCount: number;
  at: { groups: number; index: number; places: number; views: number };
}

/**
 * Depths of a transformer, whose tokens know of their whole graph from the first layer on.
 *
 * @param views [n, n] what a graph's tokens are to each other, by its number
 */
export function attentionDepths(
  tokens: GraphTokens,
  layers: number,
  views: (r: number, put: (view: number) => void) => void,
  words: Words,
): AttentionGroups {
  const { types, rows, spans, observation: { nodes: n }, joins, input, from } = tokens;
  const T = types.length, given = () => 0;
  const before = { of: types, hashes: types }, received = receive(tokens, "edges");
  // An end of an edge does not know what is at the other: all come from one token, a global node.
  received.sources.fill(0);
  const start = shareTokens({ own: types, before, received, given });
  const equal = firstEqualRows(input.values, n + joins.from.length, from, from + rows);
  const of = new Int32Array(T), own: number[] = [];
  const groups: number[] = [], places: number[] = [], seen: number[] = [];
  const group = new Int32Array(rows);
  for (let r = 0; r < rows; r++) {
    const first = spans[2 * r]!, count = spans[2 * r + 1]!;
    if (equal[r] === r) {
      group[r] = own.length;
      groups.push(own.length, count, 0);
      places.push(seen.length);
      for (let i = 0; i < count; i++) own.push(start.of[first + i]!);
      views(r, (view) => seen.push(view));
    } else group[r] = group[equal[r]!]!;
    for (let i = 0; i < count; i++) of[first + i] = group[r]! + i;
  }
  const depths = [depthOf(start, words)], none = words.add([]);
  for (let l = 1; l <= layers; l++) {
    const at = { own: l === 1 ? words.add(own) : null, messages: none };
    depths.push({ rows: own.length, of, messageCount: 0, at });
  }
  return {
    ...{ depths, groupCount: places.length, viewCount: seen.length },
    at: {
      groups: words.add(groups),
      index: words.add(Int32Array.from(own, (_, i) => i)),
      places: words.add(places),
      views: words.add(seen),
    },
  };
}

function depthOf({ rows, of, own, messages }: SharedTokens, words: Words): GraphDepth {
  const at = { own: words.add(own), messages: words.add(messages) };
  return { rows, of, messageCount: messages.length / 3, at };
}

function nothing(tokens: number): Received {
  const none = new Int32Array(0);
  return { starts: new Int32Array(tokens + 1), sources: none, kinds: none };
}

/** What each token gets. */
function receive(
  tokens: GraphTokens,
  from: "edges" | "edges and the global node",
): Received {
  const { observation, joins, input: { values }, rows, spans, slots, types, edges } = tokens;
  const { edgeTypes, directed } = observation, toGlobal = edgeKinds(observation);
  const global = from === "edges and the global node", T = types.length;
  const starts = new Int32Array(T + 1), count = 2 * edges + (global ? 2 * (T - rows) : 0);
  const sources = new Int32Array(count), kinds = new Int32Array(count);
  let next = 0;
  const put = (source: number, kind: number) => {
    sources[next] = source;
    kinds[next++] = kind;
  };
  for (let r = 0; r < rows; r++) {
    const first = spans[2 * r]!, end = first + spans[2 * r + 1]!, at = pairsAt(tokens, r);
    for (let a = first; a < end; a++) {
      starts[a] = next;
      if (a === first) {
        for (let b = first + 1; global && b < end; b++) put(b, toGlobal);
        continue;
      }
      if (global) put(first, toGlobal + 1);
      for (let b = first + 1; b < end; b++) {
        if (a === b) continue;
        const i = slots[a]!, j = slots[b]!, out = joins.word(values, at, i, j);
        if (!directed) {
          if (out !== 0) put(b, out - 1);
          continue;
        }
        const into = joins.word(values, at, j, i);
        if (into !== 0) put(b, into - 1);
        if (out !== 0) put(b, edgeTypes + out - 1);
      }
    }
  }
  starts[T] = next;
  return { starts, sources, kinds };
}

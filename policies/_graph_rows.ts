/**
 * Graphs as lists of what is there. Each is a global node and the nodes present, tokens laid end to end;
 * messages, or what tokens are to each other; and the pairs of present nodes. Absent nodes are nowhere.
 *
 * @module
 */

/** Lists of some graphs. */
export interface GraphRows {
  /** R */
  rows: number;
  /** T, global nodes included. */
  tokens: number;
  /** [R * 2] (first token, tokens); the first is the global node. */
  spans: Int32Array;
  /** [T] the slot of a token's node; -1 for a global node. */
  slots: Int32Array;
  /** Entries in `pairs`. */
  pairCount: number;
  /** [pairs] row * all pairs + pair. Where edges' ends are unlike, a pair has two entries, one from each end. */
  pairPlaces: Int32Array;
  /** Messages, or rows of `views`. */
  relationCount: number;
  /** Entries in `ends`. */
  endCount: number;
  /** Most tokens of a graph. */
  longest: number;
  /** The lists that kernels read, end to end. */
  words: Int32Array;
  /** Where each begins in `words`. */
  at: {
    /** [T] rows of the table of nodes. */
    embedded: number;
    /** [R] first tokens. */
    globals: number;
    /** [pairs, 3] rows of the pairs' maps of nodes, and of their table of edges. */
    pairs: number;
    /** Message passing: [messages, 3] row of the maps, row of the table, token. */
    messages: number;
    /** Transformer: [ends, 3] 0, row of the table, token: each end of each edge. */
    ends: number;
    /** Transformer: [R, 3] (first, n, 0), [T] themselves, [R] first of `views`, and [., 1] view of each pair of tokens. */
    groups: number;
    index: number;
    places: number;
    views: number;
  };
}

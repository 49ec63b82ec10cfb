/**
 * Graphs as lists of what is there. Each is a global node and the nodes present, tokens laid end to end;
 * what tokens get from each other; and the pairs of present nodes. Absent nodes are nowhere.
 *
 * Passes do not work on tokens but on rows: tokens that know the same by some depth are one row there.
 *
 * @module
 */

/** Tokens after so many layers as the depth says. */
export interface GraphDepth {
  /** Rows that tokens are. */
  rows: number;
  /** [T] the row of each token; -1 for one that nobody reads any more. */
  of: Int32Array;
  /** Entries in `messages`. */
  messageCount: number;
  /** Where each list begins in the graphs' words. */
  at: {
    /**
     * [rows] what each row was: its row of the depth before, at first of the table of nodes. Null where rows
     * are those of the depth before, one by one.
     */
    own: number | null;
    /**
     * [messages, 3] row of the maps, row of the table of edges, row: what comes over edges, or, at the first
     * depth of a transformer, the ends of edges, all of row 0.
     */
    messages: number;
  };
}

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
  /** Before the first layer, and after each. */
  depths: readonly GraphDepth[];
  /** Entries in `pairs`. */
  pairCount: number;
  /** [pairs] row * all pairs + pair. Where edges' ends are unlike, a pair has two entries, one from each end. */
  pairPlaces: Int32Array;
  /** Transformer: graphs, equal ones once. */
  groupCount: number;
  /** Transformer: entries in `views`. */
  viewCount: number;
  /** Most tokens of a graph. */
  longest: number;
  /** The lists that kernels read, end to end. */
  words: Int32Array;
  /** Where each begins in `words`. */
  at: {
    /** [R] rows of the global nodes at the last depth. */
    globals: number;
    /** [pairs, 3] rows of the pairs' maps of nodes, and of their table of edges. */
    pairs: number;
    /** Transformer: [groups, 3] (first, n, 0), [.] themselves, [groups] first of `views`, and [., 1] view of each pair of tokens. */
    groups: number;
    index: number;
    places: number;
    views: number;
  };
}

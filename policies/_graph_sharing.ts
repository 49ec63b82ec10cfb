/**
 * Tokens that know the same are one row: of one type before the first layer, then of one row before a layer
 * that get equal messages in it. States of a trajectory differ in an edge or a node, and so do most of
 * their tokens in nothing.
 *
 * Messages are summed in one order whatever else is in a batch, so that a row has the bits that each of its
 * tokens would have alone.
 *
 * @module
 */

/** What tokens get. */
export interface Received {
  /** [T + 1] where each token's begin. */
  starts: Int32Array;
  /** Tokens that they come from. */
  sources: Int32Array;
  /** Rows of the table of edges. */
  kinds: Int32Array;
}

/** Rows that tokens share. */
export interface SharedTokens {
  rows: number;
  /** [T] the row of each token, -1 where it was left out. */
  of: Int32Array;
  /** [rows] */
  own: Int32Array;
  /** [., 3] row of the maps, row of the table of edges, row. */
  messages: Int32Array;
}

/** What tokens are told apart by. */
export interface Telling {
  /** [T] what they were, -1 for one to be left out. */
  own: Int32Array;
  received: Received;
  /** The row of the maps that a message comes from. */
  given: (source: number, kind: number) => number;
}

/** Gives equal tokens one row; rows are numbered as they come first. */
export function shareTokens({ own, received, given }: Telling): SharedTokens {
  const { starts, sources, kinds } = received, T = own.length;
  const of = new Int32Array(T).fill(-1), ownOf = new Int32Array(T), first = new Int32Array(T + 1);
  const list = new Int32Array(3 * kinds.length), table = tableFor(T), mask = table.length - 1;
  let rows = 0, next = 0;
  for (let t = 0; t < T; t++) {
    if (own[t] === -1) continue;
    // Written where a new row's would be, and overwritten if it is none.
    let end = next, hash = mixed(0, own[t]!);
    for (let m = starts[t]!; m < starts[t + 1]!; m++) {
      const kind = kinds[m]!, from = given(sources[m]!, kind);
      list[end++] = from;
      list[end++] = kind;
      list[end++] = rows;
      hash = mixed(mixed(hash, from), kind);
    }
    const length = end - next;
    let slot = hash & mask, row: number;
    for (;; slot = slot + 1 & mask) {
      row = table[slot]! - 1;
      if (row === -1) break;
      const at = first[row]!;
      if (ownOf[row] !== own[t] || first[row + 1]! - at !== length) continue;
      let i = 0;
      while (i < length && (i % 3 === 2 || list[at + i] === list[next + i])) i++;
      if (i === length) break;
    }
    if (row === -1) {
      row = rows++;
      table[slot] = rows;
      ownOf[row] = own[t]!;
      first[rows] = next = end;
    }
    of[t] = row;
  }
  return { rows, of, own: ownOf.subarray(0, rows), messages: list.subarray(0, next) };
}

/** [to - from] the first row that is equal to each, of rows of `width` values. */
export function firstEqualRows(
  values: ArrayLike<number>,
  width: number,
  from: number,
  to: number,
): Int32Array {
  const found = new Int32Array(to - from), table = tableFor(to - from), mask = table.length - 1;
  for (let r = 0; r < to - from; r++) {
    const at = (from + r) * width;
    let hash = 0;
    for (let i = 0; i < width; i++) hash = mixed(hash, values[at + i]!);
    let slot = hash & mask;
    for (;; slot = slot + 1 & mask) {
      const other = table[slot]! - 1;
      if (other === -1) {
        table[slot] = r + 1;
        found[r] = r;
        break;
      }
      const otherAt = (from + other) * width;
      let i = 0;
      while (i < width && values[at + i] === values[otherAt + i]) i++;
      if (i < width) continue;
      found[r] = other;
      break;
    }
  }
  return found;
}

/** A table of hashes of which at least half stays empty. */
function tableFor(entries: number): Int32Array {
  return new Int32Array(2 ** Math.ceil(Math.log2(2 * entries + 1)));
}

function mixed(hash: number, value: number): number {
  const product = Math.imul(hash ^ value, 0x9e3779b1) + 0x7f4a7c15 | 0;
  return product ^ product >>> 15;
}

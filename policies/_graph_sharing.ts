/**
 * Tokens that know the same are one row: of one type before the first layer, then of one row before a layer
 * that get equal messages in it. States of a trajectory differ in an edge or a node, and so do most of
 * their tokens in nothing.
 *
 * Messages are summed by kind, then by a hash of what their source knows: an order that neither slots nor
 * the rest of the batch decide. So nodes that a permutation exchanges are one row, and a row has the bits
 * that each of its tokens would have alone.
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

/** What tokens know at some depth. */
export interface Knowledge {
  /** [T] the row of each token, -1 where it is left out. */
  of: Int32Array;
  /** [T] a hash of what each token knows, whatever the row's number. */
  hashes: Int32Array;
}

/** Rows that tokens share. */
export interface SharedTokens extends Knowledge {
  rows: number;
  /** [rows] */
  own: Int32Array;
  /** [., 3] row of the maps, row of the table of edges, row. */
  messages: Int32Array;
}

/** What tokens are told apart by. */
export interface Telling {
  /** [T] what they were, -1 for one to be left out. */
  own: Int32Array;
  /** What they knew. */
  before: Knowledge;
  received: Received;
  /** The row of the maps that a message comes from. */
  given: (source: number, kind: number) => number;
}

/** Gives equal tokens one row; rows are numbered as they come first. */
export function shareTokens({ own, before, received, given }: Telling): SharedTokens {
  const { starts, sources, kinds } = received, T = own.length;
  const of = new Int32Array(T).fill(-1), hashes = new Int32Array(T), ownOf = new Int32Array(T);
  const first = new Int32Array(T + 1), hashOf = new Int32Array(T);
  const list = new Int32Array(3 * kinds.length), keys = new Int32Array(kinds.length);
  const table = tableFor(T), mask = table.length - 1;
  let rows = 0, next = 0;
  for (let t = 0; t < T; t++) {
    if (own[t] === -1) continue;
    // Written where a new row's would be, and overwritten if it is none.
    let end = next;
    for (let m = starts[t]!; m < starts[t + 1]!; m++, end += 3) {
      const source = sources[m]!, kind = kinds[m]!, key = before.hashes[source]!;
      let at = end, k = (end - next) / 3;
      for (; at > next; at -= 3, k--) {
        const other = list[at - 2]!;
        if (other < kind || (other === kind && keys[k - 1]! <= key)) break;
        list[at] = list[at - 3]!;
        list[at + 1] = other;
        keys[k] = keys[k - 1]!;
      }
      list[at] = given(source, kind);
      list[at + 1] = kind;
      list[end + 2] = rows;
      keys[k] = key;
    }
    const length = end - next;
    let hash = mixed(0, before.hashes[t]!);
    for (let i = 0; i < length; i += 3) {
      hash = mixed(mixed(hash, keys[i / 3]!), list[next + i + 1]!);
    }
    let slot = hash & mask, row: number;
    for (;; slot = slot + 1 & mask) {
      row = table[slot]! - 1;
      if (row === -1) break;
      const at = first[row]!;
      if (hashOf[row] !== hash || ownOf[row] !== own[t] || first[row + 1]! - at !== length) {
        continue;
      }
      let i = 0;
      while (i < length && (i % 3 === 2 || list[at + i] === list[next + i])) i++;
      if (i === length) break;
    }
    if (row === -1) {
      row = rows++;
      table[slot] = rows;
      ownOf[row] = own[t]!;
      hashOf[row] = hash;
      first[rows] = next = end;
    }
    of[t] = row;
    hashes[t] = hash;
  }
  return { rows, of, hashes, own: ownOf.subarray(0, rows), messages: list.subarray(0, next) };
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

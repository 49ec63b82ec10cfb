/**
 * Trees of blocks as states of a Markov decision process: their words, and the moves between them.
 *
 * A move adds a leaf or takes one off. Places of a tree that a symmetry exchanges are one place, of which
 * the first stands for all, and so are leaves: then a move forward and the move back are the same pair of
 * a tree and one of its leaves, and as many moves lead from a tree to another as lead back.
 *
 * @module
 */
import type { BlockLibrary } from "./block_library.ts";
import { type BlockTree, type Place, TreeCodes, withLeaf, withoutLeaf } from "./block_tree.ts";

/** Trees that are kept worked out. */
const KEPT = 4096;

/** A move and what it leads to. */
export interface Move {
  /** The words of the other tree. */
  words: Int32Array;
  /** The other way: a leaf's slot, or a move forward as {@linkcode BlockMoves.forward} numbers it. */
  back: number;
}

/** What is known of one tree; what of it is asked for is worked out then. */
export class KnownTree {
  readonly tree: BlockTree;
  readonly codes: TreeCodes;
  /** Moves that were made from it, forward by their numbers and back by slots. */
  readonly added = new Map<number, Move>();
  readonly removed = new Map<number, Move>();
  readonly #library: BlockLibrary;
  readonly #slots: number;
  #places: Int32Array | null = null;
  #leaves: Int32Array | null = null;

  constructor(library: BlockLibrary, slots: number, tree: BlockTree) {
    this.#library = library;
    this.#slots = slots;
    this.tree = tree;
    this.codes = new TreeCodes(library, tree);
  }

  /** [slots * ports] the first place of those like it; -1 for a place that takes no bond. */
  get places(): Int32Array {
    if (this.#places) return this.#places;
    const P = this.#library.ports, places = new Int32Array(this.#slots * P).fill(-1);
    const first = new Map<string, number>();
    for (const [slot, kind] of this.tree.kinds.entries()) {
      const { ports, symmetries } = this.#library.kinds[kind]!;
      // Nothing exchanges the places of a block that is like no other and has no symmetry of its own.
      const only = symmetries.length === 1 && this.#isOnly(kind);
      for (const port of ports.keys()) {
        if (this.codes.free({ slot, port }) === 0) continue;
        const place = slot * P + port;
        places[place] = only ? place : firstOf(first, this.codes.fromPlace({ slot, port }), place);
      }
    }
    return this.#places = places;
  }

  /** [slots] the first of the leaves like it; -1 where nothing can be taken off. */
  get leaves(): Int32Array {
    if (this.#leaves) return this.#leaves;
    const { kinds } = this.tree, leaves = new Int32Array(this.#slots).fill(-1);
    const first = new Map<string, number>();
    for (const [slot, kind] of kinds.entries()) {
      const { entering } = this.#library.kinds[kind]!;
      const canGo = kinds.length === 1 ||
        (this.codes.degree(slot) === 1 && entering[this.codes.joint(slot).port]! >= 0);
      if (!canGo) continue;
      leaves[slot] = this.#isOnly(kind) ? slot : firstOf(first, this.codes.from(slot), slot);
    }
    return this.#leaves = leaves;
  }

  #isOnly(kind: number): boolean {
    return this.tree.kinds.indexOf(kind) === this.tree.kinds.lastIndexOf(kind);
  }
}

/** Trees of at most `slots` blocks. A tree has two words a slot: 1 + kind, 1 + the place that it is joined to. */
export class BlockMoves {
  readonly library: BlockLibrary;
  readonly slots: number;
  /** P, most ports of a block. */
  readonly ports: number;
  readonly #known = new Map<string, KnownTree>();

  constructor(library: BlockLibrary, slots: number) {
    this.library = library;
    this.slots = slots;
    this.ports = library.ports;
  }

  /** The tree that words stand for. */
  at(states: Int32Array, at: number): KnownTree {
    const words = states.subarray(at, at + 2 * this.slots), key = words.join(" ");
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= KEPT) this.#known.clear();
    const made = new KnownTree(this.library, this.slots, this.#read(words));
    this.#known.set(key, made);
    return made;
  }

  /** The words of a tree, given in whichever order. */
  wordsOf(tree: BlockTree): Int32Array {
    return this.#write(new TreeCodes(this.library, tree).ordered().tree);
  }

  /** The number of a move: `block` added to port `port` of the block in `slot`; of a first block its kind. */
  forward({ slot, port }: Place, block: number): number {
    return this.library.kinds.length + (slot * this.ports + port) * this.library.blocks.length +
      block;
  }

  /** The tree with a block more. */
  add(known: KnownTree, move: number): Move {
    const done = known.added.get(move);
    if (done) return done;
    const { kinds, blocks } = this.library, rest = move - kinds.length;
    const place = Math.floor(rest / blocks.length), block = blocks[rest % blocks.length];
    const grown = rest < 0
      ? withLeaf(known.tree, move, { slot: -1, port: 0 }, 0)
      : withLeaf(known.tree, block!.kind, {
        slot: Math.floor(place / this.ports),
        port: place % this.ports,
      }, block!.port);
    const { tree, slots } = new TreeCodes(this.library, grown).ordered();
    const words = this.#write(tree);
    const made = { words, back: this.at(words, 0).leaves[slots.at(-1)!]! };
    known.added.set(move, made);
    return made;
  }

  /** The tree without a leaf. */
  remove(known: KnownTree, leaf: number): Move {
    const done = known.removed.get(leaf);
    if (done) return done;
    const { tree, codes } = known;
    let made: Move;
    if (tree.kinds.length === 1) {
      made = { words: new Int32Array(2 * this.slots), back: tree.kinds[0]! };
    } else {
      const { at, port } = codes.joint(leaf), rest = withoutLeaf(tree, leaf);
      const { tree: ordered, slots, symmetries } = new TreeCodes(this.library, rest.tree).ordered();
      const words = this.#write(ordered), joint = rest.slots.indexOf(at.slot);
      const place = slots[joint]! * this.ports + symmetries[joint]![at.port]!;
      const first = this.at(words, 0).places[place]!;
      const block = this.library.kinds[tree.kinds[leaf]!]!.entering[port]!;
      const slot = Math.floor(first / this.ports);
      made = { words, back: this.forward({ slot, port: first % this.ports }, block) };
    }
    known.removed.set(leaf, made);
    return made;
  }

  #read(words: Int32Array): BlockTree {
    const tree: BlockTree = { kinds: [], parents: [], parentPorts: [], ports: [] }, P = this.ports;
    for (let slot = 0; slot < this.slots && words[2 * slot]! > 0; slot++) {
      const joined = words[2 * slot + 1]! - 1;
      tree.kinds.push(words[2 * slot]! - 1);
      tree.parents.push(joined < 0 ? -1 : Math.floor(joined / P / P));
      tree.parentPorts.push(joined < 0 ? 0 : Math.floor(joined / P) % P);
      tree.ports.push(joined < 0 ? 0 : joined % P);
    }
    return tree;
  }

  #write({ kinds, parents, parentPorts, ports }: BlockTree): Int32Array {
    const words = new Int32Array(2 * this.slots), P = this.ports;
    for (const [slot, kind] of kinds.entries()) {
      words[2 * slot] = 1 + kind;
      if (slot === 0) continue;
      words[2 * slot + 1] = 1 + (parents[slot]! * P + parentPorts[slot]!) * P + ports[slot]!;
    }
    return words;
  }
}

function firstOf(known: Map<string, number>, code: string, place: number): number {
  const first = known.get(code) ?? place;
  known.set(code, first);
  return first;
}

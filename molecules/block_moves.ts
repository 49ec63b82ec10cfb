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

/** What is known of one tree. */
export interface KnownTree {
  tree: BlockTree;
  codes: TreeCodes;
  /** [slots * ports] the first place of those like it; -1 for a place that takes no bond. */
  places: Int32Array;
  /** [slots] the first of the leaves like it; -1 where nothing can be taken off. */
  leaves: Int32Array;
  added: Map<number, Move>;
  removed: Map<number, Move>;
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
    const made = this.#workOut(this.#read(words));
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

  #workOut(tree: BlockTree): KnownTree {
    const codes = new TreeCodes(this.library, tree), { kinds } = this.library;
    const places = new Int32Array(this.slots * this.ports).fill(-1);
    const leaves = new Int32Array(this.slots).fill(-1);
    const firstPlace = new Map<string, number>(), firstLeaf = new Map<string, number>();
    const views = tree.kinds.map((_, slot) => codes.from(slot));
    for (const [slot, kind] of tree.kinds.entries()) {
      const { ports, symmetries, entering } = kinds[kind]!, view = views[slot]!;
      // Nothing exchanges the places of a block that is like no other and has no symmetry of its own.
      const only = symmetries.length === 1 && views.indexOf(view) === views.lastIndexOf(view);
      for (const port of ports.keys()) {
        const place = slot * this.ports + port;
        if (codes.free({ slot, port }) === 0) continue;
        places[place] = only ? place : firstOf(firstPlace, codes.fromPlace({ slot, port }), place);
      }
      const alone = tree.kinds.length === 1;
      if (alone || (codes.degree(slot) === 1 && entering[codes.joint(slot).port]! >= 0)) {
        leaves[slot] = firstOf(firstLeaf, view, slot);
      }
    }
    return { tree, codes, places, leaves, added: new Map(), removed: new Map() };
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

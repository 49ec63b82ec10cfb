/**
 * Trees of blocks that know no order: whichever way one was put together, it is written in the same
 * words, and places that a symmetry makes the same are known as such.
 *
 * A tree is *coded* from each of its blocks as a text, in which a block is its kind and, port by port,
 * what hangs on it, under the symmetry of the block that gives the smallest text. The root is the block
 * with the smallest code of all; slots follow from there in the order of the code.
 *
 * @module
 */
import type { BlockLibrary } from "./block_library.ts";

/** A tree: its blocks, each but the first joined to one before it. */
export interface BlockTree {
  kinds: number[];
  /** Slot of the block that each is joined to, -1 for the first. */
  parents: number[];
  /** Port of that block, and of its own. */
  parentPorts: number[];
  ports: number[];
}

/** A place in a tree: a port of the block in a slot. */
export interface Place {
  slot: number;
  port: number;
}

/** A tree in its one order, and where the blocks of another order have gone. */
export interface Ordered {
  tree: BlockTree;
  /** For each slot of the tree as it was given, where it is now. */
  slots: number[];
  /** For each, the symmetry that its ports have been moved by. */
  symmetries: (readonly number[])[];
}

/** What hangs on a port: a block by its link, or a mark of one character. */
interface Hanging {
  port: number;
  code: string;
  link: Link | null;
}

/** One end of a bond between blocks. */
interface Link {
  to: number;
  /** Port at this end, and at the other. */
  port: number;
  otherPort: number;
}

interface Coded {
  code: string;
  symmetry: readonly number[];
  /** What hangs on the block, in the order of the code. */
  order: readonly Hanging[];
}

/** Codes of one tree. */
export class TreeCodes {
  readonly #library: BlockLibrary;
  readonly #tree: BlockTree;
  readonly #links: readonly (readonly Link[])[];
  /** Of blocks seen from a neighbour, by slot and neighbour. */
  readonly #branches = new Map<number, Coded>();

  constructor(library: BlockLibrary, tree: BlockTree) {
    this.#library = library;
    this.#tree = tree;
    const links: Link[][] = tree.kinds.map(() => []);
    tree.parents.forEach((to, slot) => {
      if (to < 0) return;
      const port = tree.ports[slot]!, otherPort = tree.parentPorts[slot]!;
      links[slot]!.push({ to, port, otherPort });
      links[to]!.push({ to: slot, port: otherPort, otherPort: port });
    });
    this.#links = links;
  }

  /** Bonds of the block in a slot. */
  degree(slot: number): number {
    return this.#links[slot]!.length;
  }

  /** The bonds that a port can still take. */
  free({ slot, port }: Place): number {
    const used = this.#links[slot]!.filter((link) => link.port === port).length;
    return this.#library.kinds[this.#tree.kinds[slot]!]!.capacity[port]! - used;
  }

  /** The only neighbour of a leaf: the place that it is joined to, and its own port. */
  joint(leaf: number): { at: Place; port: number } {
    const { to, port, otherPort } = this.#links[leaf]![0]!;
    return { at: { slot: to, port: otherPort }, port };
  }

  /** The tree seen from a block. Two blocks have one code exactly when a symmetry takes one to the other. */
  from(slot: number): string {
    return this.#code(slot, -1, []).code;
  }

  /** The tree seen from a place. Likewise for places. */
  fromPlace({ slot, port }: Place): string {
    return this.#code(slot, -1, [{ port, code: "*", link: null }]).code;
  }

  /** The tree in the order that depends on nothing but its shape. */
  ordered(): Ordered {
    const { kinds } = this.#tree;
    // A code begins with the kind of its block.
    const first = Math.min(...kinds);
    let root = kinds.indexOf(first), best = this.#code(root, -1, []);
    for (let slot = root + 1; slot < kinds.length; slot++) {
      if (kinds[slot] !== first) continue;
      const coded = this.#code(slot, -1, []);
      if (coded.code < best.code) [root, best] = [slot, coded];
    }
    const tree: BlockTree = { kinds: [], parents: [], parentPorts: [], ports: [] };
    const slots: number[] = [], symmetries: (readonly number[])[] = [];
    const place = (
      slot: number,
      coded: Coded,
      parent: number,
      parentPort: number,
      port: number,
    ) => {
      const here = slots[slot] = tree.kinds.length, { symmetry } = coded;
      symmetries[slot] = symmetry;
      tree.kinds.push(kinds[slot]!);
      tree.parents.push(parent);
      tree.parentPorts.push(parentPort);
      tree.ports.push(port < 0 ? 0 : symmetry[port]!);
      for (const { link } of coded.order) {
        if (link === null) continue;
        const branch = this.#branch(slot, link);
        place(link.to, branch, here, symmetry[link.port]!, link.otherPort);
      }
    };
    place(root, best, -1, 0, -1);
    return { tree, slots, symmetries };
  }

  #branch(slot: number, { to, otherPort }: Link): Coded {
    const key = slot * this.#tree.kinds.length + to, known = this.#branches.get(key);
    if (known) return known;
    const made = this.#code(to, slot, [{ port: otherPort, code: "^", link: null }]);
    this.#branches.set(key, made);
    return made;
  }

  /** The part of the tree that is seen from a block, the way to `except` left out, with marks on ports. */
  #code(slot: number, except: number, marks: Hanging[]): Coded {
    const kind = this.#tree.kinds[slot]!;
    const hanging = this.#links[slot]!.filter(({ to }) => to !== except)
      .map((link): Hanging => ({
        ...{ port: link.port, code: this.#branch(slot, link).code, link },
      }));
    hanging.push(...marks);
    let best: Coded | undefined;
    for (const symmetry of this.#library.kinds[kind]!.symmetries) {
      const order = hanging.toSorted((a, b) =>
        symmetry[a.port]! - symmetry[b.port]! || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
      );
      const parts = order.map(({ port, code }) => symmetry[port] + code).join("");
      const code = `(${String.fromCharCode(0x100 + kind)}${parts})`;
      if (best === undefined || code < best.code) best = { code, symmetry, order };
    }
    return best!;
  }
}

/** A tree with one block more, in the last slot. */
export function withLeaf(tree: BlockTree, kind: number, at: Place, port: number): BlockTree {
  return {
    kinds: [...tree.kinds, kind],
    parents: [...tree.parents, tree.kinds.length === 0 ? -1 : at.slot],
    parentPorts: [...tree.parentPorts, at.port],
    ports: [...tree.ports, port],
  };
}

/** A tree of two blocks or more without a leaf, and the slots that the others had. */
export function withoutLeaf(tree: BlockTree, leaf: number): { tree: BlockTree; slots: number[] } {
  // Only the first block can be a leaf that others are joined to; then its one child becomes the first.
  const slots = tree.kinds.map((_, slot) => slot).filter((slot) => slot !== leaf);
  return {
    slots,
    tree: {
      kinds: slots.map((slot) => tree.kinds[slot]!),
      parents: slots.map((slot) => slots.indexOf(tree.parents[slot]!)),
      parentPorts: slots.map((slot) => tree.parentPorts[slot]!),
      ports: slots.map((slot) => tree.ports[slot]!),
    },
  };
}

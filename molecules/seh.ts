/**
 * What the environment `seh` is made of: blocks, the moves between trees of them, the network that scores
 * molecules, their fingerprints and their pictures.
 *
 * @module
 */
import { type ReadAs, readBlocks } from "./block_library.ts";
import { BlockMoves, type KnownTree } from "./block_moves.ts";
import { Depiction } from "./depiction.ts";
import { join, type Link, type Molecule } from "./molecule.ts";
import { MORGAN_BITS, writeMorgan } from "./morgan.ts";
import { SehProxy } from "./seh_proxy.ts";
import { tensorsOf } from "./tensors.ts";

/** Which atoms the network is told to have a free stem. */
export type StemMask = "free-stems" | "none";

/** The molecules that can be built from the first blocks of a file. */
export class SehMolecules {
  readonly moves: BlockMoves;
  readonly #proxy: SehProxy;
  readonly #depiction: Depiction;

  /**
   * @param blocks the file of blocks
   * @param weights the network's, as a safetensors file
   * @param count blocks to use, or fragments
   * @param slots most blocks of a molecule
   * @param as how the file is read
   */
  constructor(
    blocks: Uint8Array,
    weights: Uint8Array,
    count: number,
    slots: number,
    as: ReadAs,
  ) {
    const library = readBlocks(new TextDecoder().decode(blocks), count, as);
    this.moves = new BlockMoves(library, slots);
    this.#proxy = new SehProxy(tensorsOf(weights));
    this.#depiction = new Depiction(library.kinds.map(({ smiles }) => smiles));
  }

  /** The scores of molecules of one block or more. */
  scores(trees: readonly KnownTree[], mask: StemMask): Float64Array {
    return this.#proxy.score(trees.map((known) => ({
      ...this.#molecule(known),
      marked: mask === "none" ? [] : this.#freeAtoms(known),
    })));
  }

  /** int32 words of a fingerprint. */
  readonly fingerprintWords = MORGAN_BITS / 32;

  /** Writes the Morgan fingerprint of radius 2. */
  writeFingerprint(known: KnownTree, out: Int32Array, outAt: number): void {
    writeMorgan(this.#molecule(known), out, outAt);
  }

  smiles({ tree }: KnownTree): string {
    return this.#depiction.smiles(tree.kinds, this.#links({ tree }));
  }

  svg({ tree }: KnownTree): string {
    return this.#depiction.svg(tree.kinds, this.#links({ tree }));
  }

  #molecule(known: KnownTree): Molecule {
    return join(known.tree.kinds.map((kind) => this.#kind(kind)), this.#links(known));
  }

  #links({ tree }: Pick<KnownTree, "tree">): Link[] {
    const atom = (slot: number, port: number) => this.#kind(tree.kinds[slot]!).ports[port]!;
    return tree.kinds.flatMap((_, slot): Link[] => {
      const parent = tree.parents[slot]!;
      if (parent < 0) return [];
      const from = atom(parent, tree.parentPorts[slot]!), to = atom(slot, tree.ports[slot]!);
      return [[parent, slot, from, to]];
    });
  }

  /** Atoms that take a bond more; the first atom where there is none, as in the reference. */
  #freeAtoms({ tree, places }: KnownTree): number[] {
    const P = this.moves.ports, marked: number[] = [];
    let first = 0;
    for (const [slot, kind] of tree.kinds.entries()) {
      const { ports, atoms } = this.#kind(kind);
      ports.forEach((atom, port) => {
        if (places[slot * P + port]! >= 0) marked.push(first + atom);
      });
      first += atoms.length;
    }
    return marked.length > 0 ? marked : [0];
  }

  #kind(kind: number) {
    return this.moves.library.kinds[kind]!;
  }
}

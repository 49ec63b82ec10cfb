/**
 * Blocks that molecules are joined from.
 *
 * A block of the file is a molecule, the atom that it is attached by, and the atoms that others can then
 * be attached to. Blocks that are the same molecule with the same places to attach are one *kind*,
 * entered by different places. A *port* is an atom of a kind that takes bonds; how many is its capacity.
 *
 * Read as *fragments*, all blocks that are the same molecule are one kind, whose ports are the atoms that
 * any of them can be bound by; each takes one bond, and a fragment is entered by any.
 *
 * @module
 */
import type { Atom, Bond, Molecule } from "./molecule.ts";

/** A molecule with ports. */
export interface Kind extends Molecule {
  /** The atom of each port, rising. */
  ports: readonly number[];
  /** Bonds that each port takes. */
  capacity: readonly number[];
  /** Permutations of the ports that symmetries of the molecule make; the first changes nothing. */
  symmetries: readonly (readonly number[])[];
  /** For each port the block that enters by it, or by one symmetric to it; -1 where there is none. */
  entering: readonly number[];
  smiles: string;
}

/** A block: a kind, entered by a port. */
export interface Block {
  kind: number;
  port: number;
}

/** Kinds and blocks. */
export interface BlockLibrary {
  kinds: readonly Kind[];
  blocks: readonly Block[];
  /** Most ports of a kind. */
  ports: number;
}

/** One block as the file has it. */
interface Entry {
  smiles: string;
  attach: number[];
  atoms: { z: number; charge: number; aromatic: boolean; total_hs: number; explicit_hs: number }[];
  bonds: Bond[];
}

/** How the blocks of a file are read. */
export type ReadAs = "blocks" | "fragments";

/**
 * The first blocks of a file, or the first fragments.
 *
 * @param json `{ blocks: [{ smiles, attach, atoms, bonds }] }`
 */
export function readBlocks(
  json: string,
  count = Infinity,
  as: ReadAs = "blocks",
): BlockLibrary {
  const all = (JSON.parse(json) as { blocks: Entry[] }).blocks;
  const entries = as === "blocks" ? all.slice(0, count) : fragmentsOf(all, count);
  const kinds: Kind[] = [], blocks: Block[] = [], known = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const ports = [...new Set(entry.attach)].sort((a, b) => a - b);
    const capacity = ports.map((atom) => entry.attach.filter((one) => one === atom).length);
    const key = `${entry.smiles} ${ports} ${capacity}`;
    let kind = known.get(key);
    if (kind === undefined) {
      known.set(key, kind = kinds.length);
      kinds.push({ ...kindOf(entry, ports, capacity), entering: ports.map(() => -1) });
    }
    const port = ports.indexOf(entry.attach[0]!), { symmetries } = kinds[kind]!;
    const entering = kinds[kind]!.entering as number[];
    blocks.push({ kind, port });
    for (const symmetry of symmetries) {
      if (entering[symmetry[port]!] === -1) entering[symmetry[port]!] = index;
    }
  }
  return { kinds, blocks, ports: Math.max(...kinds.map(({ ports }) => ports.length)) };
}

/** A block for each atom that a fragment can be bound by; of those that a symmetry exchanges the first. */
function fragmentsOf(all: readonly Entry[], count: number): Entry[] {
  const smiles = [...new Set(all.map((entry) => entry.smiles))].slice(0, count);
  return smiles.flatMap((one) => {
    const same = all.filter((entry) => entry.smiles === one);
    const ports = [...new Set(same.flatMap(({ attach }) => attach))].sort((a, b) => a - b);
    const { symmetries } = kindOf(same[0]!, ports, ports.map(() => 1));
    return ports.filter((_, port) => symmetries.every((symmetry) => symmetry[port]! >= port))
      .map((atom) => ({ ...same[0]!, attach: [atom, ...ports.filter((other) => other !== atom)] }));
  });
}

function kindOf(
  { smiles, atoms: raw, bonds }: Entry,
  ports: number[],
  capacity: number[],
): Omit<Kind, "entering"> {
  const atoms = raw.map(({ z, charge, aromatic, total_hs, explicit_hs }): Atom => ({
    ...{ z, charge, aromatic, hydrogens: total_hs, explicitHydrogens: explicit_hs },
  }));
  return {
    smiles,
    atoms,
    bonds,
    ports,
    capacity,
    symmetries: symmetries(atoms, bonds, ports, capacity),
  };
}

/** The permutations of ports that keep atoms, bonds and capacities; the identity first. */
function symmetries(
  atoms: readonly Atom[],
  bonds: readonly Bond[],
  ports: readonly number[],
  capacity: readonly number[],
): number[][] {
  const n = atoms.length, bond = new Int8Array(n * n).fill(-1);
  for (const [i, j, kind] of bonds) bond[i * n + j] = bond[j * n + i] = kind;
  const label = atoms.map((atom, i) => JSON.stringify([atom, capacity[ports.indexOf(i)] ?? 0]));
  const found = new Map<string, number[]>(), image: number[] = [];
  const extend = (i: number): void => {
    if (i === n) {
      const moved = ports.map((atom) => ports.indexOf(image[atom]!));
      found.set(moved.join(), moved);
      return;
    }
    for (let to = 0; to < n; to++) {
      if (label[to] !== label[i] || image.includes(to)) continue;
      if (image.some((other, j) => bond[i * n + j] !== bond[to * n + other])) continue;
      image.push(to);
      extend(i + 1);
      image.pop();
    }
  };
  extend(0);
  return [...found.values()];
}

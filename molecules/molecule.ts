/**
 * Molecules as graphs of heavy atoms, made by joining smaller ones with single bonds.
 *
 * @module
 */

/** Kinds of bond, as {@linkcode Molecule.bonds} numbers them. */
export const bondKind = { single: 0, double: 1, triple: 2, aromatic: 3 } as const;

/** Bond orders by kind. */
export const BOND_ORDER: readonly number[] = [1, 2, 3, 1.5];

/** One heavy atom. */
export interface Atom {
  /** Atomic number. */
  z: number;
  /** Formal charge. */
  charge: number;
  aromatic: boolean;
  /** Hydrogens attached to it. */
  hydrogens: number;
  /** Of these, the ones that its SMILES has to spell out. */
  explicitHydrogens: number;
}

/** Two atoms by their places, and the kind of their bond. */
export type Bond = readonly [from: number, to: number, kind: number];

/** A molecule: atoms, and bonds between them. */
export interface Molecule {
  atoms: readonly Atom[];
  bonds: readonly Bond[];
}

/** A single bond to be made: part a to part b, at atom i of a and atom j of b. */
export type Link = readonly [a: number, b: number, i: number, j: number];

/** Valences that atoms which gain bonds without giving hydrogens away fill up to, by atomic number. */
const VALENCES: Readonly<Record<number, readonly number[]>> = {
  ...{ 6: [4], 7: [3], 8: [2], 9: [1], 15: [3, 5, 7], 16: [2, 4, 6], 17: [1], 35: [1] },
  53: [1, 3, 5],
};

/**
 * Joins parts to one molecule, its atoms in the order of the parts. Each end of a new bond gives away a
 * hydrogen; one that had none, such as the sulphur of O=S=O, is filled up to its next valence instead,
 * as RDKit does it.
 */
export function join(parts: readonly Molecule[], links: readonly Link[]): Molecule {
  const first: number[] = [];
  let count = 0;
  for (const { atoms } of parts) {
    first.push(count);
    count += atoms.length;
  }
  const bonds = parts.flatMap((part, p) =>
    part.bonds.map(([i, j, kind]): Bond => [first[p]! + i, first[p]! + j, kind])
  );
  const joined = new Int32Array(count);
  for (const [a, b, i, j] of links) {
    const from = first[a]! + i, to = first[b]! + j;
    bonds.push([from, to, bondKind.single]);
    joined[from]!++;
    joined[to]!++;
  }
  const atoms = parts.flatMap((part) => part.atoms)
    .map((atom, i) => joined[i] === 0 ? atom : { ...atom, ...hydrogensOf(atom, joined[i]!) });
  for (const [i, atom] of atoms.entries()) {
    if (atom.hydrogens >= 0) continue;
    const order = bonds.reduce(
      (sum, [from, to, kind]) => from === i || to === i ? sum + BOND_ORDER[kind]! : sum,
      0,
    );
    const valence = VALENCES[atom.z]?.find((valence) => valence >= order) ?? order;
    atoms[i] = { ...atom, hydrogens: atom.aromatic ? 0 : valence - order };
  }
  return { atoms, bonds };
}

/** What an atom keeps that takes part in so many new bonds; -1 where its valence has to tell. */
function hydrogensOf(
  { hydrogens, explicitHydrogens }: Atom,
  joined: number,
): Pick<Atom, "hydrogens" | "explicitHydrogens"> {
  if (explicitHydrogens > 0) {
    const given = Math.min(joined, explicitHydrogens);
    return {
      hydrogens: hydrogens - given,
      explicitHydrogens: explicitHydrogens - given,
    };
  }
  return { hydrogens: joined <= hydrogens ? hydrogens - joined : -1, explicitHydrogens: 0 };
}

/** The neighbours of every atom: place, and kind of the bond. */
export function neighbours({ atoms, bonds }: Molecule): { to: number; kind: number }[][] {
  const all: { to: number; kind: number }[][] = atoms.map(() => []);
  for (const [from, to, kind] of bonds) {
    all[from]!.push({ to, kind });
    all[to]!.push({ to: from, kind });
  }
  return all;
}

/**
 * What the network of sEH reads of an atom: its element, its neighbourhood, and whether it has a free port.
 *
 * @module
 */
import { type Hybridization, hybridizations } from "./hybridization.ts";
import type { Molecule } from "./molecule.ts";

/** Columns of the features of an atom. */
export const FEATURES = 71;

/** The column of the features that marks atoms with a free port. */
const MARK = 70;

/** Columns of elements that have one beside that of their atomic number; others share column 5. */
const ELEMENT: Readonly<Record<number, number>> = { 1: 0, 6: 1, 7: 2, 8: 3, 9: 4 };
const OTHER_ELEMENT = 5;
const HYBRID: Readonly<Record<Hybridization, number | null>> = {
  ...{ sp: 10, sp2: 11, sp3: 12, other: null },
};

/** A molecule to score. */
export interface Scored extends Molecule {
  /** Atoms that are marked as having a free port. */
  marked: readonly number[];
}

/** The features of one atom that are not 0, as columns and values. */
export type AtomFeatures = readonly (readonly [column: number, value: number])[];

/** The features of every atom, by rising column. */
export function atomFeatures(molecule: Scored): AtomFeatures[] {
  const hybrids = hybridizations(molecule), marked = new Set(molecule.marked);
  return molecule.atoms.map(({ z, aromatic, hydrogens }, i) => {
    const features: [number, number][] = [[ELEMENT[z] ?? OTHER_ELEMENT, 1]];
    if (aromatic) features.push([9, 1]);
    const hybrid = HYBRID[hybrids[i]!];
    if (hybrid !== null) features.push([hybrid, 1]);
    if (hydrogens > 0) features.push([13, hydrogens]);
    features.push([13 + z, 1]);
    if (marked.has(i)) features.push([MARK, 1]);
    return features;
  });
}

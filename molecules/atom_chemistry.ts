/**
 * Graphs of atoms as molecules: their properties, SMILES, drawings and fingerprints, by OpenChemLib. Hydrogens
 * fill up what valences leave; charge and handedness are not there.
 *
 * @module
 */
import { Molecule as Drawable, MoleculeProperties } from "openchemlib";
import type { Element } from "./atom_moves.ts";
import type { ColouredGraph } from "./canonical_graph.ts";
import { svgOf } from "./depiction.ts";
import { type Atom, type Bond, BOND_ORDER, bondKind } from "./molecule.ts";
import { MORGAN_BITS, writeMorgan } from "./morgan.ts";

/** What can be computed of a molecule: cLogP, log10 of the solubility in mol/l, polar surface area in square angstrom. */
export type Property = "clogp" | "logs" | "psa";

const PROPERTIES: Readonly<Record<Property, (molecule: Drawable) => number>> = {
  clogp: (molecule) => new MoleculeProperties(molecule).logP,
  logs: (molecule) => new MoleculeProperties(molecule).logS,
  psa: (molecule) => new MoleculeProperties(molecule).polarSurfaceArea,
};

/** Makes molecules of graphs whose colours are elements and whose edges' types are bond orders. */
export class AtomChemistry {
  readonly #elements: readonly Element[];
  /** int32 words of a fingerprint. */
  readonly fingerprintWords = MORGAN_BITS / 32;

  constructor(elements: readonly Element[]) {
    this.#elements = elements;
  }

  property(graph: ColouredGraph, property: Property): number {
    return PROPERTIES[property](this.#molecule(graph));
  }

  /** Canonical SMILES: the same for graphs that differ in where an aromatic ring has its double bonds alone. */
  smiles(graph: ColouredGraph): string {
    // Atoms stand there in the order that they have, which the code makes canonical. In small letters a ring
    // with a triple bond would lose it.
    return Drawable.fromIDCode(this.identity(graph)).toIsomericSmiles({ kekulizedOutput: true });
  }

  /** OpenChemLib's code of the molecule. */
  identity(graph: ColouredGraph): string {
    return this.#flat(graph).getIDCode();
  }

  svg(graph: ColouredGraph): string {
    return svgOf(this.#flat(graph));
  }

  /** Writes the Morgan fingerprint of radius 2, with the aromatic bonds that OpenChemLib sees. */
  writeFingerprint(graph: ColouredGraph, out: Int32Array, outAt: number): void {
    const { colours, edges } = graph, k = colours.length, drawable = this.#molecule(graph);
    drawable.ensureHelperArrays(Drawable.cHelperRings); // what is aromatic is found then
    const bonds = bondsOf(graph).map(([i, j, order], bond): Bond => {
      const aromatic = drawable.isAromaticBond(bond);
      return [i, j, aromatic ? bondKind.aromatic : BOND_ORDER.indexOf(order)];
    });
    const atoms = colours.map((element, i): Atom => {
      const { z, valence } = this.#elements[element]!;
      const used = edges.subarray(i * k, (i + 1) * k).reduce((sum, order) => sum + order, 0);
      const aromatic = drawable.isAromaticAtom(i);
      return { z, charge: 0, aromatic, hydrogens: valence - used, explicitHydrogens: 0 };
    });
    writeMorgan({ atoms, bonds }, out, outAt);
  }

  #molecule(graph: ColouredGraph): Drawable {
    const bonds = bondsOf(graph), molecule = new Drawable(graph.colours.length, bonds.length);
    for (const element of graph.colours) molecule.addAtom(this.#elements[element]!.z);
    for (const [i, j, order] of bonds) {
      molecule.setBondType(molecule.addBond(i, j), BOND_TYPES[order]!);
    }
    return molecule;
  }

  /** Without handedness: read off coordinates that are not there, double bonds would be cis or trans. */
  #flat(graph: ColouredGraph): Drawable {
    const molecule = this.#molecule(graph);
    molecule.stripStereoInformation(); // takes far longer than a property
    return molecule;
  }
}

/** OpenChemLib's types of bonds by their orders. */
const BOND_TYPES = [
  ...[0, Drawable.cBondTypeSingle, Drawable.cBondTypeDouble, Drawable.cBondTypeTriple],
];

/** The bonds of a graph with their orders, in the order of their pairs. */
function bondsOf({ colours, edges }: ColouredGraph): [i: number, j: number, order: number][] {
  const k = colours.length, bonds: [number, number, number][] = [];
  for (let i = 0; i < k; i++) {
    for (let j = i + 1; j < k; j++) {
      const order = edges[i * k + j]!;
      if (order > 0) bonds.push([i, j, order]);
    }
  }
  return bonds;
}

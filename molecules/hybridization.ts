/**
 * Hybridisation of atoms, as RDKit assigns it, from bonds and hydrogens alone.
 *
 * @module
 */
import { BOND_ORDER, bondKind, type Molecule, neighbours } from "./molecule.ts";

/** What an atom may be; `other` where features tell nothing of it. */
export type Hybridization = "sp" | "sp2" | "sp3" | "other";

/** Electrons of the outer shell by atomic number. */
const OUTER: Readonly<Record<number, number>> = {
  ...{ 1: 1, 5: 3, 6: 4, 7: 5, 8: 6, 9: 7, 15: 5, 16: 6, 17: 7, 35: 7, 53: 7 },
};

/** Usual valence by atomic number. */
const VALENCE: Readonly<Record<number, number>> = {
  ...{ 1: 1, 5: 3, 6: 4, 7: 3, 8: 2, 9: 1, 15: 3, 16: 2, 17: 1, 35: 1, 53: 1 },
};

/** What the rule reads of an atom. */
interface Facts {
  z: number;
  charge: number;
  outer: number;
  valence: number;
  /** Bonds to heavy atoms, and with hydrogens. */
  degree: number;
  total: number;
  /** Sum of bond orders to heavy atoms, and with hydrogens. */
  order: number;
  used: number;
}

/**
 * The hybridisation of every atom: from the number of its neighbours and lone pairs, where an atom of
 * four that takes part in conjugation counts as one of three.
 */
export function hybridizations(molecule: Molecule): Hybridization[] {
  const near = neighbours(molecule);
  const facts = molecule.atoms.map(({ z, charge, aromatic, hydrogens }, i): Facts => {
    const valence = VALENCE[z]!, degree = near[i]!.length;
    const order = near[i]!.reduce((sum, { kind }) => sum + BOND_ORDER[kind]!, 0);
    const used = order + hydrogens;
    const excess = aromatic ? Math.max(0, used - valence - charge) : 0;
    return {
      ...{ z, charge, outer: OUTER[z]!, valence, degree, total: degree + hydrogens },
      ...{ order: order - excess, used: used - excess },
    };
  });
  const candidates = facts.map(mayConjugate);
  const conjugated = new Array<boolean>(facts.length).fill(false);
  for (const [from, to, kind] of molecule.bonds) {
    if (kind === bondKind.aromatic) conjugated[from] = conjugated[to] = true;
  }
  for (const [i, { total }] of facts.entries()) {
    if (!candidates[i] || total < 2 || total > 3) continue;
    for (const b1 of near[i]!) {
      if (BOND_ORDER[b1.kind]! < 1.5 || !candidates[b1.to]) continue;
      for (const b2 of near[i]!) {
        if (b2 === b1 || facts[b2.to]!.total > 3 || !candidates[b2.to]) continue;
        conjugated[i] = conjugated[b1.to] = conjugated[b2.to] = true;
      }
    }
  }
  return facts.map(({ outer, charge, total, used }, i) => {
    switch (total + Math.max(0, Math.floor((outer - used - charge) / 2))) {
      case 2:
        return "sp";
      case 3:
        return "sp2";
      case 4:
        return total > 3 || !conjugated[i] ? "sp3" : "sp2";
      default:
        return "other";
    }
  });
}

/** Whether an atom has an electron for a conjugated system. */
function mayConjugate({ z, charge, outer, valence, degree, total, order, used }: Facts): boolean {
  if (charge === 0 && used > valence) return false;
  if (z > 10 && (outer === 5 || outer === 6) && !(outer === 6 && total < 2)) return false;
  if (valence <= 1 || total > 3) return false;
  const free = valence - total + Math.max(outer - valence - charge, 0);
  return free > 1 && order - degree > 1 ? true : free > 0;
}

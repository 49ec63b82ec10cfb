/**
 * Morgan fingerprints (Rogers and Hahn 2010), the very bits that RDKit's generator of them gives: for
 * each atom and radius a number that stands for what lies around it, folded into a set of bits.
 *
 * @module
 */
import { bondKind, type Molecule, neighbours } from "./molecule.ts";

/** Bits of a fingerprint, and the largest distance in bonds of what an atom is known by. */
export const MORGAN_BITS = 2048;
const RADIUS = 2;

/** RDKit's numbers of kinds of bond. */
const BOND_TYPE: readonly number[] = [1, 2, 3, 12];

/** Writes a molecule's fingerprint, MORGAN_BITS / 32 words, bit b in word b >> 5. */
export function writeMorgan(molecule: Molecule, out: Int32Array, outAt: number): void {
  out.fill(0, outAt, outAt + MORGAN_BITS / 32);
  for (const id of environments(molecule)) {
    const bit = id % MORGAN_BITS;
    out[outAt + (bit >> 5)]! |= 1 << (bit & 31);
  }
}

/**
 * The number of every environment of an atom that differs from those found before in the bonds it
 * covers: the atoms themselves, then those around them, a bond further each round.
 */
export function environments(molecule: Molecule): number[] {
  const near = neighbours(molecule), rings = ringBonds(molecule, near);
  const bondsAt = near.map(() => [] as number[]), n = molecule.atoms.length;
  molecule.bonds.forEach(([from, to], bond) => {
    bondsAt[from]!.push(bond);
    bondsAt[to]!.push(bond);
  });
  let current = molecule.atoms.map(({ z, charge, hydrogens }, i) =>
    hashed([
      ...[z, near[i]!.length + hydrogens, hydrogens, charge, 0], // 0: no isotope
      ...bondsAt[i]!.some((bond) => rings[bond]) ? [1] : [],
    ])
  );
  const found = [...current], covered = new Set<string>();
  let bonds = near.map(() => new Set<number>());
  const done = new Array<boolean>(n).fill(false);
  for (let layer = 0; layer < RADIUS; layer++) {
    const next = [...current], nextBonds = bonds.map((set) => new Set(set));
    const round: { key: string; id: number; atom: number }[] = [];
    for (let i = 0; i < n; i++) {
      if (done[i]) continue;
      const around: [number, number][] = [];
      for (const bond of bondsAt[i]!) {
        const [from, to, kind] = molecule.bonds[bond]!, other = from === i ? to : from;
        nextBonds[i]!.add(bond);
        for (const further of bonds[other]!) nextBonds[i]!.add(further);
        around.push([BOND_TYPE[kind]!, current[other]!]);
      }
      if (around.length === 0) {
        done[i] = true;
        continue;
      }
      around.sort(([a, x], [b, y]) => a - b || x - y);
      let id = combine(layer, current[i]!);
      for (const pair of around) id = combine(id, hashed(pair));
      next[i] = id;
      const key = [...nextBonds[i]!].sort((a, b) => a - b).join();
      round.push({ key, id, atom: i });
    }
    // Of environments that cover the same bonds the one of the smallest number stands for all.
    round.sort((a, b) => a.id - b.id || a.atom - b.atom);
    for (const { key, id, atom } of round) {
      if (covered.has(key)) done[atom] = true;
      else {
        covered.add(key);
        found.push(id);
      }
    }
    current = next;
    bonds = nextBonds;
  }
  return found;
}

/** Boost's hash of a list, in 32 bits. */
function hashed(values: readonly number[]): number {
  return values.reduce(combine, 0);
}

function combine(seed: number, value: number): number {
  return (seed ^ (value + 0x9e3779b9 + (seed << 6) + (seed >>> 2))) >>> 0;
}

/** Whether each bond lies in a ring: whether its ends stay joined without it. */
function ringBonds(
  { bonds }: Molecule,
  near: readonly (readonly { to: number }[])[],
): boolean[] {
  return bonds.map(([from, to, kind]) => {
    if (kind === bondKind.aromatic) return true;
    const seen = new Set([from]), stack = [from];
    while (stack.length > 0) {
      const i = stack.pop()!;
      for (const { to: j } of near[i]!) {
        if ((i === from && j === to) || seen.has(j)) continue;
        if (j === to) return true;
        seen.add(j);
        stack.push(j);
      }
    }
    return false;
  });
}

import assert from "node:assert/strict";
import { hybridizations } from "../../molecules/hybridization.ts";
import { type Atom, join, type Molecule } from "../../molecules/molecule.ts";

const atom = (z: number, hydrogens: number, explicitHydrogens = 0): Atom => ({
  ...{ z, charge: 0, aromatic: false, hydrogens, explicitHydrogens },
});
const methane: Molecule = { atoms: [atom(6, 4)], bonds: [] };

Deno.test("join() takes a hydrogen from each end of a bond", () => {
  const { atoms, bonds } = join([methane, methane, methane], [[0, 1, 0, 0], [0, 2, 0, 0]]);
  assert.deepEqual(atoms.map(({ hydrogens }) => hydrogens), [2, 3, 3]);
  assert.deepEqual(bonds, [[0, 1, 0], [0, 2, 0]]);
});

Deno.test("join() takes spelt out hydrogens first, and no more than there are", () => {
  const amine: Molecule = { atoms: [atom(7, 2, 1)], bonds: [] };
  const joined = join([amine, methane, methane], [[0, 1, 0, 0], [0, 2, 0, 0]]).atoms[0]!;
  assert.deepEqual([joined.hydrogens, joined.explicitHydrogens], [1, 0]);
});

Deno.test("join() fills sulphur without hydrogens up to its next valence", () => {
  const dioxide: Molecule = {
    atoms: [atom(8, 0), atom(16, 0), atom(8, 0)],
    bonds: [[0, 1, 1], [1, 2, 1]],
  };
  const once = join([dioxide, methane], [[0, 1, 1, 0]]);
  assert.equal(once.atoms[1]!.hydrogens, 1);
  const twice = join([dioxide, methane, methane], [[0, 1, 1, 0], [0, 2, 1, 0]]);
  assert.equal(twice.atoms[1]!.hydrogens, 0);
});

Deno.test("hybridizations() tells a nitrogen beside a carbonyl from one that is not", () => {
  // CC(=O)N and CCN
  const amide: Molecule = {
    atoms: [atom(6, 3), atom(6, 0), atom(8, 0), atom(7, 2)],
    bonds: [[0, 1, 0], [1, 2, 1], [1, 3, 0]],
  };
  assert.deepEqual(hybridizations(amide), ["sp3", "sp2", "sp2", "sp2"]);
  const amine: Molecule = {
    atoms: [atom(6, 3), atom(6, 2), atom(7, 2)],
    bonds: [[0, 1, 0], [1, 2, 0]],
  };
  assert.deepEqual(hybridizations(amine), ["sp3", "sp3", "sp3"]);
  const nitrile: Molecule = { atoms: [atom(6, 1), atom(7, 0)], bonds: [[0, 1, 2]] };
  assert.deepEqual(hybridizations(nitrile), ["sp", "sp"]);
});

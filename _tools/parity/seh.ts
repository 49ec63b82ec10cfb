/**
 * Fixtures of molecules: features of atoms, scores of the network of sEH, recorded rewards, and what RDKit
 * says of Morgan fingerprints.
 *
 * @module
 */
import { base64 as blocksFile } from "../../envs/data/seh_blocks.ts";
import { base64 as weightsFile } from "../../envs/data/seh_proxy.ts";
import seh from "../../envs/seh.ts";
import { tanimoto } from "../../metrics/fingerprints.ts";
import { readBlocks } from "../../molecules/block_library.ts";
import { BlockMoves } from "../../molecules/block_moves.ts";
import { type Bond, join, type Link, type Molecule } from "../../molecules/molecule.ts";
import { MORGAN_BITS, writeMorgan } from "../../molecules/morgan.ts";
import { atomFeatures, type Scored } from "../../molecules/atom_features.ts";
import { SehProxy } from "../../molecules/seh_proxy.ts";
import { tensorsOf } from "../../molecules/tensors.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { type Check, DOUBLE, EXACT, type FileReport, FLOAT, type Tolerance } from "./check.ts";
import type { Fixture } from "./fixture.ts";
import { logRewards } from "./trajectories.ts";

const VECTOR_KEYS = [
  ...["smiles", "atoms", "bonds", "marked", "features", "score", "bits", "blocks", "links"],
];
const MOLECULE_KEYS = ["blocks", "links", "stems", "score", "scoreUnmarked", "reward"];

/** A score is a sum of terms of this size, which may cancel. */
const SIZE = 8;

/** R is the tenth power of a score from 0.1 on, that is as near as a score is. */
const POWER: Tolerance = { absolute: 0, relative: 10 * (SIZE * FLOAT.absolute / 0.1 + 2e-5) };

const library = readBlocks(new TextDecoder().decode(Uint8Array.fromBase64(blocksFile)));
const proxy = new SehProxy(tensorsOf(Uint8Array.fromBase64(weightsFile)));

/** Checks the molecules of the file. */
export async function checkSeh(fixture: Fixture, report: FileReport): Promise<void> {
  report.leaveOutKeys(fixture, ["kind", "rdkit", "vectors", "similarities", "molecules"]);
  const vectors = fixture.at("vectors").list(), molecules = fixture.at("molecules").list();
  for (const vector of vectors) report.leaveOutKeys(vector, VECTOR_KEYS);
  for (const molecule of molecules) report.leaveOutKeys(molecule, MOLECULE_KEYS);
  const scored = vectors.map(scoredOf);
  await report.case(`features of ${vectors.length} molecules`, (check) => {
    vectors.forEach((vector, i) => {
      check.equal(atomFeatures(scored[i]!), vector.at("features"), EXACT);
      const blocks = vector.maybe("blocks");
      if (blocks) check.equal(atomsOf(joined(vector)), vector.at("atoms"), EXACT);
    });
  });
  await report.case(`scores of ${vectors.length} molecules`, (check) => {
    proxy.score(scored).forEach((score, i) =>
      check.equal(score, vectors[i]!.at("score"), FLOAT, SIZE)
    );
  });
  await report.case(`fingerprints of ${vectors.length} molecules`, (check) => {
    const prints = scored.map(fingerprint);
    vectors.forEach((vector, i) => check.equal(bitsOf(prints[i]!), vector.at("bits"), EXACT));
    for (const pair of fixture.at("similarities").list()) {
      const [i, j, similarity] = pair.list();
      const found = tanimoto(prints[i!.whole(0)]!, prints[j!.whole(0)]!);
      check.equal(found, similarity!, DOUBLE);
    }
  });
  await report.case(`recorded rewards of ${molecules.length} molecules`, (check) => {
    checkRewards(molecules, check);
  });
  await report.case(`rewards of their states`, (check) => checkStates(molecules, check));
}

function scoredOf(vector: Fixture): Scored {
  const atoms = vector.at("atoms").list().map((atom) => {
    const [z, charge, aromatic, hydrogens, explicitHydrogens] = atom.numbers(5);
    return {
      ...{ z: z!, charge: charge!, aromatic: aromatic === 1 },
      ...{ hydrogens: hydrogens!, explicitHydrogens: explicitHydrogens! },
    };
  });
  const bonds = vector.at("bonds").list().map((bond) => bond.indices() as unknown as Bond);
  return { atoms, bonds, marked: vector.at("marked").indices() };
}

function atomsOf({ atoms }: Molecule): number[][] {
  return atoms.map(({ z, charge, aromatic, hydrogens, explicitHydrogens }) => [
    ...[z, charge, aromatic ? 1 : 0, hydrogens, explicitHydrogens],
  ]);
}

function partsOf(entry: Fixture) {
  return entry.at("blocks").indices().map((block) => library.kinds[library.blocks[block]!.kind]!);
}

function linksOf(entry: Fixture): Link[] {
  return entry.at("links").list().map((link) => link.indices() as unknown as Link);
}

function joined(entry: Fixture): Molecule {
  return join(partsOf(entry), linksOf(entry));
}

function fingerprint(molecule: Molecule): Int32Array {
  const out = new Int32Array(MORGAN_BITS / 32);
  writeMorgan(molecule, out, 0);
  return out;
}

function bitsOf(print: Int32Array): number[] {
  return Array.from({ length: MORGAN_BITS }, (_, bit) => bit)
    .filter((bit) => print[bit >> 5]! >> (bit & 31) & 1);
}

/** Scores with and without marks, and the rewards that the authors recorded. */
function checkRewards(molecules: readonly Fixture[], check: Check): void {
  const scored = molecules.map((entry): Scored => {
    const parts = partsOf(entry), first = [0];
    for (const { atoms } of parts) first.push(first.at(-1)! + atoms.length);
    const marked = entry.at("stems").list().map((stem) => {
      const [block, atom] = stem.indices();
      return first[block!]! + atom!;
    });
    return { ...joined(entry), marked: marked.length > 0 ? marked : [0] };
  });
  const scores = proxy.score(scored);
  const unmarked = proxy.score(scored.map((one) => ({ ...one, marked: [] })));
  molecules.forEach((entry, i) => {
    check.equal(scores[i]!, entry.at("score"), FLOAT, SIZE);
    check.equal(unmarked[i]!, entry.at("scoreUnmarked"), FLOAT, SIZE);
    check.equal((Math.max(0.1, scores[i]!) / SIZE) ** 10, entry.at("reward"), POWER);
  });
}

/** The same through the environment, for the molecules whose marks do not depend on an order. */
async function checkStates(molecules: readonly Fixture[], check: Check): Promise<void> {
  const moves = new BlockMoves(library, 8);
  const states = (entry: Fixture) => {
    const kinds = entry.at("blocks").indices().map((block) => library.blocks[block]!.kind);
    const port = (slot: number, atom: number) => library.kinds[kinds[slot]!]!.ports.indexOf(atom);
    const links = linksOf(entry).toSorted(([, a], [, b]) => a - b);
    return moves.wordsOf({
      kinds,
      parents: [-1, ...links.map(([a]) => a)],
      parentPorts: [0, ...links.map(([a, , i]) => port(a, i))],
      ports: [0, ...links.map(([, b, , j]) => port(b, j))],
    });
  };
  const options = {
    library: "blocks",
    blocks: 105,
    minBlocks: 2,
    maxBlocks: 8,
    minScore: 0.1,
    modeScore: 7.2,
  };
  for (const [stemMask, key] of [["free-stems", "score"], ["none", "scoreUnmarked"]] as const) {
    const environment = await openEnvironment(seh, { ...options, stemMask });
    const entries = molecules.filter((entry) =>
      stemMask === "none" || entry.at("stems").list().length > 0
    );
    const found = await logRewards(environment, entries.map(states));
    entries.forEach((entry, i) => {
      const score = entry.at(key).number();
      if (score > 0.1) check.equal(Math.exp(found[i]!) * SIZE, entry.at(key), FLOAT, SIZE);
      else check.holds(found[i] === Math.log(0.1 / SIZE), `${entry.path}: found ${found[i]}`);
    });
  }
}

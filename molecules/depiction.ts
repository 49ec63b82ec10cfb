/**
 * Molecules as people read them: SMILES and drawings, by OpenChemLib. It takes about 0.2 s to load, so
 * that this file is loaded by whoever needs it, once it does.
 *
 * @module
 */
import { Molecule as Drawable } from "openchemlib";
import type { Link } from "./molecule.ts";

/** Sides of a drawing at most and, in the scale of its bonds, at least. */
const WIDTH = 320, HEIGHT = 240, LEAST_WIDTH = 120, LEAST_HEIGHT = 90;

/** A molecule drawn flat, as an SVG element; it gets coordinates. Where E or Z is not said a bond is crossed. */
export function svgOf(molecule: Drawable): string {
  molecule.inventCoordinates();
  const svg = molecule.toSVG(WIDTH, HEIGHT, undefined, {
    autoCrop: true,
    autoCropMargin: 8,
    suppressChiralText: true,
    suppressCIPParity: true,
    suppressESR: true,
  });
  // Cut to what is there, two atoms would fill a picture as twenty do.
  return svg.replace(/width="\S+" height="\S+" viewBox="([^"]+)"/, (_, box: string) => {
    const [x, y, width, height] = box.split(" ").map(Number) as [number, number, number, number];
    const w = Math.max(width, LEAST_WIDTH), h = Math.max(height, LEAST_HEIGHT);
    const left = x - (w - width) / 2, top = y - (h - height) / 2;
    return `width="${w}px" height="${h}px" viewBox="${left} ${top} ${w} ${h}"`;
  });
}

/** Makes SMILES and drawings of molecules joined from parts of which the SMILES are known. */
export class Depiction {
  readonly #smiles: readonly string[];
  /** Parts that were needed so far. */
  readonly #parts = new Map<number, Drawable>();

  /** @param smiles of each part, its atoms in the order in which links name them */
  constructor(smiles: readonly string[]) {
    this.#smiles = smiles;
  }

  /** Canonical SMILES. */
  smiles(parts: readonly number[], links: readonly Link[]): string {
    return this.#joined(parts, links).toIsomericSmiles();
  }

  /** An SVG element. */
  svg(parts: readonly number[], links: readonly Link[]): string {
    return svgOf(this.#joined(parts, links));
  }

  #joined(parts: readonly number[], links: readonly Link[]): Drawable {
    const molecule = new Drawable(0, 0), first: number[] = [];
    for (const part of parts) {
      first.push(molecule.getAllAtoms());
      molecule.addMolecule(this.#part(part));
    }
    for (const [a, b, i, j] of links) {
      const bond = molecule.addBond(first[a]! + i, first[b]! + j);
      molecule.setBondType(bond, Drawable.cBondTypeSingle);
    }
    // Read off coordinates that are not there, double bonds would be cis or trans.
    molecule.stripStereoInformation();
    return molecule;
  }

  #part(part: number): Drawable {
    const known = this.#parts.get(part) ?? Drawable.fromSmiles(this.#smiles[part]!);
    this.#parts.set(part, known);
    return known;
  }
}

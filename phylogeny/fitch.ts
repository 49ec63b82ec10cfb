/**
 * Parsimony by sets of letters (Fitch 1971): a root has the letters that both its children may have, or,
 * where they share none, those of either, at the price of a mutation.
 *
 * @module
 */
import type { Alignment } from "./alignment.ts";

/** Sets in a word, five bits each, and the lowest bit of each. */
const LANES = 6, LOW = 0b000010000100001000010000100001;

/** All five letters in every lane: never a mutation. */
const ANY = 2 ** 30 - 1;

/** Sites that never differ in what they cost, taken together: six of one weight in a word. */
export interface Patterns {
  /** [taxa][words] */
  leaves: readonly Int32Array[];
  /** Sites that each lane of a word stands for, one number a word. */
  weights: Int32Array;
}

/**
 * The patterns of an alignment. Two sites cost the same on every forest when they are alike but for the
 * names of the letters. Sites with a letter that all taxa may have cost nothing and are left out.
 */
export function patternsOf({ sets }: Alignment): Patterns {
  const counts = new Map<string, { site: number; weight: number }>();
  for (let site = 0; site < sets[0]!.length; site++) {
    if (sets.reduce((all, taxon) => all & taxon[site]!, 31) !== 0) continue;
    // Who may have a letter, letter by letter; sorted, since letters have no order.
    const letters = [0, 1, 2, 3, 4].map((bit) =>
      String.fromCharCode(...sets.map((taxon) => taxon[site]! >> bit & 1))
    );
    const key = letters.toSorted().join("");
    const known = counts.get(key);
    if (known) known.weight++;
    else counts.set(key, { site, weight: 1 });
  }
  const byWeight = Map.groupBy(counts.values(), ({ weight }) => weight);
  const words = Array.from(byWeight).toSorted(([a], [b]) => a - b).flatMap(([weight, all]) =>
    Array.from({ length: Math.ceil(all.length / LANES) }, (_, k) => ({
      weight,
      sites: all.slice(k * LANES, (k + 1) * LANES).map(({ site }) => site),
    }))
  );
  return {
    leaves: sets.map((taxon) =>
      Int32Array.from(
        words,
        ({ sites }) => sites.reduce((word, site, k) => word & ~((31 ^ taxon[site]!) << 5 * k), ANY),
      )
    ),
    weights: Int32Array.from(words, ({ weight }) => weight),
  };
}

/** Joins b to a in place; gives the mutations that it costs. */
export function join(a: Int32Array, b: Int32Array, weights: Int32Array): number {
  let cost = 0;
  for (let k = 0; k < a.length; k++) {
    const empty = disjoint(a[k]!, b[k]!);
    a[k] = a[k]! & b[k]! | (a[k]! | b[k]!) & empty * 31;
    cost += weights[k]! * digitSum(empty);
  }
  return cost;
}

/** The mutations that joining a and b would cost. */
export function joinCost(a: Int32Array, b: Int32Array, weights: Int32Array): number {
  let cost = 0;
  for (let k = 0; k < a.length; k++) cost += weights[k]! * digitSum(disjoint(a[k]!, b[k]!));
  return cost;
}

/** The lowest bit of each lane in which two words share no letter. */
function disjoint(a: number, b: number): number {
  const both = a & b, pairs = both | both >> 1;
  return ~(pairs | pairs >> 2 | both >> 4) & LOW;
}

/** The sum of the digits in base 32, at most six of them 1: 32 is 1 modulo 31. */
function digitSum(ones: number): number {
  return ones % 31;
}

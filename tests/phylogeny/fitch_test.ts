import assert from "node:assert/strict";
import { RandomStream } from "../../tensor/random.ts";
import { join, patternsOf } from "../../phylogeny/fitch.ts";

/** Sets of letters at random, many of them of one letter: [taxa][sites]. */
function randomSets(seed: number, taxa: number, sites: number): number[][] {
  const random = RandomStream.of(seed, "test alignment");
  const below = (n: number) => Math.floor(n * random.uniform());
  return Array.from(
    { length: taxa },
    () => Array.from({ length: sites }, () => below(3) > 0 ? 1 << below(3) : 1 + below(31)),
  );
}

/** Mutations of the tree that takes taxa in order, site by site, as Fitch has it. */
function byHand(sets: readonly (readonly number[])[], order: readonly number[]): number {
  let cost = 0;
  for (let site = 0; site < sets[0]!.length; site++) {
    let root = sets[order[0]!]![site]!;
    for (const taxon of order.slice(1)) {
      const set = sets[taxon]![site]!;
      if ((root & set) === 0) cost++;
      root = root & set || root | set;
    }
  }
  return cost;
}

/** The same by patterns. */
function byPatterns(sets: number[][], order: readonly number[]): number {
  const { leaves, weights } = patternsOf({ names: sets.map(String), sets });
  const root = leaves[order[0]!]!.slice();
  return order.slice(1).reduce((sum, taxon) => sum + join(root, leaves[taxon]!, weights), 0);
}

Deno.test("join() of patterns costs what Fitch's rule costs site by site", () => {
  for (let seed = 0; seed < 40; seed++) {
    const sets = randomSets(seed, 3 + seed % 5, 1 + 7 * seed);
    const order = sets.map((_, i) => i).toSorted((i, j) => (i * 7 + seed) % 5 - (j * 7 + seed) % 5);
    assert.equal(byPatterns(sets, order), byHand(sets, order), `seed ${seed}`);
  }
});

Deno.test("patternsOf() takes sites together that differ in the names of their letters alone", () => {
  // Two sites with A and C alike, one with G and T in their place, one told apart by another taxon.
  const sets = [[16, 16, 4, 16], [16, 16, 4, 8], [8, 8, 2, 8]];
  const { leaves, weights } = patternsOf({ names: ["a", "b", "c"], sets });
  assert.deepEqual([...weights], [1, 3]);
  assert.deepEqual(leaves.map((leaf) => leaf.length), [2, 2, 2]);
});

Deno.test("patternsOf() leaves out sites with a letter that all may have", () => {
  const sets = [[16, 30], [16, 12], [16, 20]];
  const { leaves, weights } = patternsOf({ names: ["a", "b", "c"], sets });
  assert.deepEqual([weights.length, leaves[0]!.length], [0, 0]);
});

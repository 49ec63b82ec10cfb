import assert from "node:assert/strict";
import { drawTrees, newick } from "../../phylogeny/tree.ts";

const names = ["Homo_sapiens", "it's", "a<b&c", "d"];

Deno.test("newick() quotes names that it would be misread with", () => {
  assert.equal(newick([[0, 1], 3], names), "((Homo_sapiens,'it''s'),d)");
});

Deno.test("drawTrees() has a line for each join, a row for each taxon, and blanks in names", () => {
  const svg = drawTrees([[[0, 1], 2]], names);
  assert.equal(svg.match(/<path /g)!.length, 2);
  assert.deepEqual([...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text), [
    ...["Homo sapiens", "it's", "a&#60;b&#38;c"],
  ]);
  assert.deepEqual([...svg.matchAll(/ y="(\d+)"/g)].map(([, y]) => Number(y)), [10, 24, 38]);
});

Deno.test("drawTrees() draws a taxon alone with a stem, below the trees before it", () => {
  const svg = drawTrees([[0, 1], 2, 3], names);
  assert.equal(svg.match(/<path /g)!.length, 3);
  assert.equal(svg.match(/<text /g)!.length, 4);
});

import assert from "node:assert/strict";
import { Depiction } from "../../molecules/depiction.ts";

Deno.test("molecules are written as SMILES and drawn, joined where links say", () => {
  const depiction = new Depiction(["c1ccccc1", "CO", "O=S=O"]);
  assert.equal(depiction.smiles([1], []), "CO");
  assert.equal(depiction.smiles([0, 1], [[0, 1, 2, 1]]), "COc1ccccc1");
  assert.equal(depiction.smiles([0, 2], [[0, 1, 0, 1]]), "O=S(c1ccccc1)=O");
  const svg = depiction.svg([0, 1], [[0, 1, 2, 1]]);
  assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  assert.match(svg, /<\/svg>\s*$/);
});

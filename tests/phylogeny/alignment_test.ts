import assert from "node:assert/strict";
import { firstTaxa, readFasta } from "../../phylogeny/alignment.ts";

const fail = (message: string): never => {
  throw new Error(message);
};

Deno.test("readFasta() takes names to the end of the line and letters on any number of lines", () => {
  const { names, sets } = readFasta("\r\n>a one\r\nac\r\nGt-\r\n>b\n?NRYX\n\n>c\nUUUUU", fail);
  assert.deepEqual(names, ["a one", "b", "c"]);
  assert.deepEqual(sets, [[16, 8, 4, 2, 1], [30, 30, 20, 10, 30], [2, 2, 2, 2, 2]]);
});

Deno.test("firstTaxa() keeps names and letters together", () => {
  const all = readFasta(">a\nA\n>b\nC\n>c\nG", fail);
  assert.deepEqual(firstTaxa(all, 2), { names: ["a", "b"], sets: [[16], [8]] });
});

Deno.test("readFasta() says what it found and what it wants", () => {
  const of = (text: string) => {
    try {
      readFasta(text, fail);
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing";
  };
  assert.equal(of("AC"), 'alignment begins with "AC", want ">"');
  assert.equal(of(">a\nA\n>b\nA"), "alignment has 2 taxa, want 3 to 128");
  assert.equal(of(">a\nA\n>b\nA\n>a\nA"), "alignment has a name twice, want each once");
  assert.equal(of(">a\nAC\n>b\nAC\n>c\nA"), "alignment has 1 letters of c, want 2");
  assert.equal(of(">a\nA\n>b\n!\n>c\nA"), 'alignment has "!" in b, want DNA letters, "-", "?"');
});

import assert from "node:assert/strict";
import { built, lawsHold, logRewards, open, trained } from "./_env.ts";

const LETTERS = "ARNDCEQGHILKMFPSTWYV";

Deno.test("amp keeps all laws at the length of the benchmark", async () => {
  await lawsHold("amp", {}, 8);
});

Deno.test("amp gives a peptide the same reward whatever length is allowed", async () => {
  const peptide = "GIGKFLHSAK", found: number[] = [];
  for (const length of [10, 11, 60]) {
    const environment = await open("amp", { length });
    const state = built(environment, Array.from(peptide, (letter) => LETTERS.indexOf(letter)));
    assert.equal(environment.text!(state, 0), peptide);
    found.push((await logRewards(environment, [[...state]]))[0]!);
  }
  assert.equal(found[0], found[1]);
  assert.equal(found[0], found[2]);
});

Deno.test("amp raises the probability to the exponent, and has a floor", async () => {
  const state = new Array<number>(61).fill(0); // the empty peptide
  const of = async (options: Record<string, number>) =>
    (await logRewards(await open("amp", options), [state]))[0]!;
  const plain = await of({});
  assert.ok(Math.abs(plain - -2.9085700511932373) < 1e-6);
  assert.equal(await of({ exponent: 2 }), 2 * plain);
  assert.equal(await of({ minReward: 0.5 }), Math.log(0.5));
});

for (const objective of ["tb", "ent-ppo"]) {
  Deno.test(`amp of up to two amino acids is learned by ${objective}`, async () => {
    const { tv } = await trained("amp", { length: 2 }, objective, { steps: 250, batch: 8 });
    assert.ok(Number(tv) < 0.1, `total variation ${tv}`);
  });
}

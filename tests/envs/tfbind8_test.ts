import assert from "node:assert/strict";
import { built, file, lawsHold, logRewards, logZ, open, trained } from "./_env.ts";

/** Scores of all strings of three letters: the share of letters that are A or T, and a little more. */
const scores = file(
  JSON.stringify(Array.from({ length: 64 }, (_, index) => {
    const letters = [index >> 4, index >> 2 & 3, index & 3];
    return letters.filter((letter) => letter % 3 === 0).length / 3 + 0.01 * letters[0]!;
  })),
);

Deno.test("tfbind8 keeps all laws, with the scores shipped and with others", async () => {
  await lawsHold("tfbind8");
  await lawsHold("tfbind8", { length: 3, scores });
});

Deno.test("tfbind8 has the log Z and the best strings of the benchmark", async () => {
  assert.ok(Math.abs(await logZ("tfbind8") - 11.462147130693898) < 1e-9);
  const environment = await open("tfbind8");
  const state = built(environment, Array.from("AGGTATCA", (letter) => "ACGT".indexOf(letter)));
  assert.equal(environment.text!(state, 0), "AGGTATCA");
  const [best] = await logRewards(environment, [[...state]]);
  assert.ok(Math.abs(best! - Math.log(10)) < 1e-12);
  assert.equal(environment.isMode, undefined);
});

Deno.test("tfbind8 gives a string and its reverse complement the same reward", async () => {
  const environment = await open("tfbind8");
  const states: number[][] = [];
  for (let i = 0; i < 500; i++) {
    const words = Array.from({ length: 8 }, (_, p) => 1 + (i * 131 >> p) % 4);
    states.push(words, words.map((word) => 5 - word).reverse());
  }
  const found = await logRewards(environment, states);
  for (let i = 0; i < found.length; i += 2) assert.equal(found[i], found[i + 1]);
});

Deno.test("tfbind8 takes modes and scores from files, and names what is wrong with them", async () => {
  const environment = await open("tfbind8", { modes: file("ACGTACGT\nAAAAAAAA\n") });
  const is = (text: string) =>
    environment.isMode!(built(environment, Array.from(text, (c) => "ACGT".indexOf(c))), 0);
  assert.deepEqual([is("ACGTACGT"), is("AAAAAAAA"), is("AAAAAAAC")], [true, true, false]);
  for (
    const options of [
      { length: 3 },
      { length: 3, scores: file("[1, 2]") },
      { length: 1, scores: file("[0, 0, 0, 0]") },
      { modes: file("ACGT") },
      { modes: file("") },
    ]
  ) await assert.rejects(open("tfbind8", options), { code: "E_ENV_OPTIONS" });
});

for (const objective of ["tb", "ent-ppo"]) {
  Deno.test(`tfbind8 of three letters is learned by ${objective}`, async () => {
    const { tv } = await trained("tfbind8", { length: 3, scores }, objective, { steps: 600 });
    assert.ok(Number(tv) < 0.08, `total variation ${tv}`);
  });
}

import assert from "node:assert/strict";
import type { GraphObservation } from "../../mod.ts";
import trees from "../fixtures/tables/phylo_trees.json" with { type: "json" };
import { built, file, lawsHold, logRewards, open, trained } from "./_env.ts";

/** The action that joins the tree of slot j to that of slot i. */
const pair = (n: number, i: number, j: number) => i * n - i * (i + 3) / 2 - 1 + j;

const four = file(">a\nAACG\nT\n>b b\naacg-\n>c&\nCCGGT\n>d\nNCGRT\n");

Deno.test("phylo keeps all laws, with the benchmark's alignments and others", async () => {
  await lawsHold("phylo");
  await lawsHold("phylo", { dataset: "DS1", taxa: 5, scale: 20 });
  await lawsHold("phylo", { alignment: four });
  await lawsHold("phylo", { sees: "costs" });
});

Deno.test("phylo of all 27 taxa of DS1 keeps all laws, and is learned", async () => {
  const whole = { dataset: "DS1", taxa: 27 };
  await lawsHold("phylo", whole, 8);
  const { meanLogRewardForwardSamples: mean } = await trained("phylo", whole, "vargrad", {
    steps: 150,
    batch: 64,
  });
  assert.ok(
    Number(mean) > 350,
    `mean log R ${mean}, about -155 untrained, 343 by joining greedily`,
  );
});

for (const [dataset, entries] of Object.entries(trees.datasets)) {
  Deno.test(`phylo scores random trees of ${dataset} as gfnx does`, async () => {
    const all = entries[0]!.merges.length + 1;
    const environment = await open("phylo", { dataset, taxa: all }), n = environment.stateWords;
    const states = entries.map(({ merges }) =>
      Array.from(built(environment, merges.map(([i, j]) => pair(n, i!, j!))))
    );
    assert.deepEqual(await logRewards(environment, states), entries.map((tree) => tree.log_reward));
    const parsimony = await open("phylo", { dataset, taxa: all, offset: 0, scale: 1 });
    const found = await logRewards(parsimony, states);
    assert.deepEqual(found.map((x) => -x), entries.map((tree) => tree.parsimony));
  });
}

Deno.test("phylo has all forests of up to seven taxa", async () => {
  for (const [n, size, ends] of [[3, 7, 3], [4, 37, 15], [5, 266, 105], [6, 2431, 945]] as const) {
    const environment = await open("phylo", { taxa: n }), { enumeration } = environment;
    const state = new Int32Array(n), mask = new Uint8Array(environment.forwardActions);
    const texts = new Set<string>();
    let full = 0;
    for (let s = 0; s < size; s++) {
      enumeration!.state(s, state, 0);
      environment.forwardMask(state, 0, mask, 0);
      if (!mask.includes(1)) full++;
      texts.add(environment.text!(state, 0));
    }
    assert.deepEqual([enumeration!.size, texts.size, full], [size, size, ends]);
  }
  assert.equal((await open("phylo", { taxa: 7 })).enumeration!.size, 27_007);
  assert.equal((await open("phylo", { taxa: 8 })).enumeration, undefined);
});

Deno.test("phylo counts mutations as Fitch does: gaps are a letter, ambiguous ones are free", async () => {
  const environment = await open("phylo", { alignment: four, offset: 0, scale: 1 });
  // By site, for ((a,b),(c,d)): A A C N 1, A A C C 1, C C G G 1, G G G R 0, T - T T 1.
  const state = built(environment, [pair(4, 0, 1), pair(4, 2, 3), pair(4, 0, 2)]);
  assert.deepEqual(await logRewards(environment, [[...state]]), [-4]);
  assert.equal(environment.text!(state, 0), "((a,'b b'),(c&,d));");
  const other = built(environment, [pair(4, 2, 3), pair(4, 0, 1), pair(4, 0, 2)]);
  assert.deepEqual(other, state);
});

Deno.test("phylo shows trees and, in steps, what joining them costs", async () => {
  const environment = await open("phylo", { alignment: four, sees: "costs" });
  const out = new Int32Array(4 + 6), { observation } = environment;
  assert.equal(observation.kind, "graph");
  // Taxa differ at up to 4 sites, so that a step is 5 / 128 mutations: 0, 1, 2, 3, 4 begin at steps 0, 25, 51, ...
  const step = (mutations: number) => 1 + Math.floor(mutations * 128 / 5);
  const see = (actions: number[]) => {
    (observation as GraphObservation).write(built(environment, actions), 0, out, 0);
    return Array.from(out);
  };
  // a AACGT, b AACG-, c CCGGT, d NCGRT.
  const apart = [1, 3, 2, 4, 3, 0].map(step);
  assert.deepEqual(see([]), [1, 2, 3, 4, ...apart]);
  assert.deepEqual(see([pair(4, 2, 3)]), [1, 2, 3, 0, step(1), step(3), 0, step(4), 0, 0]);
});

Deno.test("phylo has partial rewards that end in the reward and grow with the joins", async () => {
  const environment = await open("phylo", { alignment: four, offset: 12, scale: 2 });
  const states = [[], [pair(4, 0, 1)], [pair(4, 0, 1), pair(4, 2, 3)]];
  const flat = Int32Array.from(states.flatMap((actions) => [...built(environment, actions)]));
  const out = new Float64Array(3);
  await environment.partialLogReward!(flat, 3, out);
  assert.deepEqual([...out], [0, (4 - 1) / 2, (8 - 1) / 2]);
  const whole = built(environment, [...states[2]!, pair(4, 0, 2)]), end = new Float64Array(1);
  await environment.partialLogReward!(whole, 1, end);
  assert.deepEqual([...end], await logRewards(environment, [[...whole]]));
});

Deno.test("phylo gives the tree that takes taxa in order R = 1 where no C is known", async () => {
  for (const options of [{ taxa: 9 }, { alignment: four }]) {
    const environment = await open("phylo", options), n = environment.stateWords;
    const actions = Array.from({ length: n - 1 }, (_, k) => pair(n, 0, k + 1));
    assert.deepEqual(
      (await logRewards(environment, [[...built(environment, actions)]])).map(Math.abs),
      [0],
    );
  }
});

Deno.test("phylo draws its trees with the names of the taxa", async () => {
  const environment = await open("phylo", { alignment: four });
  const drawing = environment.drawing!(built(environment, [pair(4, 0, 1), pair(4, 0, 2)]), 0);
  assert.equal(drawing.match(/<path /g)!.length, 3); // two joins, and the stem of the taxon alone
  assert.equal(drawing.match(/<text /g)!.length, 4);
  assert.ok(drawing.includes(">c&#38;<") && !drawing.includes("NaN"));
});

Deno.test("phylo refuses alignments that are none", async () => {
  const bad = ["", "AC\n>a\nAC", ">a\nAC\n>b\nAC", ">a\nA\n>b\nAC\n>c\nAC", ">a\nA\n>a\nA\n>c\nA"];
  for (const text of [...bad, ">a\nA!\n>b\nAC\n>c\nAC", ">a\n>b\n>c\n"]) {
    await assert.rejects(open("phylo", { alignment: file(text) }), { code: "E_ENV_OPTIONS" }, text);
  }
  await assert.rejects(open("phylo", { taxa: 51 }), { code: "E_ENV_OPTIONS" });
});

for (const objective of ["tb", "fl-db"]) {
  Deno.test(`phylo of five taxa is learned by ${objective}`, async () => {
    const settings = { steps: 600, explore: { epsilon: 0.1 } };
    const options = { dataset: "DS5", taxa: 5, scale: 8 };
    const { tv } = await trained("phylo", options, objective, settings);
    assert.ok(Number(tv) < 0.1, `total variation ${tv}`);
  });
}

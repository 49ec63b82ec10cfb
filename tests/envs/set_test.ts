import assert from "node:assert/strict";
import { built, file, lawsHold, logRewards, logZ, open, trained } from "./_env.ts";

/** e_j of numbers: the sum over sets of j of them of their product. */
function elementary(numbers: readonly number[], most: number): number[] {
  const e = [1, ...new Array<number>(most).fill(0)];
  for (const x of numbers) for (let j = most; j > 0; j--) e[j]! += x * e[j - 1]!;
  return e;
}

Deno.test("set keeps all laws, of fixed and of any size", async () => {
  for (const fixed of [false, true]) await lawsHold("set", { items: 6, size: 3, fixed });
  await lawsHold("set", { items: 4, size: 4 });
  await lawsHold("set", { items: 100, size: 5 });
});

Deno.test("set has the log Z of elementary symmetric polynomials", async () => {
  const weights = [0.5, -1, 0.25, 0, 1.5], e = elementary(weights.map(Math.exp), 3);
  const options = { items: 5, size: 3, weights };
  const any = await logZ("set", options), fixed = await logZ("set", { ...options, fixed: true });
  assert.ok(Math.abs(any - Math.log(e.reduce((a, b) => a + b, 0))) < 1e-12);
  assert.ok(Math.abs(fixed - Math.log(e[3]!)) < 1e-12);
});

Deno.test("set reads a table in binary order, item 0 most significant", async () => {
  const rewards = file(JSON.stringify([0, 1, 2, 3, 4, 5, 6, 7]));
  const environment = await open("set", { items: 3, size: 3, rewards });
  const [found] = await logRewards(environment, [[...built(environment, [2, 0])]]);
  assert.equal(found, Math.log(5));
  assert.equal(environment.text!(built(environment, [2, 0]), 0), "{0, 2}");
});

Deno.test("set of any size has the stop in every state, and nothing else when it is full", async () => {
  const environment = await open("set", { items: 3, size: 2 });
  const mask = (actions: number[]) => {
    const bytes = new Uint8Array(4);
    environment.forwardMask(built(environment, actions), 0, bytes, 0);
    return [...bytes];
  };
  assert.deepEqual([mask([]), mask([1]), mask([1, 2])], [[1, 1, 1, 1], [1, 0, 1, 1], [0, 0, 0, 1]]);
});

Deno.test("set refuses options that do not fit together", async () => {
  for (
    const options of [
      { items: 3, size: 4 },
      { items: 4, weights: [1] },
      { items: 3, size: 2, rewards: file("[1, 2]") },
      { items: 1, size: 1, rewards: file("[1, -2]") },
      { items: 25, size: 2, rewards: file("[]") },
    ]
  ) await assert.rejects(open("set", options), { code: "E_ENV_OPTIONS" });
});

for (const fixed of [false, true]) {
  for (const objective of ["tb", "ent-ppo", ...(fixed ? [] : ["modified-db"])]) {
    Deno.test(`set, fixed ${fixed}, is learned by ${objective}`, async () => {
      const { tv } = await trained("set", { items: 6, size: 3, fixed }, objective);
      assert.ok(Number(tv) < 0.08, `total variation ${tv}`);
    });
  }
}

import assert from "node:assert/strict";
import { environments } from "../../envs/_registry.ts";
import { Walks } from "../../conformance/walks.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { file, open, type Options, trained } from "./_env.ts";

const samples = "A,B,C\n1,2,0.5\n0,1,-1\n-1,0.25,0\n2,-2,1\n";
const grid = { dims: 3, side: 16 };
const levels = ["easy", "medium", "hard", "challenging", "impossible"];
const qubo = { kind: "qubo", size: 3, couplings: [[0, 1, -2], [1, 2, 5]], fields: [1, -1, 0.5] };
const potts = { kind: "potts", size: 3, values: 4, couplings: [[0, 1, -2], [1, 2, 5]] };

/** Environments with option sets under which they have rewards of partial objects, or would if they could. */
const subjects: readonly [name: string, has: boolean, options: Options][] = [
  ["set", true, {}],
  ["set", true, { items: 5, size: 2, fixed: true, weights: [-1000, 1000, 0, 3, -5] }],
  ["set", true, { items: 2, size: 2, fixed: true, rewards: file("[1, 2, 3, 1e-300]") }],
  ["set", true, { items: 2, size: 1, rewards: file("[1, 2, 3, 0]") }],
  ["set", false, { items: 2, size: 2, fixed: true, rewards: file("[0, 2, 3, 4]") }],
  ["set", false, { items: 2, size: 2, rewards: file("[1, 2, 3, 0]") }],
  ["ising", true, {}],
  ["ising", true, { side: 3, sigma: -5 }],
  ["ebm", true, {}],
  ["ebm", true, { instance: file(JSON.stringify(qubo)), beta: 100 }],
  ["ebm", true, { instance: file(JSON.stringify(potts)), beta: 0 }],
  ["dag", true, {}],
  ["dag", true, { data: file(samples), score: "linear-gaussian", prior: "erdos-renyi" }],
  ["dag", true, { data: file(samples), prior: "fair", alphaMu: 1e-9 }],
  ["phylo", true, {}],
  ["phylo", true, { dataset: "DS8", taxa: 20 }],
  ["seh", true, { maxBlocks: 3 }],
  ["qm9-graph", true, {}],
  ["hypergrid", true, {}],
  ["hypergrid", false, { r0: 0 }],
  ["hypergrid", true, { ...grid, reward: "sparse" }],
  ...["bitwise-xor", "multiplicative-coprime", "conditional-multiscale"].flatMap(
    (reward): [string, boolean, Options][] => [
      ["hypergrid", false, { ...grid, reward, level: "easy" }],
      ["hypergrid", true, { ...grid, reward, level: "easy", r0: 1e-9 }],
    ],
  ),
  ...["deceptive", "cosine", "uniform-random"].flatMap((reward) =>
    levels.map((level): [string, boolean, Options] => {
      // At this level torchgfn's cosine has R0 = 0.
      return ["hypergrid", reward !== "cosine" || level !== "impossible", {
        ...grid,
        reward,
        level,
      }];
    })
  ),
];

/** Most states that are listed. */
const LISTED = 5000;

for (const [name, has, options] of subjects) {
  const shown = JSON.stringify(options, (_, x) => x instanceof Uint8Array ? "file" : x);
  Deno.test(`${name} ${shown} has ${has ? "finite" : "no"} rewards of partial objects`, async () => {
    const environment = await open(name, options), W = environment.stateWords;
    assert.equal(environment.partialLogReward !== undefined, has);
    if (!has) return;
    const { enumeration } = environment;
    let states: Int32Array, count: number;
    if (enumeration && enumeration.size <= LISTED) {
      states = new Int32Array((count = enumeration.size) * W);
      for (let s = 0; s < count; s++) enumeration.state(s, states, s * W);
    } else {
      const visits = new Walks(environment, 0, 50).visits;
      states = new Int32Array((count = visits.length) * W);
      visits.forEach(({ state }, i) => states.set(state, i * W));
    }
    const out = new Float64Array(count);
    await environment.partialLogReward!(states, count, out);
    const bad = out.findIndex((x) => !Number.isFinite(x));
    assert.equal(bad, -1, `${out[bad]} at ${states.subarray(bad * W, (bad + 1) * W)}`);
  });
}

Deno.test("every environment that has rewards of partial objects is among these", async () => {
  const tried = new Set(subjects.map(([name]) => name));
  for (const name of Object.keys(environments)) {
    const { partialLogReward } = await open(name);
    assert.equal(tried.has(name), partialLogReward !== undefined, name);
  }
});

Deno.test("fl-db learns a table without zeros and is refused one that has some", async () => {
  const table = (zero: number) => ({
    ...{ items: 3, size: 2, fixed: true },
    rewards: file(JSON.stringify([zero, 1, 2, 3, 1, 4, 2, 1])),
  });
  const { tv } = await trained("set", table(0.5), "fl-db");
  assert.ok(Number(tv) < 0.05, `total variation ${tv}`);
  await assert.rejects(trained("set", table(0), "fl-db"), {
    code: "E_OBJECTIVE_ENV",
    message: /found no rewards of partial objects, want partialLogReward/,
  });
});

Deno.test("a plugin's partial reward of -Infinity is an error, unless the run has a floor", async () => {
  const plugin = {
    ...environments.set!,
    create: async () => {
      const made = await open("set", { items: 2, size: 2 });
      const partialLogReward = (_: Int32Array, count: number, out: Float64Array) => {
        out.fill(-Infinity, 0, count);
      };
      return Object.create(made, { partialLogReward: { value: partialLogReward } });
    },
  };
  const out = new Float64Array(1), state = new Int32Array(2);
  const plain = await openEnvironment(plugin, {});
  assert.throws(() => plain.partialLogReward!(state, 1, out), {
    code: "E_ENV_REWARD",
    message:
      'Cannot use partial log reward of environment "set": found -Infinity at the state [0 0], want a finite number',
  });
  const floored = await openEnvironment(plugin, {}, { exponent: 2, min: Math.exp(-3) });
  await floored.partialLogReward!(state, 1, out);
  assert.equal(out[0], -6);
});

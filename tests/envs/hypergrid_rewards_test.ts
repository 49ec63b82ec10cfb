import assert from "node:assert/strict";
import { built, lawsHold, logRewards, open, trained } from "./_env.ts";
import { listedRewards } from "../../_tools/parity/trajectories.ts";

type Grid = readonly [dims: number, side: number, modes: number, logZ: number, rest?: object];

/** Number of modes and log Z over all states, as torchgfn has them in float64. */
const table: Record<string, readonly Grid[]> = {
  original: [[2, 8, 4, 3.109061], [2, 16, 4, 4.183576], [4, 8, 16, 6.344934], [
    2,
    64,
    144,
    7.098045,
  ]],
  deceptive: [
    [2, 8, 4, 2.379605],
    [2, 16, 4, 2.955044],
    [4, 8, 16, 5.743134],
    [2, 64, 144, 6.057348],
  ],
  cosine: [[2, 8, 0, 1.895260], [2, 16, 0, 3.403365], [4, 8, 0, 6.015497], [2, 64, 32, 6.188764]],
  sparse: [[2, 8, 3, 1.098612], [2, 16, 3, 1.098612], [4, 8, 15, 2.708050], [2, 64, 3, 1.098612]],
  "uniform-random": [
    [2, 8, 1, 2.128232],
    [2, 16, 2, 3.387774],
    [4, 8, 40, 6.193589],
    [2, 64, 46, 6.217803],
  ],
  "bitwise-xor": [
    [3, 16, 16, 7.608871, { level: "easy" }],
    [4, 16, 256, 10.381459, { level: "easy" }],
  ],
  "multiplicative-coprime": [
    [3, 16, 109, 9.593764, { level: "easy" }],
    [3, 16, 50, 11.358830],
    [4, 16, 1744, 12.366353, { level: "easy" }],
    [4, 16, 554, 13.571745],
  ],
  "conditional-multiscale": [
    [2, 16, 16, 5.411646, { level: "easy" }],
    [3, 16, 64, 7.049255, { level: "easy" }],
    [2, 64, 256, 8.184235, { level: "easy" }],
    [2, 64, 256, 9.208739],
  ],
};

for (const [reward, grids] of Object.entries(table)) {
  Deno.test(`hypergrid ${reward} has the modes and the log Z of the field's check table`, async () => {
    for (const [dims, side, modes, want, rest] of grids) {
      const environment = await open("hypergrid", { dims, side, reward, ...rest });
      const { ends, logZ } = await listedRewards(environment);
      const found = ends.filter((state) => environment.isMode!(state, 0)).length;
      const where = `dims ${dims}, side ${side}, ${JSON.stringify(rest ?? {})}`;
      assert.equal(found, modes, where);
      assert.ok(Math.abs(logZ - want) < 1e-6, `${where}: ${logZ}, want ${want}`);
    }
  });
}

Deno.test("hypergrid keeps all laws under every reward", async () => {
  // Where only the tiers are rewarded, R0 = 0, trajectory balance meets log 0.
  const tiered = { level: "easy", r0: 1e-3 };
  for (const reward of Object.keys(table)) {
    const rest = /bitwise|coprime|multiscale/.test(reward) ? tiered : {};
    await lawsHold("hypergrid", { dims: 3, side: 4, reward, ...rest });
  }
});

Deno.test("hypergrid bitwise-xor has the modes that the rank of its equations leaves", async () => {
  // 16 free values of each further coordinate, 2^(4 (M - rank)) of the first M.
  const environment = await open("hypergrid", { dims: 5, reward: "bitwise-xor" });
  const modes = new Set<string>();
  const random = (i: number) => i * 7919 % 16; // any states: the equations alone decide
  for (let i = 0; i < 4096; i++) {
    const x = [random(i), random(i >> 4), random(i >> 8)];
    // medium: x0 + x1 + x2 = 0, x0 = all ones, x0 + x1 + x2 + x3 = 0 in every plane
    const state = [15, x[1]!, 15 ^ x[1]!, 0, x[0]!];
    if (environment.isMode!(Int32Array.from(state), 0)) modes.add(state.join());
  }
  assert.equal(modes.size, 256);
  assert.equal(environment.isMode!(Int32Array.of(14, 0, 14, 0, 0), 0), false);
});

Deno.test("hypergrid takes single constants over those of the level, and refuses what means nothing", async () => {
  const deceptive = await open("hypergrid", {
    reward: "deceptive",
    r0: 0.25,
    r1: 1,
    level: "hard",
  });
  const at = async (...moves: number[]) =>
    Math.exp((await logRewards(deceptive, [[...built(deceptive, moves)]]))[0]!);
  assert.ok(Math.abs(await at() - 0.25) < 1e-12);
  assert.ok(Math.abs(await at(...new Array(7).fill(0)) - 1.25) < 1e-12);
  for (
    const options of [
      { level: "easy" },
      { reward: "deceptive", preset: "hard" },
      { reward: "cosine", r2: 1 },
      { reward: "sparse", level: "easy" },
      { reward: "sparse", r0: 1 },
      { reward: "uniform-random", r1: 1 },
      { reward: "bitwise-xor" },
      { reward: "bitwise-xor", level: "easy", dims: 3, side: 32 },
      { reward: "conditional-multiscale", side: 8 },
      { reward: "multiplicative-coprime", r1: 1 },
    ]
  ) await assert.rejects(open("hypergrid", options), { code: "E_ENV_OPTIONS" });
});

for (
  const [reward, tv] of [["deceptive", 0.15], ["cosine", 0.1], ["uniform-random", 0.15]] as const
) {
  Deno.test(`hypergrid ${reward} is learned by tb`, async () => {
    const last = await trained("hypergrid", { dims: 2, side: 8, reward }, "tb", { steps: 1000 });
    assert.ok(Number(last.tv) < tv, `total variation ${last.tv}`);
  });
}

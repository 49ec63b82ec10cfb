import assert from "node:assert/strict";
import { built, file, lawsHold, logRewards, logZ, open, trained } from "./_env.ts";

/** log of the trace of T^side, T the transfer matrix between rings of `side` spins. */
function transferMatrix(side: number, coupling: number): number {
  const rows = 2 ** side, spin = (row: number, i: number) => 2 * (row >> (i % side) & 1) - 1;
  const T = Array.from({ length: rows }, (_, a) =>
    Array.from({ length: rows }, (_, b) => {
      let sum = 0;
      for (let i = 0; i < side; i++) sum += spin(a, i) * (spin(a, i + 1) + spin(b, i));
      return Math.exp(coupling * sum);
    }));
  let power = T;
  for (let i = 1; i < side; i++) {
    power = power.map((row) =>
      T[0]!.map((_, b) => row.reduce((sum, x, k) => sum + x * T[k]![b]!, 0))
    );
  }
  return Math.log(power.reduce((sum, row, a) => sum + row[a]!, 0));
}

Deno.test("ising keeps all laws, on a torus and with couplings of its own", async () => {
  await lawsHold("ising");
  await lawsHold("ising", { side: 10, sigma: 0.1 });
  await lawsHold("ising", { couplings: file("[[1, 0.5, 0], [0.25, 0, -2], [0, 0, 0]]") });
});

Deno.test("ising has the log Z of the transfer matrix: each pair counts twice", async () => {
  for (const [sigma, beta] of [[0.2, 1], [-0.1, 1], [0.3, 0.5]] as const) {
    const found = await logZ("ising", { side: 3, sigma, beta });
    const want = transferMatrix(3, 2 * sigma * beta);
    assert.ok(Math.abs(found - want) < 1e-12, `sigma ${sigma}: ${found}, want ${want}`);
  }
});

Deno.test("ising counts both halves of J and its diagonal, and no spin that is not set", async () => {
  const J = [[1, 0.5, 0], [0.25, 0, -2], [0, 0, 0]];
  const environment = await open("ising", { couplings: file(JSON.stringify(J)), beta: 2 });
  const c = [1, -1, 1];
  const want = 2 * J.flatMap((row, i) => row.map((x, j) => x * c[i]! * c[j]!))
    .reduce((sum, x) => sum + x, 0);
  assert.deepEqual(await logRewards(environment, [[2, 1, 2]]), [want]);
  const part = new Float64Array(1);
  await environment.partialLogReward!(Int32Array.of(2, 0, 2), 1, part);
  assert.equal(part[0], 2);
});

Deno.test("ising writes and draws its lattice", async () => {
  const environment = await open("ising", { side: 2 });
  const state = built(environment, [0, 5, 7]); // spins 0 down, 1 up, 3 up
  assert.equal(environment.text!(state, 0), "-+/.+");
  assert.equal(environment.drawing!(state, 0).match(/<rect /g)!.length, 4);
});

Deno.test("ising refuses couplings that are no square matrix", async () => {
  for (const text of ["[[1, 2]]", "[]", "[[1, null], [0, 1]]", "no"]) {
    await assert.rejects(open("ising", { couplings: file(text) }), { code: "E_ENV_OPTIONS" });
  }
});

for (const objective of ["tb", "ent-ppo"]) {
  Deno.test(`ising of 3x3 spins is learned by ${objective}`, async () => {
    const { tv, logZ } = await trained("ising", { side: 3, sigma: 0.1 }, objective, {
      steps: 600,
    });
    assert.ok(Number(tv) < 0.12, `total variation ${tv}`);
    if (objective === "tb") assert.ok(Math.abs(Number(logZ) - transferMatrix(3, 0.2)) < 0.1);
  });
}

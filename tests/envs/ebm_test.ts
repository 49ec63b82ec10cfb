import assert from "node:assert/strict";
import { file, lawsHold, logRewards, logZ, open, trained } from "./_env.ts";

const qubo = {
  kind: "qubo",
  size: 3,
  fields: [1, -2, 0.5],
  couplings: [[0, 1, 3], [1, 2, -1], [1, 2, -0.5]],
};
const potts = {
  kind: "potts",
  size: 3,
  values: 3,
  fields: [[0, 1, 0], [0, 0, 0], [0.5, 0, -1]],
  couplings: [[0, 1, 1], [0, 2, -2]],
  constant: 0.25,
};
const instance = (value: unknown) => file(JSON.stringify(value));

Deno.test("ebm keeps all laws, for every kind", async () => {
  await lawsHold("ebm");
  await lawsHold("ebm", { instance: instance(qubo) });
  await lawsHold("ebm", { instance: instance(potts), beta: 2 });
  await lawsHold("ebm", {
    instance: instance({ kind: "ising", size: 60, couplings: [[0, 59, 1]] }),
  });
});

Deno.test("ebm without a file has E = -(sum c)^2", async () => {
  const environment = await open("ebm", { size: 4, beta: 0.5 });
  assert.deepEqual(await logRewards(environment, [[2, 2, 2, 2], [1, 2, 1, 2], [1, 1, 1, 2]]), [
    8,
    0,
    2,
  ]);
});

Deno.test("ebm has the energies that the instance says", async () => {
  const a = await open("ebm", { instance: instance(qubo), beta: 2 });
  for (const x of [[0, 0, 0], [1, 1, 0], [0, 1, 1], [1, 1, 1]]) {
    const [x0, x1, x2] = x as [number, number, number];
    const energy = x0 - 2 * x1 + 0.5 * x2 + 3 * x0 * x1 - 1.5 * x1 * x2;
    const [found] = await logRewards(a, [x.map((v) => v + 1)]);
    assert.ok(Math.abs(found! + 2 * energy) < 1e-12, `${x}`);
  }
  const b = await open("ebm", { instance: instance(potts) });
  assert.deepEqual(await logRewards(b, [[2, 2, 3], [1, 2, 1]]), [
    -0.25 + 1 - 1 + 1,
    -0.25 + 0.5 - 2,
  ]);
  assert.equal(b.text!(Int32Array.of(2, 0, 3), 0), "1.2");
});

Deno.test("ebm gives an Ising file the log Z that ising has", async () => {
  const couplings = [[0, 1], [1, 2], [2, 3], [3, 0]].map(([i, j]) => [i, j, 0.6]);
  const found = await logZ("ebm", { instance: instance({ kind: "ising", size: 4, couplings }) });
  // A ring of four: Z = (2 cosh 0.6)^4 + (2 sinh 0.6)^4.
  const want = Math.log((2 * Math.cosh(0.6)) ** 4 + (2 * Math.sinh(0.6)) ** 4);
  assert.ok(Math.abs(found - want) < 1e-12);
  assert.ok(Math.abs(await logZ("ising", { side: 2, sigma: 0.3 }) - want) < 1e-12);
});

Deno.test("ebm names what is wrong with a file", async () => {
  const cases: [unknown, RegExp][] = [
    [[], /instance is no object/],
    [{ ...qubo, kind: "maxcut" }, /kind of instance is "maxcut", want "qubo"/],
    [{ ...qubo, size: 0 }, /size of instance is 0/],
    [{ ...qubo, values: 3 }, /values of instance is 3, want none, or 2/],
    [{ ...qubo, couplings: [[0, 3, 1]] }, /couplings of instance is \[0,3,1\]/],
    [{ ...qubo, couplings: [[1, 1, 1]] }, /couplings of instance is \[1,1,1\]/],
    [{ ...qubo, fields: [1, 2] }, /fields of instance is \[1,2\], want 3 numbers/],
    [{ ...qubo, filds: [1, 2, 3] }, /filds of instance/],
    [{ ...potts, fields: [0, 0, 0] }, /want 3 lists of 3 numbers/],
  ];
  for (const [value, message] of cases) {
    await assert.rejects(open("ebm", { instance: instance(value) }), {
      code: "E_ENV_OPTIONS",
      message,
    });
  }
  await assert.rejects(open("ebm", { instance: file("{") }), { code: "E_ENV_OPTIONS" });
});

for (const objective of ["tb", "ent-ppo"]) {
  Deno.test(`ebm of a Potts instance is learned by ${objective}`, async () => {
    const { tv } = await trained("ebm", { instance: instance(potts) }, objective, { steps: 600 });
    assert.ok(Number(tv) < 0.1, `total variation ${tv}`);
  });
}

import assert from "node:assert/strict";
import { latticeTarget } from "../../../examples/browser/lattice_target.ts";
import { environments } from "../../../envs/_registry.ts";
import { openEnvironment } from "../../../plugins/open.ts";

for (const [side, coupling] of [[3, 0.2], [3, -0.1], [4, 0.3]] as const) {
  Deno.test(`latticeTarget() is the sum over all states of ising, side ${side}, J ${coupling}`, async () => {
    const options = { side, sigma: coupling, beta: 1, couplings: null };
    const ising = await openEnvironment(environments.ising!, options);
    const spins = side * side, count = 2 ** spins, logReward = new Float64Array(count);
    const states = Int32Array.from(
      { length: count * spins },
      (_, i) => 1 + ((Math.floor(i / spins) >> (i % spins)) & 1),
    );
    await ising.logReward(states, count, logReward);
    const Z = logReward.reduce((sum, logR) => sum + Math.exp(logR), 0);
    const up = new Float64Array(spins + 1), equal = new Float64Array(2 * spins + 1);
    for (let x = 0; x < count; x++) {
      const own = states.subarray(x * spins, (x + 1) * spins);
      const p = Math.exp(logReward[x]!) / Z;
      up[own.reduce((sum, word) => sum + word - 1, 0)]! += p;
      equal[Math.round((logReward[x]! / (2 * coupling) + 2 * spins) / 2)]! += p;
    }
    const target = latticeTarget(side, coupling);
    assert.ok(Math.abs(target.logZ - Math.log(Z)) < 1e-9);
    up.forEach((p, i) => assert.ok(Math.abs(p - target.up[i]!) < 1e-9, `up ${i}`));
    equal.forEach((p, i) => assert.ok(Math.abs(p - target.equal[i]!) < 1e-9, `equal ${i}`));
  });
}

Deno.test("latticeTarget() is symmetric in up and down, and sums to 1", () => {
  const { up, equal } = latticeTarget(5, 0.25);
  const sum = (values: Float64Array) => values.reduce((all, x) => all + x, 0);
  assert.ok(Math.abs(sum(up) - 1) < 1e-12 && Math.abs(sum(equal) - 1) < 1e-12);
  up.forEach((p, i) => assert.ok(Math.abs(p - up[25 - i]!) < 1e-12));
});

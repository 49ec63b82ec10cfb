import assert from "node:assert/strict";
import hypergrid from "../../envs/hypergrid.ts";
import { openEnvironment } from "../../plugins/open.ts";

/** log R over a whole grid, in index order. */
async function logRewards(options: Record<string, number | string | null>) {
  const environment = await openEnvironment(hypergrid, {
    preset: "classic",
    r0: null,
    r1: null,
    r2: null,
    ...options,
  });
  const { size, state } = environment.enumeration!, W = environment.stateWords;
  const states = new Int32Array(size * W), out = new Float64Array(size);
  for (let i = 0; i < size; i++) state(i, states, i * W);
  environment.logReward(states, size, out);
  return out;
}

function logSum(values: Float64Array): number {
  return Math.log(values.reduce((sum, x) => sum + Math.exp(x), 0));
}

Deno.test("hypergrid decides ring and band in whole numbers where doubles are wrong", async () => {
  // Exact rational arithmetic: R0 + R1 [5|2i-(H-1)| ...], evaluated by BigInt fractions.
  for (const side of [2, 3, 5, 6, 8, 9, 11, 16, 21, 26, 31, 41, 51, 101, 128]) {
    const found = await logRewards({ dims: 1, side });
    const h = BigInt(side - 1);
    for (let i = 0; i < side; i++) {
      const twice = 2n * BigInt(i) - h, distance = twice < 0n ? -twice : twice; // 2 (H-1) a
      const ring = 4n * distance > 2n * h;
      const band = 10n * distance > 6n * h && 10n * distance < 8n * h;
      const want = 0.1 + (ring ? 0.5 : 0) + (band ? 2 : 0);
      assert.ok(Math.abs(Math.exp(found[i]!) - want) < 1e-12, `side ${side}, coordinate ${i}`);
    }
  }
});

Deno.test("hypergrid has mirror symmetry at every side", async () => {
  for (let side = 2; side <= 128; side++) {
    const found = await logRewards({ dims: 1, side });
    assert.deepEqual(found, found.slice().reverse(), `side ${side}`);
  }
});

Deno.test("hypergrid has the log Z of the field's check table", async () => {
  for (
    const [dims, side, want] of [[2, 8, 3.109061], [2, 16, 4.183576], [4, 8, 6.344934], [
      2,
      64,
      7.098045,
    ]] as const
  ) {
    const found = logSum(await logRewards({ dims, side }));
    assert.ok(Math.abs(found - want) < 1e-6, `dims ${dims}, side ${side}: ${found}`);
  }
});

Deno.test("hypergrid takes single constants over those of the preset", async () => {
  const found = await logRewards({ dims: 1, side: 8, preset: "hard", r0: 0.25 });
  assert.ok(Math.abs(Math.exp(found[3]!) - 0.25) < 1e-12);
  assert.ok(Math.abs(Math.exp(found[0]!) - 1.25) < 1e-12);
});

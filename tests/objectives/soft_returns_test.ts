import assert from "node:assert/strict";
import fc from "fast-check";
import {
  gae,
  rewardToGo,
  softReturns,
  softRewards,
  totalReturn,
} from "../../objectives/_soft_returns.ts";
import { trajectoryCount } from "../../rollout/batch.ts";
import { RandomStream } from "../../tensor/random.ts";
import { endings, uniformBatch } from "../_setting.ts";

function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-10 * Math.max(1, Math.abs(a), Math.abs(b));
}

function normals(count: number, purpose: string): Float64Array {
  const random = RandomStream.of(1, purpose);
  return Float64Array.from({ length: count }, () => random.normal());
}

for (const { name, environment } of endings) {
  Deno.test(`softReturns() sum to minus the trajectory-balance score, ${name}`, async () => {
    const batch = await uniformBatch(environment, 20);
    const logPf = normals(batch.action.length, "logPf");
    const logPb = normals(batch.action.length, "logPb").map((x, k) => batch.next[k] === -1 ? 0 : x);
    const g = softReturns(softRewards(batch, logPb), logPf);
    for (let i = 0; i < trajectoryCount(batch); i++) {
      let score = -batch.logReward[i]!, sum = 0;
      for (let k = batch.start[i]!; k < batch.start[i + 1]!; k++) {
        score += logPf[k]! - logPb[k]!;
        sum += g[k]!;
      }
      assert.ok(close(sum, -score));
      assert.ok(close(totalReturn(g, batch.start)[batch.start[i]!]!, sum));
      assert.ok(close(rewardToGo(g, batch.start)[batch.start[i]!]!, sum));
    }
  });
}

const ragged = fc.array(fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1 }), {
  minLength: 1,
  maxLength: 6,
}).map((trajectories) => {
  const start = new Int32Array(trajectories.length + 1);
  trajectories.forEach((t, i) => start[i + 1] = start[i]! + t.length);
  return { g: Float64Array.from(trajectories.flat()), start };
});

Deno.test("gae() with lambda 1 is reward-to-go minus V", () => {
  fc.assert(fc.property(ragged, ({ g, start }) => {
    const v = normals(g.length, "v"), toGo = rewardToGo(g, start);
    gae(g, v, start, 1).forEach((a, t) => assert.ok(Math.abs(a - (toGo[t]! - v[t]!)) < 1e-9));
  }));
});

Deno.test("gae() with lambda 0 is the residual delta", () => {
  fc.assert(fc.property(ragged, ({ g, start }) => {
    const v = normals(g.length, "v"), a = gae(g, v, start, 0);
    for (let i = 0; i + 1 < start.length; i++) {
      for (let t = start[i]!; t < start[i + 1]!; t++) {
        const later = t + 1 < start[i + 1]! ? v[t + 1]! : 0;
        assert.ok(Math.abs(a[t]! - (g[t]! + later - v[t]!)) < 1e-9);
      }
    }
  }));
});

Deno.test("gae() refuses values of another length", () => {
  assert.throws(
    () => gae(new Float64Array(3), new Float64Array(2), Int32Array.of(0, 3), 0.5),
    new RangeError("Cannot compute soft returns as v must have 3 entries: current length is 2"),
  );
});

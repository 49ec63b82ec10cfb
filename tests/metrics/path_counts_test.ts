import assert from "node:assert/strict";
import { logPathCounts, maximumEntropyLogits } from "../../metrics/path_counts.ts";
import { buildStateGraph } from "../../metrics/state_graph.ts";
import { endings } from "../_setting.ts";

function binomial(n: number, k: number): number {
  return k === 0 ? 1 : binomial(n - 1, k - 1) * n / k;
}

Deno.test("paths on a grid are counted by binomial coefficients, of bits by factorials", async () => {
  const grid = await buildStateGraph(endings[0]!.environment); // 4x4
  logPathCounts(grid).forEach((log, s) => {
    const i = Math.floor(s / 4), j = s % 4;
    assert.ok(Math.abs(Math.exp(log) - binomial(i + j, i)) < 1e-9);
  });
  const bits = await buildStateGraph(endings[1]!.environment);
  assert.ok(Math.abs(Math.exp(logPathCounts(bits).at(-1)!) - 6) < 1e-9);
});

for (const { name, environment } of endings) {
  Deno.test(`P_B of maximum entropy makes every path to a state equally likely, ${name}`, async () => {
    const graph = await buildStateGraph(environment);
    const { size: M, forwardActions: A, backwardActions: B, next, backwardOf } = graph;
    const log = logPathCounts(graph), logits = maximumEntropyLogits(graph);
    // log-sum-exp of the logits is log n(s'): each P_B is n(s) / n(s').
    for (let s = 1; s < M; s++) {
      const row = logits.subarray(s * B, (s + 1) * B);
      const sum = row.reduce((sum, x) => sum + Math.exp(x), 0);
      assert.ok(Math.abs(Math.log(sum) - log[s]!) < 1e-9);
    }
    // So log P_B summed along any path telescopes to -log n(x).
    for (let e = 0; e < M * A; e++) {
      if (next[e]! < 0) continue;
      const logPb = logits[next[e]! * B + backwardOf[e]!]! - log[next[e]!]!;
      assert.ok(Math.abs(logPb - (log[Math.floor(e / A)]! - log[next[e]!]!)) < 1e-9);
    }
  });
}

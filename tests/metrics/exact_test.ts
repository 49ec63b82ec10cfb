import assert from "node:assert/strict";
import {
  exactMetrics,
  logPartition,
  optimalLogFlow,
  softValue,
  uniformLogPb,
  visits,
} from "../../metrics/exact.ts";
import { forwardSampleMetrics } from "../../metrics/sampled.ts";
import { buildStateGraph, EXIT, type StateGraph } from "../../metrics/state_graph.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { sampleForward } from "../../rollout/forward.ts";
import { logSoftmaxRow } from "../../tensor/categorical.ts";
import { RandomStream } from "../../tensor/random.ts";
import { stepNumbers } from "../../train/step_tensors.ts";
import fillBits from "../_fill_bits.ts";
import { endings } from "../_setting.ts";

function near(found: number, want: number, what: string, tolerance = 1e-10): void {
  assert.ok(Math.abs(found - want) <= tolerance, `${what}: ${found}, want ${want}`);
}

/** The policy that samples the target: flows of the uniform P_B. */
function optimalPolicy(graph: StateGraph): Float64Array {
  const logPb = uniformLogPb(graph), logF = optimalLogFlow(graph, logPb);
  const A = graph.forwardActions;
  return Float64Array.from(graph.next, (to, e) => {
    const s = Math.floor(e / A);
    if (to === EXIT) return graph.logReward[s]! - logF[s]!;
    return to >= 0 ? logF[to]! + logPb[e]! - logF[s]! : -Infinity;
  });
}

function randomPolicy(graph: StateGraph, seed: number): Float64Array {
  const random = RandomStream.of(seed, "policy"), A = graph.forwardActions;
  const logits = Float64Array.from(graph.next, () => 2 * random.normal());
  const logPf = new Float64Array(logits.length);
  for (let at = 0; at < logPf.length; at += A) {
    logSoftmaxRow(logits, at, A, graph.forwardMask, at, logPf, at);
  }
  return logPf;
}

for (const { name, environment } of endings) {
  Deno.test(`exactMetrics() is zero and tight at exact flows, ${name}`, async () => {
    const graph = await buildStateGraph(environment);
    const found = exactMetrics(graph, optimalPolicy(graph), uniformLogPb(graph));
    for (const key of ["tv", "kl", "klReverse", "jsd"] as const) near(found[key], 0, key);
    near(found.logZExact, logPartition(graph), "logZExact");
    near(found.elbo, found.logZExact, "elbo");
    near(found.eubo, found.logZExact, "eubo");
    near(optimalLogFlow(graph, uniformLogPb(graph))[0]!, found.logZExact, "log F(s_0)");
  });

  Deno.test(`exactMetrics() of any policy keeps its bounds, ${name}`, async () => {
    const graph = await buildStateGraph(environment);
    for (let seed = 0; seed < 20; seed++) {
      const logPf = randomPolicy(graph, seed), logPb = uniformLogPb(graph);
      const { visit, terminating } = visits(graph, logPf);
      near(terminating.reduce((sum, q) => sum + q, 0), 1, "sum of q");
      assert.ok(visit.every((v, s) => v >= terminating[s]! - 1e-15));
      const m = exactMetrics(graph, logPf, logPb);
      assert.ok(m.tv > 0 && m.tv <= 1 && m.jsd > 0 && m.jsd <= Math.log(2));
      // The gap of either bound is the divergence over trajectories, at least that over objects.
      assert.ok(m.logZExact - m.elbo >= m.klReverse - 1e-12);
      assert.ok(m.eubo - m.logZExact >= m.kl - 1e-12);
      near(softValue(graph, logPf, logPb)[0]!, m.elbo, "V(s_0)");
    }
  });

  Deno.test(`forwardSampleMetrics() agrees with the exact ones within its errors, ${name}`, async () => {
    const { rows } = { rows: environment.forwardActions };
    const graph = await buildStateGraph(environment);
    const uniform = new Float64Array(graph.next.length);
    for (let at = 0; at < uniform.length; at += rows) {
      logSoftmaxRow(new Float64Array(rows), 0, rows, graph.forwardMask, at, uniform, at);
    }
    const rollout = await sampleForward(
      environment,
      20000,
      (observations) => new Float32Array(observations.rows * rows),
      RandomStream.of(3, "samples"),
    );
    const sampled = forwardSampleMetrics(
      stepNumbers(rollout.batch, { logPfAll: rollout.logPfAll, backward: "uniform" }),
    );
    const exact = exactMetrics(graph, uniform, uniformLogPb(graph));
    near(
      sampled.elboForwardSamples,
      exact.elbo,
      "elbo",
      5 * sampled.elboForwardSamplesError,
    );
    near(
      sampled.meanLogRewardForwardSamples,
      exact.meanLogReward,
      "mean log reward",
      5 * sampled.meanLogRewardForwardSamplesError,
    );
    near(sampled.logZForwardSamples, exact.logZExact, "log Z", 0.2);
  });
}

Deno.test("buildStateGraph() refuses an environment that lists no states, or not in order", async () => {
  const listed = await openEnvironment(fillBits, { bits: 2 });
  await assert.rejects(
    buildStateGraph(Object.create(listed, { enumeration: { value: undefined } })),
    { code: "E_ENUMERATION", exitCode: 2 },
  );
  const { size, index, state } = listed.enumeration!;
  const backwards = {
    size,
    index: (states: Int32Array, at: number) => size - 1 - index(states, at),
    state: (i: number, states: Int32Array, at: number) => state(size - 1 - i, states, at),
  };
  await assert.rejects(
    buildStateGraph(Object.create(listed, { enumeration: { value: backwards } })),
    { code: "E_ENV_ENUMERATION", exitCode: 1 },
  );
});

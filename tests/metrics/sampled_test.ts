import assert from "node:assert/strict";
import { logPartition } from "../../metrics/exact.ts";
import { forwardSampleMetrics, SampledMeans } from "../../metrics/sampled.ts";
import { buildStateGraph } from "../../metrics/state_graph.ts";
import { type Batch, selectTrajectories } from "../../rollout/batch.ts";
import { stepNumbers } from "../../train/step_tensors.ts";
import { exactTables } from "../_exact_flows.ts";
import { endings, uniformBatch } from "../_setting.ts";

function near(found: number, want: number, tolerance = 1e-10): void {
  assert.ok(Math.abs(found - want) <= tolerance, `${found}, want ${want}`);
}

for (const { name, environment } of endings) {
  // Whatever the trajectories are: at exact flows each of them weighs Z.
  Deno.test(`forwardSampleMetrics() gives log Z without error at exact flows, ${name}`, async () => {
    const batch = await uniformBatch(environment, 7);
    const { logPfAll } = await exactTables(environment, batch);
    const logZ = logPartition(await buildStateGraph(environment));
    const found = forwardSampleMetrics(stepNumbers(batch, { logPfAll, backward: "uniform" }));
    near(found.elboForwardSamples, logZ);
    near(found.elboForwardSamplesError, 0);
    near(found.logZForwardSamples, logZ);
  });

  Deno.test(`forwardSampleMetrics() agrees with its formulas written out, ${name}`, async () => {
    const batch = await uniformBatch(environment, 3, 5);
    const numbers = uniformNumbers(batch), logPf = numbers.logPf(), logPb = numbers.logPb();
    const w = Array.from(batch.logReward, (logR, i) => {
      let sum = logR;
      for (let k = batch.start[i]!; k < batch.start[i + 1]!; k++) sum += logPb[k]! - logPf[k]!;
      return sum;
    });
    const mean = (w[0]! + w[1]! + w[2]!) / 3;
    const squares = w.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    const found = forwardSampleMetrics(numbers);
    near(found.elboForwardSamples, mean);
    near(found.elboForwardSamplesError, Math.sqrt(squares / 2 / 3));
    near(found.logZForwardSamples, Math.log(w.reduce((sum, x) => sum + Math.exp(x), 0) / 3));
    assert.ok(found.logZForwardSamples >= found.elboForwardSamples);
    const [a, b, c] = batch.logReward;
    near(found.meanLogRewardForwardSamples, (a! + b! + c!) / 3);
  });
}

/** Numbers of a policy with equal logits and a uniform P_B. */
function uniformNumbers(batch: Batch) {
  const { forwardActions: A, forwardMask } = batch;
  const logPfAll = Float64Array.from(forwardMask, (allowed, e) => {
    const row = forwardMask.subarray(e - e % A, e - e % A + A);
    return allowed === 1 ? -Math.log(row.reduce((sum, one) => sum + one, 0)) : -Infinity;
  });
  return stepNumbers(batch, { logPfAll, backward: "uniform" });
}

Deno.test("forwardSampleMetrics() of one trajectory has a mean and no error", async () => {
  const { environment } = endings[0]!;
  const { batch } = selectTrajectories(await uniformBatch(environment, 2), [1]);
  const found = forwardSampleMetrics(uniformNumbers(batch));
  assert.ok(Number.isFinite(found.elboForwardSamples));
  assert.ok(Number.isNaN(found.elboForwardSamplesError));
  near(found.logZForwardSamples, found.elboForwardSamples);
});

Deno.test("SampledMeans of batches are the measures of all their trajectories", async () => {
  const { environment } = endings[0]!, all = await uniformBatch(environment, 7);
  const means = new SampledMeans();
  for (const part of [[0, 1], [2, 3, 4, 5], [6]]) {
    means.add(uniformNumbers(selectTrajectories(all, part).batch));
  }
  assert.deepEqual(means.measures(), forwardSampleMetrics(uniformNumbers(all)));
});

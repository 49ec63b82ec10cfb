import assert from "node:assert/strict";
import entPpo, { ratio, trustRegion } from "../../objectives/ent_ppo.ts";
import type { Frozen, Objective, StepTensors } from "../../objectives/contract.ts";
import tb from "../../objectives/tb.ts";
import vpg from "../../objectives/vpg.ts";
import type { Batch } from "../../rollout/batch.ts";
import { tf } from "../../tensor/backend.ts";
import { RandomStream } from "../../tensor/random.ts";
import { stepNumbers, stepTensors } from "../../train/step_tensors.ts";
import { exactTables, type Tables } from "../_exact_flows.ts";
import { endings, uniformBatch } from "../_setting.ts";

/** Exact tables moved off their values by noise. */
async function noisyTables(environment: typeof endings[0]["environment"], batch: Batch) {
  const tables = await exactTables(environment, batch);
  const random = RandomStream.of(7, "noise");
  for (const variable of Object.values(tables.variables)) {
    const noise = Float32Array.from({ length: variable.size }, () => 0.3 * random.normal());
    variable.assign(tf.add(variable, tf.tensor(noise, variable.shape)));
  }
  return tables;
}

/** Frozen numbers under the tables' present values. */
function freeze(objective: Objective, batch: Batch, tables: Tables, options: unknown): Frozen {
  const logPfAll = stepTensors(batch, tables.outputs).logPfAll();
  const numbers = stepNumbers(batch, {
    logPfAll: Float64Array.from(
      logPfAll.dataSync(),
      (x, i) => batch.forwardMask[i] === 1 ? x : -Infinity,
    ),
    backward: () => tables.variables.backward.dataSync() as Float32Array,
    value: () => tables.variables.value.dataSync() as Float32Array,
  });
  return objective.freeze(numbers, options);
}

function lossAndGradient(
  objective: Objective,
  batch: Batch,
  tables: Tables,
  frozen: Frozen,
  options: unknown,
  variable: tf.Variable = tables.variables.policy,
) {
  const { loss } = objective.updates(options)[0]!;
  const { value, grads } = tf.variableGrads(
    () => tf.mean(loss(stepTensors(batch, tables.outputs), frozen)),
    [variable],
  );
  return { loss: value.dataSync()[0]!, gradient: grads[variable.name]!.dataSync() as Float32Array };
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

const paper = { epochs: 1, lambda: 0.7, clip: 0.2, kl: "analytic" };

for (const { name, environment } of endings) {
  Deno.test(`ent-ppo has the gradient of vpg with gae before the policy has moved, ${name}`, async () => {
    const batch = await uniformBatch(environment, 12);
    const tables = await noisyTables(environment, batch);
    const gae = { advantage: "gae", lambda: 0.7 };
    const want = lossAndGradient(vpg, batch, tables, freeze(vpg, batch, tables, gae), gae);
    for (const kl of ["analytic", "off"]) {
      for (const clip of [0.2, "off"]) {
        const options = { ...paper, kl, clip };
        const frozen = freeze(entPpo, batch, tables, options);
        const found = lossAndGradient(entPpo, batch, tables, frozen, options);
        found.gradient.forEach((x, i) => assert.ok(Math.abs(x - want.gradient[i]!) < 1e-5));
      }
    }
    assert.ok(largest(want.gradient) > 0.01);
  });

  Deno.test(`ent-ppo starts an epoch of unmoved policy at ratio 1 and KL 0, ${name}`, async () => {
    const batch = await uniformBatch(environment, 12);
    const tables = await noisyTables(environment, batch);
    const frozen = freeze(entPpo, batch, tables, paper) as Parameters<typeof trustRegion>[2];
    const steps: StepTensors = stepTensors(batch, tables.outputs);
    const rho = ratio(steps, frozen);
    assert.ok(largest(tf.sub(rho, 1).dataSync()) < 1e-6);
    for (const kl of ["analytic", "importance", "off"] as const) {
      assert.ok(largest(trustRegion(steps, rho, frozen, kl).dataSync()) < 1e-6, kl);
    }
  });

  Deno.test(`gae advantages are zero at exact flows, and so are ent-ppo's gradient and vpg's, ${name}`, async () => {
    const batch = await uniformBatch(environment, 12);
    const tables = await exactTables(environment, batch);
    const frozen = freeze(entPpo, batch, tables, paper);
    assert.ok(largest(frozen.advantage!) < 1e-5);
    assert.ok(largest(lossAndGradient(entPpo, batch, tables, frozen, paper).gradient) < 1e-5);
    const gae = { advantage: "gae", lambda: 0.7 };
    const vpgFrozen = freeze(vpg, batch, tables, gae);
    assert.ok(largest(lossAndGradient(vpg, batch, tables, vpgFrozen, gae).gradient) < 1e-5);
  });

  Deno.test(`tb has zero loss and gradient at exact flows, ${name}`, async () => {
    const batch = await uniformBatch(environment, 12);
    const tables = await exactTables(environment, batch);
    for (const regression of ["square", "half-square", "huber", "shifted-cosh", "linex"]) {
      const options = { regression, linexAlpha: 1 };
      for (const variable of Object.values(tables.variables).slice(0, 2)) {
        const { loss, gradient } = lossAndGradient(tb, batch, tables, {}, options, variable);
        assert.ok(Math.abs(loss) < 1e-6, regression);
        assert.ok(largest(gradient) < 1e-4, regression);
      }
    }
  });
}

Deno.test("ent-ppo's settings drop exactly their term", async () => {
  const { environment } = endings[0]!;
  const batch = await uniformBatch(environment, 12);
  const tables = await noisyTables(environment, batch);
  const frozen = freeze(entPpo, batch, tables, paper);
  const moved = tables.variables.policy;
  moved.assign(tf.mul(moved, 1.7));
  const loss = (change: object) =>
    lossAndGradient(entPpo, batch, tables, frozen, { ...paper, ...change }).loss;
  const steps = stepTensors(batch, tables.outputs);
  const typed = frozen as Parameters<typeof trustRegion>[2];
  const kl = trustRegion(steps, ratio(steps, typed), typed, "analytic");
  const meanKl = tf.sum(kl).dataSync()[0]! / 12;
  assert.ok(Math.abs(loss({}) - loss({ kl: "off" }) - meanKl) < 1e-4);
  assert.ok(loss({ clip: "off" }) < loss({}), "the clipped surrogate is a lower bound");
});

Deno.test("ent-ppo has finite gradients at extreme log ratios", async () => {
  const { environment } = endings[0]!;
  const batch = await uniformBatch(environment, 12);
  const tables = await noisyTables(environment, batch);
  const moved = tables.variables.policy;
  for (const scale of [-1e4, 1e4]) {
    for (const kl of ["analytic", "importance", "off"]) {
      const options = { ...paper, kl, clip: "off" };
      const frozen = freeze(entPpo, batch, tables, options);
      const before = moved.clone();
      moved.assign(tf.mul(moved, scale));
      const { loss, gradient } = lossAndGradient(entPpo, batch, tables, frozen, options);
      assert.ok(Number.isFinite(loss) && gradient.every(Number.isFinite), `${scale}, ${kl}`);
      moved.assign(before);
    }
  }
});

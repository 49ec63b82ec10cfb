import assert from "node:assert/strict";
import { z } from "zod";
import {
  environments,
  type Objective,
  objectives,
  openEnvironment,
  resolveRun,
  segmentSum,
  tf,
  train,
} from "../mod.ts";

/** A stranger's objective: TB with weighted log R, written against mod.ts alone. */
const mine: Objective<{ weight: number }> = {
  name: "tempered-tb",
  summary: "trajectory balance towards R^weight",
  source: { paper: "a test", equation: "none" },
  options: z.strictObject({ weight: z.number().positive().default(1).describe("power of R") }),
  data: "any",
  zero: ({ weight }) => weight === 1 ? "batch" : "elsewhere",
  needs: () => ["logZ"],
  freeze: () => ({}),
  updates: ({ weight }) => [{
    name: "tempered",
    trains: ["policy", "logZ"],
    epochs: 2,
    minibatches: 2,
    loss(steps) {
      const ratio = segmentSum(
        tf.sub(steps.logPf(), steps.logPb()) as tf.Tensor1D,
        steps.batch.start,
      );
      const residual = tf.add(tf.sub(ratio, tf.mul(weight, steps.logReward())), steps.logZ());
      return tf.square(residual) as tf.Tensor1D;
    },
  }],
};
const registries = { environments, objectives: { ...objectives, [mine.name]: mine } };

Deno.test("a third-party objective trains by way of mod.ts", async () => {
  const config = resolveRun({
    env: { name: "hypergrid", side: 4 },
    objective: { name: "tempered-tb" },
    policy: { hidden: [32], lr: 0.005 },
    steps: 150,
  }, registries);
  assert.deepEqual(config.objective, { name: "tempered-tb", weight: 1 });
  const { name, ...options } = config.env;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  let tv = 1;
  for await (const event of train({ environment, objective: mine, config })) {
    if (event.type === "train") assert.deepEqual(Object.keys(event.losses), ["tempered"]);
    if (event.type === "eval") tv = event.tv as number;
  }
  assert.ok(tv < 0.1, `total variation ${tv}`);
});

Deno.test("options of a third-party objective are checked like those of the built-in ones", () => {
  assert.throws(
    () => resolveRun({ objective: { name: "tempered-tb", wieght: 2 } }, registries),
    { code: "E_CONFIG_KEY", message: /did you mean "weight"\?/ },
  );
  assert.throws(
    () => resolveRun({ objective: { name: "temperd-tb" } }, registries),
    { code: "E_OBJECTIVE_UNKNOWN", message: /did you mean "tempered-tb"\?/ },
  );
});

Deno.test("a third-party objective is refused a P_B that it does not train", async () => {
  const config = resolveRun({ objective: "tempered-tb", backward: "learned" }, registries);
  const { name, ...options } = config.env;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  await assert.rejects(train({ environment, objective: mine, config }).next(), {
    code: "E_OBJECTIVE_BACKWARD",
  });
});

import assert from "node:assert/strict";
import {
  constant,
  environments,
  type Objective,
  objectives,
  openEnvironment,
  resolveRun,
  segmentSum,
  sumOfSteps,
  tf,
  train,
  z,
} from "../mod.ts";
import { openGrid } from "./_setting.ts";
import { laws } from "./laws/_laws.ts";
import { subjectsOf } from "./laws/_subjects.ts";

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

/** Another that freezes numbers and trains in mini-batches: twice the log ratio, squared. */
const frozen: Objective<Record<string, never>, { twice: Float64Array }> = {
  name: "stay",
  summary: "keeps the policy where the rollout found it",
  source: { paper: "a test", equation: "none" },
  options: z.strictObject({}),
  data: "any",
  zero: () => "batch",
  needs: () => [],
  freeze: (numbers) => ({ twice: numbers.logPf().map((x) => 2 * x) }),
  updates: () => [{
    name: "stay",
    trains: ["policy"],
    epochs: 2,
    minibatches: 3,
    loss(steps, { twice }) {
      const ratio = tf.sub(tf.mul(2, steps.logPf()), constant(twice));
      return sumOfSteps(tf.square(ratio) as tf.Tensor1D, steps.batch);
    },
  }],
};
const registries = {
  environments,
  objectives: { ...objectives, [mine.name]: mine, [frozen.name]: frozen },
};

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
    if (event.type === "train") {
      assert.deepEqual(Object.keys(event.losses), ["tempered"]);
      assert.ok(Number.isFinite(event.losses.tempered));
    }
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

/** As `mine`, with another update that fits P_B alone to the trajectories; and that update alone. */
const fitsBackward: typeof mine = {
  ...mine,
  updates: (options) => [
    {
      ...{ name: "fit", trains: ["backward"], epochs: 1, minibatches: 1 },
      loss: (steps) => sumOfSteps(tf.neg(steps.logPb()), steps.batch),
    },
    ...mine.updates(options),
  ],
};
const backwardAlone = {
  ...fitsBackward,
  updates: (options: { weight: number }) => fitsBackward.updates(options).slice(0, 1),
};

Deno.test("an update that trains P_B alone is left out where P_B is not learned", async () => {
  const run = async (objective: typeof mine, backward: string) => {
    const config = resolveRun(
      {
        env: { name: "hypergrid", side: 4 },
        objective: "tempered-tb",
        backward,
        policy: { hidden: [16] },
        steps: 2,
      },
      registries,
    );
    const { name, ...options } = config.env;
    const environment = await openEnvironment(environments[name]!, options, config.reward);
    const events = await Array.fromAsync(train({ environment, objective, config }));
    return Object.keys(events.find((event) => event.type === "train")!.losses);
  };
  assert.deepEqual(await run(fitsBackward, "learned"), ["fit", "tempered"]);
  assert.deepEqual(await run(fitsBackward, "uniform"), ["tempered"]);
  assert.deepEqual(await run(fitsBackward, "tlm"), ["tempered", "backward"]);
  assert.deepEqual(await run(backwardAlone, "learned"), ["fit"]);
  await assert.rejects(run(backwardAlone, "uniform"), {
    code: "E_OBJECTIVE",
    message:
      "Cannot train tempered-tb with backward = uniform: found no update that trains anything but P_B, want backward = learned",
  });
});

Deno.test("what a third-party objective freezes is cut like the steps of each mini-batch", async () => {
  const config = resolveRun({
    env: { name: "hypergrid", side: 4 },
    objective: "stay",
    policy: { hidden: [16] },
    steps: 3,
  }, registries);
  const { name, ...options } = config.env;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  for await (const event of train({ environment, objective: frozen, config })) {
    if (event.type !== "train") continue;
    // Rounding may move the policy a little; numbers of other steps would be off by nats.
    assert.ok((event.losses.stay as number) < 1e-2, `loss ${event.losses.stay}`);
  }
});

Deno.test("the laws can be tried on a third-party objective", async () => {
  const grid = await openGrid(2, 3);
  for (const subject of subjectsOf(mine)) {
    for (const law of laws) assert.equal(typeof await law.try(subject, grid), "number", law.name);
  }
});

/** What a stranger may get wrong, and what is said of it. */
const mistakes: [what: string, wrong: Partial<typeof mine>, message: RegExp][] = [
  ["trains what its loss does not read", {
    updates: () => [{
      ...{ name: "odd", trains: ["policy", "logZ"], epochs: 1, minibatches: 1 },
      loss: (steps) => sumOfSteps(steps.logPf(), steps.batch),
    }],
  }, /the loss "odd": found that it does not read logZ/],
  ["has a loss of no estimator", {
    updates: () => [{
      ...{ name: "odd", trains: ["policy"], epochs: 1, minibatches: 1 },
      loss: (steps) => steps.logReward(),
    }],
  }, /the loss "odd": found that it does not read policy/],
  ["trains nothing that there is", {
    updates: () => [{
      ...{ name: "odd", trains: ["flow"], epochs: 1, minibatches: 1 },
      loss: (steps) => sumOfSteps(steps.logPf(), steps.batch),
    }],
  }, /the loss "odd": found no estimator of the run under trains/],
  ["gives a number a step", {
    updates: () => [{
      ...{ name: "odd", trains: ["policy"], epochs: 1, minibatches: 1 },
      loss: (steps) => steps.logPf(),
    }],
  }, /the loss "odd": found numbers of shape \[\d+\], want \[16\], one a trajectory/],
  ["gives one number for all", {
    updates: () => [{
      ...{ name: "odd", trains: ["policy"], epochs: 1, minibatches: 1 },
      loss: (steps) => tf.mean(steps.logPf()) as unknown as tf.Tensor1D,
    }],
  }, /found numbers of shape \[\], want \[16\]/],
  ["freezes numbers that are not of steps", {
    freeze: () => ({ odd: new Float64Array(3) }),
  }, /the frozen "odd": found 3 numbers for \d+ steps/],
  ["has a critic and freezes nothing for it", {
    needs: () => ["value", "logZ"],
  }, /Cannot fit the critic: found no "valueTarget"/],
];

for (const [what, wrong, message] of mistakes) {
  Deno.test(`a third-party objective that ${what} is told so`, async () => {
    const objective = { ...mine, ...wrong }, settings = { hidden: [8] };
    const config = resolveRun(
      { env: { name: "hypergrid", side: 4 }, objective: mine.name, policy: settings, steps: 1 },
      registries,
    );
    const { name, ...options } = config.env;
    const environment = await openEnvironment(environments[name]!, options, config.reward);
    const training = async () => {
      for await (const event of train({ environment, objective, config })) void event;
    };
    await assert.rejects(training, { code: "E_OBJECTIVE", message });
  });
}

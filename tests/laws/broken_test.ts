/**
 * The laws themselves, tried on objectives that are broken on purpose: each breaks one, and is caught.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Loss, Objective, Update } from "../../objectives/contract.ts";
import { sumOfSteps } from "../../objectives/_reduce.ts";
import { objectives } from "../../objectives/_registry.ts";
import tb, { trajectoryScore } from "../../objectives/tb.ts";
import vpg from "../../objectives/vpg.ts";
import { tf } from "../../tensor/backend.ts";
import { openGrid } from "../_setting.ts";
import { laws } from "./_laws.ts";
import { neighbours, tryNeighbours } from "./_neighbours.ts";
import { subjectsOf } from "./_subjects.ts";

const environment = await openGrid(2, 3);

/** An objective with another loss, or with other estimators said to be trained. */
function changed(objective: Objective, change: Partial<Update>): Objective {
  return {
    ...objective,
    updates: (options) => objective.updates(options).map((update) => ({ ...update, ...change })),
  };
}

const residual: Loss = (steps) => tf.add(trajectoryScore(steps), steps.logZ());

const broken: Record<string, Objective[]> = {
  "zero at exact flows": [
    // Aims at log Z + 1/10.
    changed(tb, { loss: (steps, frozen) => tf.square(tf.add(residual(steps, frozen), 0.1)) }),
    // Says that each batch has no gradient, which holds in expectation only.
    { ...vpg, zero: () => "batch" },
    // Plain REINFORCE says so too, which goes for the largest reward.
    changed({ ...vpg, zero: () => "expectation" }, {
      loss: (steps) => tf.neg(tf.mul(sumOfSteps(steps.logPf(), steps.batch), steps.logReward())),
    }),
  ],
  "gradient": [
    changed(tb, {
      loss(steps, frozen) {
        const r = residual(steps, frozen);
        return tf.mul(r, tf.tensor1d(r.dataSync().slice())); // half the gradient of the square
      },
    }),
  ],
  "declared": [
    // Reads log Z, and does not train it.
    changed(tb, { trains: ["policy", "backward"] }),
    // Says that it trains log F, which it does not read.
    changed({ ...tb, needs: () => ["logZ", "flow"] }, {
      trains: ["policy", "backward", "logZ", "flow"],
    }),
  ],
  "finite": [
    changed(tb, { loss: (steps, frozen) => tf.exp(residual(steps, frozen)) as tf.Tensor1D }),
  ],
  "order": [
    changed(tb, {
      loss(steps, frozen) {
        const square = tf.square(residual(steps, frozen));
        return tf.mul(square, tf.range(1, square.size + 1));
      },
    }),
  ],
};

for (const law of laws) {
  Deno.test(`the law "${law.name}" catches what breaks it`, async () => {
    assert.ok(broken[law.name]!.length > 0);
    for (const objective of broken[law.name]!) {
      const attempts = subjectsOf(objective).map((subject) => law.try(subject, environment));
      const outcomes = await Promise.allSettled(attempts);
      assert.ok(outcomes.some(({ status }) => status === "rejected"), objective.name);
    }
  });
}

Deno.test("an agreement of neighbours catches one that is broken", async () => {
  for (const pair of neighbours) {
    const [name] = pair.pair[0];
    const objective = objectives[name]!;
    const twice: Objective = {
      ...objective,
      updates: (options) =>
        objective.updates(options).map((update) => ({
          ...update,
          loss: (steps, frozen) => tf.mul(update.loss(steps, frozen), 1.01),
        })),
    };
    // Where both are the same objective at two settings, both are broken alike.
    if (pair.pair[1][0] === name) continue;
    await assert.rejects(
      tryNeighbours(pair, environment, { ...objectives, [name]: twice }),
      assert.AssertionError,
      pair.says,
    );
  }
});

/**
 * Flow matching (Bengio et al. 2021, arXiv:2106.04399). The policy's logits are edge log flows, so that
 * P_F is the share of the outflow; the exit's edge carries the reward.
 *
 * loss = mean over visited states but s_0 of g(log inflow - log outflow)
 *      + alpha mean over trajectories of g(log F(x -> s_f) - log R(x))
 *
 * @module
 */
import { z } from "zod";
import { trajectoryCount } from "../rollout/batch.ts";
import { tf } from "../tensor/backend.ts";
import { maskedLogSumExp, takePerRow } from "../tensor/categorical.ts";
import { segmentLogSumExp } from "../tensor/segments.ts";
import type { Objective, StepTensors } from "./contract.ts";
import { sumOfSteps } from "./_reduce.ts";
import { regression, regressionOptions } from "./_regression.ts";

const options = z.strictObject({
  alpha: z.number().positive().max(1e4).default(1)
    .describe("weight of the reward's residual beside that of the flows"),
  ...regressionOptions,
});

type Options = z.infer<typeof options>;

/** log inflow - log outflow of every state visited, 0 at s_0, which nothing flows into; [S] nats. */
export function flowResidual(steps: StepTensors): tf.Tensor1D {
  const { batch } = steps;
  const inflow = segmentLogSumExp(steps.parentLogits(), batch.parents!.start);
  const outflow = maskedLogSumExp(steps.logits(), batch.forwardMask);
  return tf.mul(tf.sub(inflow, outflow), hasParents(steps));
}

/** log F(x -> s_f) - log R(x), [N] nats. */
export function exitResidual(steps: StepTensors): tf.Tensor1D {
  const { start, action } = steps.batch;
  const exits = Int32Array.from(start.subarray(1), (end) => end - 1);
  const edges = takePerRow(steps.logits(), action);
  return tf.sub(tf.gather(edges, tf.tensor1d(exits, "int32")), steps.logReward());
}

/** [S] 1 where a state has edges into it, 0 at s_0. */
function hasParents({ batch }: StepTensors): tf.Tensor1D {
  const { start } = batch.parents!;
  return tf.tensor1d(
    Float32Array.from(batch.action, (_, k) => start[k + 1]! > start[k]! ? 1 : 0),
  );
}

export default {
  name: "flow-matching",
  summary: "inflow equals outflow at every state visited",
  source: { paper: "arXiv:2106.04399", equation: "the flow-matching loss" },
  options,
  data: "any",
  zero: () => "batch",
  needs: () => ["parents"],
  freeze: () => ({}),
  logitScale: () => 1,
  updates: (options) => [{
    name: "policy",
    trains: ["policy"],
    epochs: 1,
    minibatches: 1,
    loss(steps) {
      const { batch } = steps, N = trajectoryCount(batch);
      const visited = batch.action.length - N; // every trajectory visits s_0 once
      // A batch of trajectories that all exit at once has no flow to match.
      const flows = tf.mul(
        sumOfSteps(regression(flowResidual(steps), options), batch),
        N / Math.max(visited, 1),
      );
      return tf.add(flows, tf.mul(options.alpha, regression(exitResidual(steps), options)));
    },
  }],
} satisfies Objective<Options, Record<string, never>>;

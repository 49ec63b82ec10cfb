/**
 * Sub-trajectory balance (Madan et al. 2023, arXiv:2209.12782): the residual of every part of a
 * trajectory,
 *
 * r(i, j) = log F(s_i) + sum_{i<=t<j} (log P_F - log P_B) - log F(s_j), log F(s_f) meaning log R(x),
 *
 * loss = sum of w(i, j) g(r(i, j)), the weights adding up to 1; the paper's are lambda^(j-i) within each
 * trajectory.
 *
 * @module
 */
import { z } from "zod";
import { tf } from "../tensor/backend.ts";
import { pairDifferences, segmentPrefixSums } from "../tensor/segments.ts";
import type { Objective, StepTensors } from "./contract.ts";
import { forwardLookingFlow } from "./_flows.ts";
import { weightedSum } from "./_reduce.ts";
import { regression, regressionOptions } from "./_regression.ts";
import { type SubTrajectories, subTrajectories, weightingOptions } from "./_sub_trajectories.ts";

const options = z.strictObject({
  ...weightingOptions,
  flow: z.enum(["plain", "forward-looking"]).default("plain")
    .describe("log F learned whole, or relative to the reward of partial objects"),
  ...regressionOptions,
});

type Options = z.infer<typeof options>;

/**
 * r(i, j) of the sub-trajectories given, [X] nats.
 *
 * @param logFlow [at least S] log F of the states that steps leave
 * @param logRatio [S] log P_F - log P_B of every step
 */
export function subTrajectoryResiduals(
  { batch, logReward }: StepTensors,
  logFlow: tf.Tensor1D,
  logRatio: tf.Tensor1D,
  { from, to }: SubTrajectories,
): tf.Tensor1D {
  // With u_i = sum_{t<i} (log P_F - log P_B) - log F(s_i), the residual is u_j - u_i.
  const potential = tf.sub(
    segmentPrefixSums(logRatio, batch.start),
    flowOfStates(batch.start, logFlow, logReward()),
  );
  return pairDifferences(potential as tf.Tensor1D, from, to);
}

/** [S + N] log F of the states of each trajectory, log R(x) behind the last. */
function flowOfStates(start: Int32Array, logFlow: tf.Tensor1D, logReward: tf.Tensor1D) {
  const places: number[] = [];
  for (let n = 0; n + 1 < start.length; n++) {
    for (let k = start[n]!; k < start[n + 1]!; k++) places.push(k);
    places.push(logFlow.size + n);
  }
  return tf.gather(tf.concat([logFlow, logReward]), tf.tensor1d(places, "int32"));
}

export default {
  name: "subtb",
  summary: "sub-trajectory balance: a residual for every part of a trajectory",
  source: { paper: "arXiv:2209.12782", equation: "SubTB(lambda)" },
  options,
  data: "any",
  zero: () => "batch",
  needs: ({ flow }) => flow === "plain" ? ["flow"] : ["flow", "partialRewards"],
  freeze: () => ({}),
  updates: (options) => [{
    name: "policy",
    trains: ["policy", "backward", "flow"],
    epochs: 1,
    minibatches: 1,
    loss(steps) {
      const parts = subTrajectories(steps.batch.start, options.weighting, options.lambda);
      const logFlow = options.flow === "plain" ? steps.logFlow() : forwardLookingFlow(steps);
      const logRatio = tf.sub(steps.logPf(), steps.logPb()) as tf.Tensor1D;
      const residuals = subTrajectoryResiduals(steps, logFlow, logRatio, parts);
      return weightedSum(regression(residuals, options), parts.weight, parts.start);
    },
  }],
} satisfies Objective<Options, Record<string, never>>;

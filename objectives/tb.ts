/**
 * Trajectory balance (Malkin et al. 2022, arXiv:2201.13259):
 *
 * loss = mean over trajectories of g(log Z + sum log P_F - log R - sum log P_B), g the square.
 *
 * @module
 */
import { z } from "zod";
import { tf } from "../tensor/backend.ts";
import { segmentSum } from "../tensor/segments.ts";
import { regression, regressionOptions } from "./_regression.ts";
import type { Objective, StepTensors } from "./contract.ts";

const options = z.strictObject({ ...regressionOptions });

type Options = z.infer<typeof options>;

/** S_n = sum log P_F - sum log P_B - log R, [N] nats: minus the total soft return. */
export function trajectoryScore(steps: StepTensors): tf.Tensor1D {
  const perStep = tf.sub(steps.logPf(), steps.logPb()) as tf.Tensor1D;
  return tf.sub(segmentSum(perStep, steps.batch.start), steps.logReward());
}

export default {
  name: "tb",
  summary: "trajectory balance: one residual a trajectory, log Z learned",
  source: { paper: "arXiv:2201.13259", equation: "Eq. 14" },
  options,
  data: "any",
  zero: () => "batch",
  needs: () => ["logZ"],
  freeze: () => ({}),
  updates: (options) => [{
    name: "policy",
    trains: ["policy", "backward", "logZ"],
    epochs: 1,
    minibatches: 1,
    loss(steps) {
      const residual = tf.add(trajectoryScore(steps), steps.logZ()) as tf.Tensor1D;
      return regression(residual, options);
    },
  }],
} satisfies Objective<Options, Record<string, never>>;

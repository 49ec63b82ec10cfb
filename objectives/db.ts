/**
 * Detailed balance (Bengio et al. 2023, arXiv:2111.09266):
 *
 * loss = mean over steps of g(log F(s_t) + log P_F - log F(s_{t+1}) - log P_B), log R(x) standing for
 * the flow that the last step reaches.
 *
 * @module
 */
import { z } from "zod";
import { tf } from "../tensor/backend.ts";
import type { Objective, StepTensors } from "./contract.ts";
import { flowLeft, flowReached } from "./_flows.ts";
import { meanOfSteps } from "./_reduce.ts";
import { regression, regressionOptions } from "./_regression.ts";

const options = z.strictObject({ ...regressionOptions });

type Options = z.infer<typeof options>;

/** log F(s_t) + log P_F - log F(s_{t+1}) - log P_B under the given log F; [S] nats. */
export function edgeResidual(steps: StepTensors, logFlow: tf.Tensor1D): tf.Tensor1D {
  const forward = tf.add(flowLeft(steps, logFlow), steps.logPf());
  return tf.sub(forward, tf.add(flowReached(steps, logFlow), steps.logPb()));
}

export default {
  name: "db",
  summary: "detailed balance: one residual a step, state flows learned",
  source: { paper: "arXiv:2111.09266", equation: "the detailed-balance loss" },
  options,
  data: "any",
  zero: () => "batch",
  needs: () => ["flow"],
  freeze: () => ({}),
  updates: (options) => [{
    name: "policy",
    trains: ["policy", "backward", "flow"],
    epochs: 1,
    minibatches: 1,
    loss(steps) {
      const residual = edgeResidual(steps, steps.logFlow());
      return meanOfSteps(regression(residual, options), steps.batch);
    },
  }],
} satisfies Objective<Options, Record<string, never>>;

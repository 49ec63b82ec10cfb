/**
 * The critic's mean squared error over the steps of the batch, against targets frozen at the rollout:
 * sg[Psi_t + V(s_t)] for GAE, reward-to-go for the baseline (Algorithm 2 of arXiv:2606.15793).
 *
 * @module
 */
import { tf } from "../../tensor/backend.ts";
import { constant } from "../_constant.ts";
import type { StepTensors } from "../contract.ts";

/** mean over steps of (V(s_t) - y_t)^2 */
export default {
  name: "mse",
  summary: "squared error against the frozen targets",
  loss(steps: StepTensors, { valueTarget }: { valueTarget: Float64Array }): tf.Scalar {
    return tf.mean(tf.squaredDifference(steps.value(), constant(valueTarget)));
  },
};

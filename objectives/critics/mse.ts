/**
 * The critic's mean squared error over the steps of the batch, against targets frozen at the rollout:
 * sg[Psi_t + V(s_t)] for GAE, reward-to-go for the baseline (Algorithm 2 of arXiv:2606.15793).
 *
 * @module
 */
import { usageError } from "../../errors.ts";
import { tf } from "../../tensor/backend.ts";
import { constant, meanOfSteps } from "../_reduce.ts";
import type { Critic } from "../contract.ts";

type Frozen = {
  /** [S] what V(s_t) is fitted to, nats; an objective may have forgotten it */
  valueTarget?: Float64Array;
};

/** mean over steps of (V(s_t) - y_t)^2; `E_OBJECTIVE` where the objective freezes no y */
export default {
  name: "mse",
  summary: "squared error against the frozen targets",
  source: { paper: "arXiv:2606.15793", equation: "Algorithm 2" },
  freeze: () => ({}),
  loss: () => (steps, { valueTarget }) => {
    if (valueTarget === undefined) {
      throw usageError(
        "E_OBJECTIVE",
        'Cannot fit the critic: found no "valueTarget" among what the objective freezes, want [S] numbers, as freezeAdvantages gives them',
      );
    }
    return meanOfSteps(tf.squaredDifference(steps.value(), constant(valueTarget)), steps.batch);
  },
} satisfies Critic<Frozen>;

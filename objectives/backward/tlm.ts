/**
 * Trajectory likelihood maximisation: P_B is fitted to the trajectories that P_F samples (Gritsaev et
 * al. 2025; Eq. 24 of arXiv:2606.15793). Its own update: changing P_B changes the soft reward, so a
 * policy gradient may not train it jointly.
 *
 * @module
 */
import { tf } from "../../tensor/backend.ts";
import { sumOfSteps } from "../_reduce.ts";
import type { Update } from "../contract.ts";

/** - mean over trajectories of sum_t log P_B(s_t|s_{t+1}) */
export const tlm: Update = {
  name: "backward",
  trains: ["backward"],
  epochs: 1,
  minibatches: 1,
  loss: (steps) => tf.neg(sumOfSteps(steps.logPb(), steps.batch)),
};

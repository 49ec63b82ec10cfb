/**
 * Sub-trajectory evaluation balance (Eqs. 14 and 15 of arXiv:2606.15793): the SubTB residual with log F
 * replaced by V, and both policies frozen at the rollout.
 *
 * @module
 */
import { tf } from "../../tensor/backend.ts";
import { constant, weightedSum } from "../_reduce.ts";
import { subTrajectories, type Weighting } from "../_sub_trajectories.ts";
import type { Critic } from "../contract.ts";
import { subTrajectoryResiduals } from "../subtb.ts";

type Frozen = {
  /** [S] log P_F - log P_B of each step at the rollout, nats */
  logRatio: Float64Array;
};

export default {
  name: "sub-eb",
  summary: "squared balance of V over every part of a trajectory, the policies frozen",
  source: { paper: "arXiv:2606.15793", equation: "Eqs. 14 and 15" },
  freeze(numbers) {
    const logPb = numbers.logPb();
    return { logRatio: numbers.logPf().map((logPf, t) => logPf - logPb[t]!) };
  },
  loss: ({ weighting, lambda }) => (steps, { logRatio }) => {
    const parts = subTrajectories(steps.batch.start, weighting as Weighting, lambda);
    const r = subTrajectoryResiduals(steps, steps.value(), constant(logRatio), parts);
    return weightedSum(tf.square(r), parts.weight, parts.start);
  },
} satisfies Critic<Frozen>;

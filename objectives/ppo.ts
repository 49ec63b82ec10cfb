/**
 * Naive proximal policy optimisation (Schulman et al. 2017, arXiv:1707.06347) on soft returns: what
 * Ent-PPO is compared with. The ratio is clipped, and nothing else keeps the policy near pi_old.
 *
 * loss = - mean over trajectories of sum_t min(rho_t Psi_t, clip(rho_t, 1-eps, 1+eps) Psi_t)
 *
 * @module
 */
import { z } from "zod";
import { tf } from "../tensor/backend.ts";
import { freezeAdvantages, type FrozenAdvantages } from "./_advantages.ts";
import type { Objective } from "./contract.ts";
import { ratio, surrogate } from "./ent_ppo.ts";
import { constant, sumOfSteps } from "./_reduce.ts";

const options = z.strictObject({
  epochs: z.int().min(1).max(1000).default(4).describe("K: passes over each rollout"),
  lambda: z.number().min(0).max(1).default(0.7).describe("lambda of GAE"),
  clip: z.number().gt(0).lt(1).default(0.2)
    .describe("epsilon: the ratio is clipped to [1 - epsilon, 1 + epsilon]"),
  reward: z.enum(["soft", "terminal"]).default("soft")
    .describe("r_t: log P_B on moves and log R at the end, or log R at the end alone"),
});

type Options = z.infer<typeof options>;

type Frozen = FrozenAdvantages & {
  /** [S] log pi_old(a_t|s_t) */
  logPfOld: Float64Array;
};

export default {
  name: "ppo",
  summary: "naive PPO: clipped ratio, no trust region",
  source: { paper: "arXiv:1707.06347", equation: "Eq. 7, on the returns of arXiv:2606.15793" },
  options,
  data: "on-policy",
  zero: ({ reward }) => reward === "soft" ? "batch" : "elsewhere",
  needs: () => ["value"],
  freeze: (numbers, { lambda, reward }) => ({
    ...freezeAdvantages(numbers, { kind: "gae", lambda }, reward),
    logPfOld: numbers.logPf(),
  }),
  updates: ({ epochs, clip }) => [{
    name: "policy",
    trains: ["policy"],
    epochs,
    minibatches: 1,
    loss(steps, frozen) {
      const gain = surrogate(ratio(steps, frozen), constant(frozen.advantage), clip);
      return tf.neg(sumOfSteps(gain, steps.batch));
    },
  }],
} satisfies Objective<Options, Frozen>;

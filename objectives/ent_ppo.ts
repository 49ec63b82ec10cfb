/**
 * Ent-PPO, proximal policy optimisation for amortized discrete sampling: Algorithm 2 of
 * arXiv:2606.15793. After a rollout the advantages and pi_old are frozen; then K epochs of
 *
 * loss = - mean over trajectories of sum_t [ min(rho_t Psi_t, clip(rho_t, 1-eps, 1+eps) Psi_t)
 *                                            - KL(pi(.|s_t) || pi_old(.|s_t)) ]
 *
 * with rho_t = pi(a_t|s_t) / pi_old(a_t|s_t) and Psi_t the GAE (Eqs. 18, 20). The coefficient of the KL
 * is 1: it comes from the derivation.
 *
 * @module
 */
import { z } from "zod";
import { tf } from "../tensor/backend.ts";
import { klDivergence } from "../tensor/categorical.ts";
import { freezeAdvantages, type FrozenAdvantages } from "./_advantages.ts";
import type { Objective, StepTensors } from "./contract.ts";
import { constant, sumOfSteps } from "./_reduce.ts";

const options = z.strictObject({
  epochs: z.int().min(1).max(1000).default(4).describe("K: passes over each rollout"),
  lambda: z.number().min(0).max(1).default(0.7).describe("lambda of GAE"),
  clip: z.union([z.number().gt(0).lt(1), z.literal("off")]).default(0.2)
    .describe("epsilon: the ratio is clipped to [1 - epsilon, 1 + epsilon]"),
  kl: z.enum(["analytic", "importance", "off"]).default("analytic")
    .describe("trust region: KL over all allowed actions, rho log rho on the taken one, or none"),
  reward: z.enum(["soft", "terminal"]).default("soft")
    .describe(
      "r_t: log P_B on moves and log R at the end, or log R at the end alone (an ablation)",
    ),
});

type Options = z.infer<typeof options>;

type Frozen = FrozenAdvantages & {
  /** [S] log pi_old(a_t|s_t) */
  logPfOld: Float64Array;
  /** [S * A] log pi_old(.|s_t), -Infinity where masked */
  logPfAllOld: Float64Array;
};

/** exp overflows in float32 at 88 and a product with it soon after; no useful ratio is near e^20. */
const MAX_LOG_RATIO = 20;

/** rho_t, [S] */
export function ratio(
  steps: StepTensors,
  { logPfOld }: Pick<Frozen, "logPfOld">,
): tf.Tensor1D {
  const logRatio = tf.sub(steps.logPf(), constant(logPfOld));
  return tf.exp(tf.clipByValue(logRatio, -MAX_LOG_RATIO, MAX_LOG_RATIO)) as tf.Tensor1D;
}

/** min(rho Psi, clip(rho) Psi), or rho Psi alone; [S] */
export function surrogate(
  rho: tf.Tensor1D,
  advantage: tf.Tensor1D,
  clip: Options["clip"],
): tf.Tensor1D {
  const gain = tf.mul(rho, advantage);
  if (clip === "off") return gain as tf.Tensor1D;
  return tf.minimum(gain, tf.mul(tf.clipByValue(rho, 1 - clip, 1 + clip), advantage));
}

/** KL(pi || pi_old) at each step by the estimator chosen, [S] */
export function trustRegion(
  steps: StepTensors,
  rho: tf.Tensor1D,
  { logPfAllOld }: Frozen,
  kl: Options["kl"],
): tf.Tensor1D {
  switch (kl) {
    case "analytic":
      return klDivergence(
        steps.logPfAll(),
        Float32Array.from(logPfAllOld),
        steps.batch.forwardMask,
      );
    case "importance":
      return tf.mul(rho, tf.log(rho));
    case "off":
      return tf.zerosLike(rho);
  }
}

export default {
  name: "ent-ppo",
  summary: "clipped ratio plus KL trust region, several epochs per rollout",
  source: { paper: "arXiv:2606.15793", equation: "Algorithm 2, Eq. 20" },
  options,
  data: "on-policy",
  // The slope of rho log rho is 1 at rho = 1, whose mean over the policy's actions is no slope.
  zero: ({ reward, kl }) =>
    reward === "terminal" ? "elsewhere" : kl === "importance" ? "expectation" : "batch",
  needs: () => ["value"],
  freeze: (numbers, { lambda, reward }) => ({
    ...freezeAdvantages(numbers, { kind: "gae", lambda }, reward),
    logPfOld: numbers.logPf(),
    logPfAllOld: numbers.logPfAll(),
  }),
  updates: ({ epochs, clip, kl }) => [{
    name: "policy",
    trains: ["policy"],
    epochs,
    minibatches: 1,
    loss(steps, frozen) {
      const rho = ratio(steps, frozen);
      const gain = surrogate(rho, constant(frozen.advantage), clip);
      const perStep = tf.sub(gain, trustRegion(steps, rho, frozen, kl)) as tf.Tensor1D;
      return tf.neg(sumOfSteps(perStep, steps.batch));
    },
  }],
} satisfies Objective<Options, Frozen>;

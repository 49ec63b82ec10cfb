/**
 * Vanilla policy gradient in the entropy-regularised view: Algorithm 1 of arXiv:2606.15793.
 *
 * loss = - mean over trajectories of sum_t log pi(a_t|s_t) sg[Psi_t]
 *
 * @module
 */
import { z } from "zod";
import { tf } from "../tensor/backend.ts";
import { type Advantage, freezeAdvantages, type FrozenAdvantages } from "./_advantages.ts";
import type { Objective } from "./contract.ts";
import { constant, sumOfSteps } from "./_reduce.ts";

const options = z.strictObject({
  advantage: z.enum(["total", "reward_to_go", "baseline", "gae"]).default("gae")
    .describe("Psi_t: total return, reward-to-go, reward-to-go minus V, or GAE"),
  lambda: z.number().min(0).max(1).default(0.7).describe(
    "lambda of GAE; read by no other advantage",
  ),
});

type Options = z.infer<typeof options>;

function psi({ advantage, lambda }: Options): Advantage {
  return advantage === "gae" ? { kind: "gae", lambda } : { kind: advantage };
}

export default {
  name: "vpg",
  summary: "soft policy gradient with the advantage of your choice",
  source: { paper: "arXiv:2606.15793", equation: "Algorithm 1, Eqs. 9 to 13" },
  options,
  data: "on-policy",
  zero: ({ advantage }) =>
    advantage === "baseline" || advantage === "gae" ? "batch" : "expectation",
  needs: ({ advantage }) => advantage === "baseline" || advantage === "gae" ? ["value"] : [],
  freeze: (numbers, options) => freezeAdvantages(numbers, psi(options)),
  updates: () => [{
    name: "policy",
    trains: ["policy"],
    epochs: 1,
    minibatches: 1,
    loss(steps, { advantage }) {
      const gain = tf.mul(steps.logPf(), constant(advantage)) as tf.Tensor1D;
      return tf.neg(sumOfSteps(gain, steps.batch));
    },
  }],
} satisfies Objective<Options, FrozenAdvantages>;

/**
 * Munchausen DQN (Vieillard et al. 2020; Tiapkin et al. 2024, arXiv:2310.12934): soft DQN whose reward
 * holds a part alpha of the policy's own log-probability. With pi = softmax(Q / tau),
 *
 * y_t = log P_B + alpha tau log pi'(a_t|s_t) + tau logsumexp(Q'(s_{t+1}, .) / tau),
 *
 * and log R(x) in place of the last term at the exit. The entropy's coefficient is (1 - alpha) tau, so
 * that only tau = 1 / (1 - alpha) keeps the target R/Z: tau is no setting.
 *
 * @module
 */
import { z } from "zod";
import type { Objective } from "./contract.ts";
import { softQNeeds, softQOptions, softQUpdate } from "./_soft_q.ts";

const options = z.strictObject({
  alpha: z.number().min(0).max(0.99).default(0.15)
    .describe("share of log pi that the reward holds; 0 is soft DQN"),
  ...softQOptions,
});

type Options = z.infer<typeof options>;

export default {
  name: "munchausen-dqn",
  summary: "soft DQN whose reward holds a share of log pi",
  source: { paper: "arXiv:2310.12934", equation: "MunchausenDQN" },
  options,
  data: "any",
  zero: () => "batch",
  needs: softQNeeds,
  freeze: () => ({}),
  logitScale: ({ alpha }) => 1 / (1 - alpha),
  updates: (options) => [softQUpdate(options, options.alpha)],
} satisfies Objective<Options, Record<string, never>>;

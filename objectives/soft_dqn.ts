/**
 * Soft DQN (Tiapkin et al. 2024, arXiv:2310.12934): soft Q-learning on the rewards log P_B and log R.
 *
 * loss = mean over steps of g(Q(s_t, a_t) - y_t), y_t = log P_B(s_t|s_{t+1}) + logsumexp Q'(s_{t+1}, .),
 * and y = log R(x) at the exit; Q' is a slowly following copy of Q.
 *
 * @module
 */
import { z } from "zod";
import type { Objective } from "./contract.ts";
import { softQNeeds, softQOptions, softQUpdate } from "./_soft_q.ts";

const options = z.strictObject({ ...softQOptions });

type Options = z.infer<typeof options>;

export default {
  name: "soft-dqn",
  summary: "soft Q-learning with a target network",
  source: { paper: "arXiv:2310.12934", equation: "SoftDQN" },
  options,
  data: "any",
  zero: () => "batch",
  needs: softQNeeds,
  freeze: () => ({}),
  logitScale: () => 1,
  updates: (options) => [softQUpdate(options, 0)],
} satisfies Objective<Options, Record<string, never>>;

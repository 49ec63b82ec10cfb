/**
 * What a run is: one typed description, every key with a bound and a default. The options of the
 * environment and of the objective are handed in, since they depend on the names chosen.
 *
 * @module
 */
import { z } from "zod";
import type { OptionValue } from "./options.ts";

const hidden = z.array(z.int().min(1).max(4096)).max(8)
  .describe("widths of the hidden layers, first to last");
const learningRate = z.number().positive().max(10);

/** Seeds are 32-bit so that they print, hash and travel without loss. */
const seed = z.int().min(0).max(2 ** 32 - 1);

const shared = {
  reward: z.strictObject({
    exponent: z.number().positive().max(1e4).default(1)
      .describe("beta: the target is proportional to R(x)^beta"),
    min: z.number().positive().max(1e300).nullable().default(null)
      .describe("R(x) below this counts as this; null for no floor"),
  }).prefault({}),
  policy: z.strictObject({
    hidden: hidden.default([256, 256]),
    lr: learningRate.default(1e-3).describe("learning rate of P_F"),
  }).prefault({}),
  critic: z.strictObject({
    loss: z.enum(["mse"]).default("mse").describe("what the critic V is fitted by"),
    epochs: z.int().min(1).max(1000).default(4).describe("E: passes over each rollout"),
    minibatches: z.int().min(1).max(1000).default(2)
      .describe("S: parts that the trajectories of a rollout are split into"),
    hidden: hidden.optional().describe("widths of the critic; as policy.hidden unless given"),
    lr: learningRate.optional().describe("learning rate of V; policy.lr / 3 unless given"),
  }).prefault({}),
  logZ: z.strictObject({
    initial: z.number().min(-1e6).max(1e6).default(0).describe("log Z before the first update"),
    lr: learningRate.default(0.1).describe("learning rate of log Z"),
  }).prefault({}),
  backward: z.enum(["uniform", "learned", "tlm"]).default("uniform")
    .describe("P_B: uniform over parents, learned jointly with P_F, or learned by TLM (Eq. 24)"),
  pb: z.strictObject({
    hidden: hidden.optional().describe("widths of P_B; as policy.hidden unless given"),
    lr: learningRate.optional().describe("learning rate of P_B; as policy.lr unless given"),
  }).prefault({}),
  explore: z.strictObject({
    epsilon: z.number().min(0).max(1).default(0)
      .describe("share of actions drawn uniformly over the allowed ones"),
    temperature: z.number().positive().max(1e6).default(1)
      .describe("divides the logits of the sampling policy"),
    exitBias: z.number().min(-1e4).max(1e4).default(0)
      .describe("subtracted from the exit's logit of the sampling policy"),
  }).prefault({}),
  gradClip: z.union([z.number().positive().max(1e9), z.literal("off")]).default(1)
    .describe("2-norm that the gradient of an update is cut down to"),
  batch: z.int().min(1).max(65536).default(16).describe("N: trajectories in a rollout"),
  steps: z.int().min(0).max(1e9).default(1000).describe("rollouts, each followed by its updates"),
  seed: seed.default(0).describe("one seed; every purpose draws from a stream of its own"),
  eval: z.strictObject({
    every: z.int().min(1).max(1e9).default(100).describe("steps between two evaluations"),
    samples: z.int().min(1).max(1e7).default(2000)
      .describe("trajectories for sampled metrics where the states cannot be enumerated"),
  }).prefault({}),
  log: z.strictObject({
    every: z.int().min(1).max(1e9).default(100).describe("steps between two train lines"),
  }).prefault({}),
};

/**
 * The schema of a run of one environment under one objective.
 *
 * @param environment its name and the schema of its options
 * @param objective its name and the schema of its options
 */
export function runSchema(
  environment: { name: string; options: z.ZodObject },
  objective: { name: string; options: z.ZodObject },
) {
  return z.strictObject({
    env: z.strictObject({ name: z.literal(environment.name), ...environment.options.shape }),
    objective: z.strictObject({ name: z.literal(objective.name), ...objective.options.shape }),
    ...shared,
  });
}

/** A run with every default filled in: what is stored, hashed and trained. */
export interface RunConfig {
  env: { name: string } & Record<string, OptionValue>;
  reward: { exponent: number; min: number | null };
  objective: { name: string } & Record<string, unknown>;
  policy: { hidden: number[]; lr: number };
  critic: { loss: "mse"; epochs: number; minibatches: number; hidden: number[]; lr: number };
  logZ: { initial: number; lr: number };
  backward: "uniform" | "learned" | "tlm";
  pb: { hidden: number[]; lr: number };
  explore: { epsilon: number; temperature: number; exitBias: number };
  gradClip: number | "off";
  batch: number;
  steps: number;
  seed: number;
  eval: { every: number; samples: number };
  log: { every: number };
}

type Parsed = z.infer<ReturnType<typeof runSchema>>;

/** Fills in the settings whose default is another setting. */
export function resolveDerived(parsed: Parsed): RunConfig {
  const { policy } = parsed;
  return {
    ...parsed,
    critic: {
      ...parsed.critic,
      hidden: parsed.critic.hidden ?? policy.hidden,
      lr: parsed.critic.lr ?? policy.lr / 3,
    },
    pb: { hidden: parsed.pb.hidden ?? policy.hidden, lr: parsed.pb.lr ?? policy.lr },
  } as RunConfig;
}

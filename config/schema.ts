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

const transformer = z.strictObject({
  layers: z.int().min(1).max(64).default(3).describe("blocks of attention and feed-forward part"),
  heads: z.int().min(1).max(64).default(8).describe("attention heads of a block"),
  width: z.int().min(8).max(4096).default(64)
    .describe("numbers that a token is: a multiple of 8 and of 4 for each head"),
  feedForward: z.int().min(1).max(16384).default(64).describe("hidden width of a block"),
  attention: z.enum(["auto", "causal", "bidirectional"]).default("auto").describe(
    "causal reads from left to right, each token once for all states that begin alike; auto does where tokens are only appended",
  ),
  absent: z.enum(["auto", "token", "left-out"]).default("auto").describe(
    "whether positions that still hold what they hold at first are tokens like others; auto leaves them out where attention is causal",
  ),
  reads: z.enum(["sequence", "positions"]).default("sequence").describe(
    "what gives the logits: the whole sequence, or each position those of its own actions, which are numbered position after position",
  ),
}).prefault({});

const graph = z.strictObject({
  kind: z.enum(["message-passing", "transformer"]).default("message-passing").describe(
    "how nodes learn of each other: messages over edges, or attention that knows what joins two nodes",
  ),
  layers: z.int().min(1).max(64).default(2)
    .describe("layers of messages or attention, each with a feed-forward part"),
  heads: z.int().min(1).max(64).default(4).describe("attention heads of a transformer's layer"),
  width: z.int().min(8).max(4096).default(64).describe(
    "numbers that a node is: a multiple of 8, and of 4 for each head of a transformer",
  ),
  feedForward: z.int().min(1).max(16384).default(128).describe("hidden width of a layer"),
}).prefault({});

const schedule = z.enum(["constant", "linear", "cosine"]);

/** Settings of a group of parameters whose rate follows the policy's schedule unless it has its own. */
const ownSchedule = {
  schedule: schedule.optional().describe("as policy.schedule unless given"),
  warmup: z.int().min(0).max(1e9).optional().describe("as policy.warmup unless given"),
  floor: z.number().min(0).max(1).optional().describe("as policy.floor unless given"),
};

const shared = {
  reward: z.strictObject({
    exponent: z.number().positive().max(1e4).default(1)
      .describe("beta: the target is proportional to R(x)^beta"),
    over: z.enum(["states", "objects"]).default("states").describe(
      "what has a share of R / Z: every state that ends, or the states that are one object together; objects is for environments that count them",
    ),
    min: z.number().positive().max(1e300).nullable().default(null)
      .describe("R(x) below this counts as this; null for no floor"),
    cache: z.int().min(0).max(1e7).default(0).describe(
      "objects whose rewards are remembered, those asked about last; for rewards that take long",
    ),
  }).prefault({}),
  policy: z.strictObject({
    network: z.enum(["auto", "mlp", "transformer", "graph"]).default("auto").describe(
      "what all networks are: auto makes a Transformer of observations of tokens and an MLP of others, graphs among them",
    ),
    hidden: hidden.default([256, 256]),
    transformer,
    graph,
    trunk: z.enum(["separate", "shared"]).default("separate").describe(
      "whether log F and a P_B learned with P_F have hidden layers of their own or are heads of P_F's",
    ),
    lr: learningRate.default(1e-3).describe("learning rate of P_F"),
    schedule: schedule.default("constant")
      .describe("how the rate falls from lr to floor * lr over the steps"),
    warmup: z.int().min(0).max(1e9).default(0)
      .describe("steps over which the rate rises from 0 to lr before"),
    floor: z.number().min(0).max(1).default(0)
      .describe("share of lr that a falling rate ends at"),
  }).prefault({}),
  critic: z.strictObject({
    loss: z.enum(["mse", "sub-eb"]).default("mse").describe("what the critic V is fitted by"),
    weighting: z.enum([
      "geometric-within",
      "geometric",
      "equal-within",
      "equal",
      "db",
      "modified-db",
      "tb",
    ]).default("geometric-within").describe("weights of sub-eb's sub-trajectories, as of subtb"),
    lambda: z.number().positive().max(10).default(0.9).describe("lambda of those weights"),
    epochs: z.int().min(1).max(1000).default(4).describe("E: passes over each rollout"),
    minibatches: z.int().min(1).max(1000).default(2)
      .describe("S: parts that the trajectories of a rollout are split into"),
    hidden: hidden.optional().describe("widths of the critic; as policy.hidden unless given"),
    lr: learningRate.optional().describe("learning rate of V; policy.lr / 3 unless given"),
    ...ownSchedule,
  }).prefault({}),
  flow: z.strictObject({
    hidden: hidden.optional().describe("widths of log F; as policy.hidden unless given"),
    lr: learningRate.optional().describe("learning rate of log F; as policy.lr unless given"),
    ...ownSchedule,
  }).prefault({}),
  logZ: z.strictObject({
    initial: z.number().min(-1e6).max(1e6).default(0).describe("log Z before the first update"),
    lr: learningRate.default(0.1).describe("learning rate of log Z"),
    ...ownSchedule,
  }).prefault({}),
  backward: z.enum(["uniform", "learned", "tlm", "max-entropy"]).default("uniform").describe(
    "P_B: uniform over parents, learned jointly with P_F, learned by TLM (Eq. 24), or of maximum entropy: every trajectory to an object equally likely",
  ),
  pb: z.strictObject({
    hidden: hidden.optional().describe("widths of P_B; as policy.hidden unless given"),
    lr: learningRate.optional().describe("learning rate of P_B; as policy.lr unless given"),
    ...ownSchedule,
  }).prefault({}),
  target: z.strictObject({
    every: z.int().min(1).max(1e9).default(1)
      .describe("steps between two moves of the target copies towards the estimators"),
    rate: z.number().gt(0).max(1).default(0.25)
      .describe("share of the way that they move; 1 copies"),
  }).prefault({}),
  ema: z.strictObject({
    decay: z.number().min(0).lt(1).default(0).describe(
      "share that a moving average of all parameters keeps at each step, evaluated beside them; 0 for none",
    ),
  }).prefault({}),
  explore: z.strictObject({
    epsilon: z.number().min(0).max(1).default(0)
      .describe("share of actions drawn uniformly over the allowed ones"),
    epsilonEnd: z.number().min(0).max(1).optional()
      .describe("epsilon at the end of the schedule; as epsilon unless given"),
    temperature: z.number().positive().max(1e6).default(1)
      .describe("divides the logits of the sampling policy"),
    temperatureEnd: z.number().positive().max(1e6).optional()
      .describe("temperature at the end of the schedule; as temperature unless given"),
    schedule: schedule.exclude(["constant"]).default("linear")
      .describe("how epsilon and temperature go to their ends"),
    over: z.int().min(1).max(1e9).optional()
      .describe("steps that this takes; as steps unless given"),
    exitBias: z.number().min(-1e4).max(1e4).default(0)
      .describe("subtracted from the exit's logit of the sampling policy"),
  }).prefault({}),
  replay: z.strictObject({
    capacity: z.int().min(0).max(1e7).default(0)
      .describe("trajectories kept to be trained on again; 0 for none"),
    share: z.number().min(0).lt(1).default(0.5)
      .describe("share of a batch that is drawn from them"),
    priority: z.enum(["uniform", "reward", "loss"]).default("uniform")
      .describe("what a trajectory is drawn in proportion to"),
    exponent: z.number().min(0).max(100).default(1)
      .describe("power of that reward or loss"),
    minimum: z.int().min(1).max(1e7).optional()
      .describe("trajectories kept before any is drawn; batch, or capacity if less, unless given"),
    path: z.enum(["same", "backward"]).default("same").describe(
      "whether the trajectory itself is trained on again, or one sampled with P_B back from its object",
    ),
  }).prefault({}),
  localSearch: z.strictObject({
    rounds: z.int().min(0).max(1000).default(0)
      .describe("times that each rollout's objects are undone in part and built anew; 0 for none"),
    depth: z.number().gt(0).max(1).default(0.5).describe("share of an object's moves undone"),
    accept: z.enum(["better", "metropolis"]).default("better")
      .describe("when to go on from the new object: a larger reward, or Metropolis-Hastings"),
  }).prefault({}),
  engine: z.strictObject({
    gemm: z.enum(["wasm", "strict", "blas"]).default("wasm").describe(
      "products of matrices: fast WebAssembly, the same bits on every machine, or the system's native BLAS, which wants --allow-ffi",
    ),
    blas: z.string().min(1).nullable().default(null)
      .describe("path of that library; null looks for it by name"),
  }).prefault({}),
  sandbox: z.strictObject({
    seconds: z.number().positive().max(86400).default(30)
      .describe("time that one call of a foreign plugin's function may take"),
    memory: z.number().positive().max(1024).default(4)
      .describe("GiB that the process may grow by while a foreign plugin runs"),
  }).prefault({}),
  gradClip: z.union([z.number().positive().max(1e9), z.literal("off")]).default(1)
    .describe("2-norm that the gradient of an update is cut down to"),
  weightDecay: z.number().min(0).max(10).default(0)
    .describe("decoupled weight decay of all networks, as AdamW has it; log Z has none"),
  batch: z.int().min(1).max(65536).default(16).describe("N: trajectories in a rollout"),
  steps: z.int().min(0).max(1e9).default(1000).describe("rollouts, each followed by its updates"),
  seed: seed.default(0).describe("one seed; every purpose draws from a stream of its own"),
  eval: z.strictObject({
    every: z.int().min(1).max(1e9).default(100).describe("steps between two evaluations"),
    samples: z.int().min(1).max(1e7).default(2000)
      .describe("trajectories for sampled metrics where the states cannot be enumerated"),
  }).prefault({}),
  checkpoint: z.strictObject({
    every: z.int().min(1).max(1e9).default(100)
      .describe("steps between two checkpoints of a run that is written to a folder"),
    keep: z.int().min(1).max(1e6).default(2)
      .describe("checkpoints kept: the last ones, and beside them the best evaluated so far"),
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
): z.ZodObject {
  return z.strictObject({
    env: z.strictObject({ name: z.literal(environment.name), ...environment.options.shape }),
    objective: z.strictObject({ name: z.literal(objective.name), ...objective.options.shape }),
    ...shared,
  });
}

/** How the learning rate of a group of parameters goes. */
export interface RateConfig {
  lr: number;
  schedule: "constant" | "linear" | "cosine";
  warmup: number;
  floor: number;
}

/** A run with every default filled in: what is stored, hashed and trained. */
export interface RunConfig {
  env: { name: string } & Record<string, OptionValue>;
  reward: { exponent: number; over: "states" | "objects"; min: number | null };
  objective: { name: string } & Record<string, unknown>;
  policy: {
    network: "auto" | "mlp" | "transformer" | "graph";
    hidden: number[];
    transformer: {
      layers: number;
      heads: number;
      width: number;
      feedForward: number;
      attention: "auto" | "causal" | "bidirectional";
      absent: "auto" | "token" | "left-out";
      reads: "sequence" | "positions";
    };
    graph: {
      kind: "message-passing" | "transformer";
      layers: number;
      heads: number;
      width: number;
      feedForward: number;
    };
    trunk: "separate" | "shared";
  } & RateConfig;
  critic: {
    loss: "mse" | "sub-eb";
    weighting: string;
    lambda: number;
    epochs: number;
    minibatches: number;
    hidden: number[];
  } & RateConfig;
  flow: { hidden: number[] } & RateConfig;
  logZ: { initial: number } & RateConfig;
  backward: "uniform" | "learned" | "tlm" | "max-entropy";
  pb: { hidden: number[] } & RateConfig;
  target: { every: number; rate: number };
  ema: { decay: number };
  explore: {
    epsilon: number;
    epsilonEnd: number;
    temperature: number;
    temperatureEnd: number;
    schedule: "linear" | "cosine";
    over: number;
    exitBias: number;
  };
  replay: {
    capacity: number;
    share: number;
    priority: "uniform" | "reward" | "loss";
    exponent: number;
    minimum: number;
    path: "same" | "backward";
  };
  localSearch: { rounds: number; depth: number; accept: "better" | "metropolis" };
  engine: { gemm: "wasm" | "strict" | "blas"; blas: string | null };
  sandbox: { seconds: number; memory: number };
  gradClip: number | "off";
  weightDecay: number;
  batch: number;
  steps: number;
  seed: number;
  eval: { every: number; samples: number };
  checkpoint: { every: number; keep: number };
  log: { every: number };
}

/** What {@linkcode runSchema} reads, where no setting has another's value yet. */
type Parsed = z.infer<z.ZodObject<typeof shared>> & Pick<RunConfig, "env" | "objective">;

/** Fills in the settings whose default is another setting, in what {@linkcode runSchema} has read. */
export function resolveDerived(read: z.infer<ReturnType<typeof runSchema>>): RunConfig {
  const parsed = read as Parsed;
  const { policy, explore, replay } = parsed;
  const { schedule, warmup, floor } = policy;
  const network = { hidden: policy.hidden, lr: policy.lr, schedule, warmup, floor };
  return {
    ...parsed,
    critic: { ...network, lr: policy.lr / 3, ...parsed.critic },
    flow: { ...network, ...parsed.flow },
    logZ: { schedule, warmup, floor, ...parsed.logZ },
    pb: { ...network, ...parsed.pb },
    explore: {
      epsilonEnd: explore.epsilon,
      temperatureEnd: explore.temperature,
      over: Math.max(parsed.steps, 1),
      ...explore,
    },
    replay: { minimum: Math.max(1, Math.min(parsed.batch, replay.capacity)), ...replay },
  } as RunConfig;
}

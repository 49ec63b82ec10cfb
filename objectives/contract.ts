/**
 * What an objective is: it owns no network, no optimiser and no file. It says which estimators it
 * reads, turns a rollout into frozen numbers, and names the updates that follow, each with a loss over
 * per-step tensors.
 *
 * A batch has S steps, N trajectories, A forward actions and R rows; row k < S is the state that step k
 * leaves, and row `next[k]` the state that it reaches.
 *
 * @module
 */
import type { z } from "zod";
import type { tf } from "../tensor/backend.ts";
import type { Batch } from "../rollout/batch.ts";

/** What can be trained. `policy` is P_F, `backward` is P_B, `value` V (the critic), `flow` log F. */
export type Estimator = "policy" | "backward" | "value" | "flow" | "logZ";

/**
 * What an objective reads beside P_F and P_B. `value`, `flow` and `logZ` are estimators to be trained;
 * `target` is a slowly following copy of all estimators. The others are facts of the environment:
 * `partialRewards` of states that need not be complete, `terminatingRewards` of every state visited,
 * each of which must be allowed to stop, and `parents`, every edge into every state visited. Who needs
 * partial rewards R~ and `flow` learns the flow relative to them, log F~ = log F - log R~.
 */
export type Need =
  | "value"
  | "flow"
  | "logZ"
  | "target"
  | "partialRewards"
  | "terminatingRewards"
  | "parents";

/** Where something is defined. */
export interface Source {
  /** Such as `arXiv:2606.15793`. */
  paper: string;
  /** Such as `Eq. 20, Algorithm 2`. */
  equation: string;
}

/** Per-step tensors of a batch under the current parameters, each computed on the tape when first read. */
export interface StepTensors {
  readonly batch: Batch;
  /** [S] log P_F(a_t|s_t), nats */
  logPf(): tf.Tensor1D;
  /** [S, A] log P_F(.|s_t), nats; entries of masked actions are 0 and mean nothing */
  logPfAll(): tf.Tensor2D;
  /** [S, A] what the policy network gives for s_t: logits of P_F; masked entries mean nothing */
  logits(): tf.Tensor2D;
  /** [S] log P_B(s_t|s_{t+1}), nats; 0 on an exit step. A constant unless P_B is learned */
  logPb(): tf.Tensor1D;
  /** [S] V(s_t), nats; needs `value` */
  value(): tf.Tensor1D;
  /** [R] log F(s), nats, at every row; needs `flow` */
  logFlow(): tf.Tensor1D;
  /** log Z, nats; needs `logZ` */
  logZ(): tf.Scalar;
  /** [N] log R(x), nats */
  logReward(): tf.Tensor1D;
  /** [R] log R of every row, nats; needs `partialRewards` or `terminatingRewards` */
  stateLogReward(): tf.Tensor1D;
  /** [P] logits of the edges `batch.parents`, at the states that they leave; needs `parents` */
  parentLogits(): tf.Tensor1D;
  /** The same quantities under the target parameters, without gradient; needs `target` */
  target(): StepTensors;
}

/** The same quantities as plain doubles at the time of the rollout, for frozen targets. */
export interface StepNumbers {
  readonly batch: Batch;
  /** [S] nats */
  logPf(): Float64Array;
  /** [S * A] nats, -Infinity where masked */
  logPfAll(): Float64Array;
  /** [S] nats, 0 on an exit step */
  logPb(): Float64Array;
  /** [S] V(s_t), nats */
  value(): Float64Array;
}

/** Numbers fixed at the rollout: by name, each [S] or [S * something], so that a mini-batch can be cut from them. */
export type Frozen = Readonly<Record<string, Float64Array>>;

/**
 * A loss: [N] numbers, one a trajectory, whose mean is lowered. So a loss over steps divides by the mean
 * length, not by N; see `sumOfSteps` and `meanOfSteps` of `objectives/_reduce.ts`.
 */
export type Loss<F extends Frozen = Frozen> = (steps: StepTensors, frozen: F) => tf.Tensor1D;

/** One pass of the optimiser's: which estimators move, how often, and down which loss. */
export interface Update<F extends Frozen = Frozen> {
  /** Name of the loss in the metrics, such as `policy` or `critic`. */
  name: string;
  /** The only estimators that this loss may move. */
  trains: readonly Estimator[];
  /** Passes over the batch. */
  epochs: number;
  /** Parts that the trajectories are split into at random in each pass. */
  minibatches: number;
  loss: Loss<F>;
}

/** An objective, as a registry entry. */
// deno-lint-ignore no-explicit-any -- a registry holds objectives of every option and frozen type
export interface Objective<Options = any, F extends Frozen = any> {
  /** Registry name, such as `ent-ppo`. */
  name: string;
  /** One line for `gfn list`. */
  summary: string;
  source: Source;
  /** Options under the key `objective`, every one with a default and a description. */
  options: z.ZodType<Options>;
  /** Whether the gradient stays right when the actions came from another policy than P_F. */
  data: "on-policy" | "any";
  /**
   * What the gradient is where every estimator is exactly right: zero on every `batch`, zero in
   * `expectation` over the policy's trajectories, or, for an ablation that aims at another target,
   * `elsewhere`.
   */
  zero: (options: Options) => "batch" | "expectation" | "elsewhere";
  /** What is read beside the policy and P_B. */
  needs: (options: Options) => readonly Need[];
  /** Computed once after each rollout. */
  freeze: (numbers: StepNumbers, options: Options) => F;
  /**
   * What to train after each rollout, in order. The critic and TLM follow by themselves. A P_B that is
   * learned jointly needs an update that trains `backward`. Where P_B is not learned, no update trains it,
   * and one that trains nothing else is left out.
   */
  updates: (options: Options) => readonly Update<F>[];
  /**
   * Where the logits of the policy are edge log flows or action values but for a factor: that factor.
   * Then the factor times their log-sum-exp at s_0 estimates log Z.
   */
  logitScale?: (options: Options) => number;
}

/** A loss of the critic V, as a registry entry. */
// deno-lint-ignore no-explicit-any -- a registry holds critics of every frozen type
export interface Critic<F extends Frozen = any> {
  /** Registry name, such as `mse`. */
  name: string;
  /** One line for `gfn list`. */
  summary: string;
  source: Source;
  /** Computed once after each rollout, beside what the objective freezes. */
  freeze: (numbers: StepNumbers) => Frozen;
  /** What to lower; reads what the objective and `freeze` have frozen. */
  loss: (settings: CriticSettings) => Loss<F>;
}

/** Settings of the critic's loss. */
export interface CriticSettings {
  /** How `sub-eb` weighs its sub-trajectories. */
  weighting: string;
  /** lambda of those weights. */
  lambda: number;
}

/**
 * One update of an objective: epochs times mini-batches of gradient steps.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";
import type { Estimator, Frozen, Update } from "../objectives/contract.ts";
import { type Batch, select, selectTrajectories, trajectoryCount } from "../rollout/batch.ts";
import { tf } from "../tensor/backend.ts";
import type { RandomStream } from "../tensor/random.ts";
import type { Adam } from "./adam.ts";
import type { Estimators } from "./estimators.ts";
import type { LearningRates } from "./schedule.ts";

/** Means over the gradient steps of one update. */
export interface UpdateReport {
  loss: number;
  /** 2-norm before clipping. */
  gradNorm: number;
  /** [N] the loss of each trajectory in the last epoch. */
  losses: Float64Array;
}

/** What an update works with. */
export interface UpdateTools {
  estimators: Estimators;
  adam: Adam;
  rates: LearningRates;
  /** Norm to clip to, or null. */
  clipNorm: number | null;
  /** Decoupled weight decay of networks. */
  weightDecay: number;
  /** Deals the trajectories into mini-batches. */
  random: RandomStream;
  /** Called after every gradient step, so that the host may let its event loop run. */
  breathe: () => Promise<void>;
}

/**
 * Runs every gradient step of an update.
 *
 * @throws {GfnError} `E_LOSS` when a loss or a gradient is not finite; `E_OBJECTIVE` when the loss is not
 * one number a trajectory or does not read what it trains, or a mini-batch cannot be cut from what is
 * frozen
 */
export async function runUpdate(
  update: Update,
  batch: Batch,
  frozen: Frozen,
  tools: UpdateTools,
): Promise<UpdateReport> {
  const report = { loss: 0, gradNorm: 0, losses: new Float64Array(trajectoryCount(batch)) };
  let gradientSteps = 0;
  for (let epoch = 0; epoch < update.epochs; epoch++) {
    for (const part of deal(update.minibatches, batch, frozen, tools.random)) {
      const { losses, loss, gradNorm } = gradientStep(update, part.batch, part.frozen, tools);
      report.loss += loss;
      report.gradNorm += gradNorm;
      part.trajectories.forEach((i, n) => report.losses[i] = losses[n]!);
      gradientSteps++;
      await tools.breathe();
    }
  }
  report.loss /= gradientSteps;
  report.gradNorm /= gradientSteps;
  return report;
}

/** One gradient of the mean loss with respect to what the update trains, and one step of Adam down it. */
function gradientStep(
  update: Update,
  batch: Batch,
  frozen: Frozen,
  { estimators, adam, rates, clipNorm, weightDecay }: UpdateTools,
): { loss: number; gradNorm: number; losses: Float32Array } {
  const moving = update.trains.flatMap((name: Estimator) => {
    const variable = estimators.variable(name);
    // log Z is a number, not a weight: to shrink it would be to claim that Z is near 1.
    const decay = name === "logZ" ? 0 : weightDecay;
    return variable ? [{ name, variable, lr: rates[name], decay }] : [];
  });
  return tf.tidy(() => {
    let losses!: Float32Array;
    const { value, gradients } = gradientsOf(
      update.name,
      () => {
        const perTrajectory = update.loss(estimators.tensors(batch), frozen);
        requireOneEach(update.name, perTrajectory, trajectoryCount(batch));
        losses = perTrajectory.dataSync().slice() as Float32Array;
        return tf.mean(perTrajectory);
      },
      moving,
    );
    const loss = value.dataSync()[0]!;
    const gradNorm = adam.step(
      moving.map(({ name: _, ...group }, i) => ({ ...group, gradient: gradients[i]! })),
      clipNorm,
    );
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) {
      throw failure(
        "E_LOSS",
        `Cannot go on training: the loss "${update.name}" is ${loss} and the norm of its gradient ${gradNorm}, want finite numbers; a lower learning rate or a larger reward.min may help`,
      );
    }
    for (const { name } of moving) estimators.touch(name);
    return { loss, gradNorm, losses };
  });
}

/** The value of a loss and its gradient in each of what it moves, in that order. */
function gradientsOf(
  update: string,
  loss: () => tf.Scalar,
  moving: readonly { name: Estimator; variable: tf.Variable }[],
): { value: tf.Scalar; gradients: tf.Tensor[] } {
  const cannot = (found: string) =>
    usageError("E_OBJECTIVE", `Cannot lower the loss "${update}": found ${found}`);
  if (moving.length === 0) {
    throw cannot("no estimator of the run under trains, want one that its objective needs");
  }
  // What tf.variableGrads does, but for its error where a gradient is not there, which names nothing.
  const { value, grads } = tf.engine().gradients(
    loss,
    moving.map(({ variable }) => variable),
    undefined,
    true,
  ) as { value: tf.Scalar; grads: (tf.Tensor | undefined)[] };
  const unread = moving.filter((_, i) => !grads[i]).map(({ name }) => name);
  if (unread.length === 0) return { value, gradients: grads as tf.Tensor[] };
  throw cannot(`that it does not read ${unread.join(" and ")}, want under trains what it reads`);
}

/** Makes sure that a loss is [N]: the mean of anything else would be another loss. */
function requireOneEach(update: string, { shape }: tf.Tensor, N: number): void {
  if (shape.length === 1 && shape[0] === N) return;
  throw usageError(
    "E_OBJECTIVE",
    `Cannot lower the loss "${update}": found numbers of shape [${shape}], want [${N}], one a trajectory, as sumOfSteps or meanOfSteps give them`,
  );
}

/** A mini-batch. */
interface Part {
  batch: Batch;
  frozen: Frozen;
  /** Its trajectories in the whole batch. */
  trajectories: Int32Array;
}

/** The batch split at random into parts of whole trajectories, as even as can be. */
function* deal(
  parts: number,
  batch: Batch,
  frozen: Frozen,
  random: RandomStream,
): Generator<Part> {
  const N = trajectoryCount(batch);
  const order = Int32Array.from({ length: N }, (_, i) => i);
  if (parts === 1) {
    yield { batch, frozen, trajectories: order };
    return;
  }
  random.shuffle(order);
  const used = Math.min(parts, N);
  for (let part = 0; part < used; part++) {
    const from = Math.floor(part * N / used), to = Math.floor((part + 1) * N / used);
    const trajectories = order.subarray(from, to);
    const chosen = selectTrajectories(batch, trajectories);
    yield {
      batch: chosen.batch,
      frozen: selectFrozen(frozen, chosen.steps, batch.action.length),
      trajectories,
    };
  }
}

/** The frozen numbers of the steps named. */
function selectFrozen(frozen: Frozen, steps: Int32Array, total: number): Frozen {
  return Object.fromEntries(
    Object.entries(frozen).map(([name, values]) => {
      const width = values.length / total;
      if (Number.isInteger(width)) return [name, select(values, steps, width)];
      throw usageError(
        "E_OBJECTIVE",
        `Cannot cut a mini-batch from the frozen "${name}": found ${values.length} numbers for ${total} steps, want as many for each step`,
      );
    }),
  );
}

/**
 * From raw network outputs to the per-step quantities that objectives read: as tensors on the tape,
 * and as plain doubles for what is frozen at the rollout. Each quantity is made when first asked for.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { StepNumbers, StepTensors } from "../objectives/contract.ts";
import { type Batch, stepCount } from "../rollout/batch.ts";
import { tf } from "../tensor/backend.ts";
import { logSoftmaxRow, maskedLogSoftmax, takePerRow } from "../tensor/categorical.ts";

/** Raw outputs of the estimators for one batch, on the tape; an absent one was not asked for. */
export interface RawOutputs {
  /** [S, A] logits of P_F */
  policy: () => tf.Tensor2D;
  /** [R, B] logits of P_B, or uniform over the allowed backward actions */
  backward: "uniform" | (() => tf.Tensor2D);
  /** [S] V */
  value?: () => tf.Tensor1D;
  /** [R] log F */
  flow?: () => tf.Tensor1D;
  /** log Z */
  logZ?: tf.Variable | tf.Scalar;
  /** [P, A] logits of P_F at the states that the edges `batch.parents` leave */
  parents?: () => tf.Tensor2D;
  /** Everything again under the target parameters */
  target?: () => StepTensors;
}

/** The same as plain numbers, laid end to end. */
export interface RawNumbers {
  /** [S * A] log P_F(.|s_t), nats, -Infinity where masked */
  logPfAll: Float64Array | (() => Float64Array);
  /** [R * B] logits of P_B, or uniform */
  backward: "uniform" | (() => Float32Array | Float64Array);
  /** [S] V, nats */
  value?: () => ArrayLike<number>;
}

/** Per-step tensors of `batch`, on the tape of whoever calls. */
export function stepTensors(batch: Batch, outputs: RawOutputs): StepTensors {
  const logits = once(outputs.policy);
  const logPfAll = once(() => maskedLogSoftmax(logits(), batch.forwardMask));
  return {
    batch,
    logits,
    logPfAll,
    logPf: once(() => takePerRow(logPfAll(), batch.action)),
    logPb: once(() => logPbTensor(batch, outputs.backward)),
    value: once(() => need("value", outputs.value)()),
    logFlow: once(() => need("flow", outputs.flow)()),
    logZ: () => need("logZ", outputs.logZ) as tf.Scalar,
    logReward: once(() => tf.tensor1d(Float32Array.from(batch.logReward))),
    stateLogReward: once(() =>
      tf.tensor1d(Float32Array.from(need("stateLogReward", batch.stateLogReward)))
    ),
    parentLogits: once(() =>
      takePerRow(need("parents", outputs.parents)(), need("parents", batch.parents).action)
    ),
    target: once(() => need("target", outputs.target)()),
  };
}

/** Per-step numbers of `batch` in doubles. */
export function stepNumbers(batch: Batch, raw: RawNumbers): StepNumbers {
  const A = batch.forwardActions;
  const logPfAll = once(() => typeof raw.logPfAll === "function" ? raw.logPfAll() : raw.logPfAll);
  return {
    batch,
    logPfAll,
    logPf: once(() => Float64Array.from(batch.action, (a, k) => logPfAll()[k * A + a]!)),
    logPb: once(() => logPbNumbers(batch, raw.backward)),
    value: once(() => Float64Array.from(need("value", raw.value)())),
  };
}

/** log P_B(s_t|s_{t+1}) at every step; an exit step has none to undo it and gets 0. */
function logPbTensor(batch: Batch, backward: RawOutputs["backward"]): tf.Tensor1D {
  if (backward === "uniform") {
    return tf.tensor1d(Float32Array.from(logPbNumbers(batch, "uniform")));
  }
  const arrivedBy = arrivals(batch);
  const logPbAll = maskedLogSoftmax(backward(), batch.backwardMask);
  const perRow = takePerRow(logPbAll, arrivedBy); // [R], 0 where a trajectory begins
  // An exit step reads a row where a trajectory begins: its entry is 0 and has no gradient.
  const row = batch.next.map((next) => next === -1 ? batch.start[0]! : next);
  return tf.gather(perRow, tf.tensor1d(row, "int32"));
}

function logPbNumbers(batch: Batch, backward: RawNumbers["backward"]): Float64Array {
  const { next, backwardAction, backwardMask, backwardActions: B } = batch;
  const out = new Float64Array(stepCount(batch));
  if (backward === "uniform") {
    for (let k = 0; k < out.length; k++) {
      if (next[k] === -1) continue;
      let allowed = 0;
      for (let b = 0; b < B; b++) allowed += backwardMask[next[k]! * B + b]!;
      out[k] = -Math.log(allowed);
    }
    return out;
  }
  const logits = backward(), row = new Float64Array(B);
  for (let k = 0; k < out.length; k++) {
    if (next[k] === -1) continue;
    logSoftmaxRow(logits, next[k]! * B, B, backwardMask, next[k]! * B, row, 0);
    out[k] = row[backwardAction[k]!]!;
  }
  return out;
}

/** [R] the backward action of the step that reached each row; -1 where a trajectory begins. */
function arrivals({ next, backwardAction, observations }: Batch): Int32Array {
  const arrivedBy = new Int32Array(observations.rows).fill(-1);
  for (let k = 0; k < next.length; k++) {
    if (next[k] !== -1) arrivedBy[next[k]!] = backwardAction[k]!;
  }
  return arrivedBy;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function need<T>(name: string, estimator: T | undefined): T {
  if (estimator !== undefined) return estimator;
  throw usageError(
    "E_OBJECTIVE_NEEDS",
    `Cannot compute a loss: it reads the estimator "${name}", which its objective does not list under needs`,
  );
}

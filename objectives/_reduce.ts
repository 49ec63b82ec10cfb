/**
 * From what a loss computes to its N numbers, one a trajectory, whose mean is lowered. Sums are added up
 * in doubles.
 *
 * @module
 */
import { type Batch, stepCount, trajectoryCount } from "../rollout/batch.ts";
import { tf } from "../tensor/backend.ts";
import { segmentSum } from "../tensor/segments.ts";

/** Frozen numbers as a tensor without gradient. */
export function constant(values: Float64Array): tf.Tensor1D {
  return tf.tensor1d(Float32Array.from(values));
}

/** The sum over the steps of each trajectory, [N]: what "mean over trajectories of sum_t" lowers. */
export function sumOfSteps(perStep: tf.Tensor1D, batch: Batch): tf.Tensor1D {
  return segmentSum(perStep, batch.start);
}

/** [N] numbers whose mean is the mean over all S steps of the batch. */
export function meanOfSteps(perStep: tf.Tensor1D, batch: Batch): tf.Tensor1D {
  return tf.mul(sumOfSteps(perStep, batch), trajectoryCount(batch) / stepCount(batch));
}

/** [N] numbers whose mean is the weighted sum of terms that lie in the order of their trajectories. */
export function weightedSum(
  terms: tf.Tensor1D,
  weight: Float32Array,
  start: Int32Array,
): tf.Tensor1D {
  const weighted = tf.mul(terms, tf.tensor1d(weight)) as tf.Tensor1D;
  return tf.mul(segmentSum(weighted, start), start.length - 1);
}

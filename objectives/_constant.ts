/**
 * Small pieces that the losses share.
 *
 * @module
 */
import { tf } from "../tensor/backend.ts";
import { segmentSum } from "../tensor/segments.ts";

/** Frozen numbers as a tensor without gradient. */
export function constant(values: Float64Array): tf.Tensor1D {
  return tf.tensor1d(Float32Array.from(values));
}

/** The sum over all steps divided by the number of trajectories; added up in doubles. */
export function meanOverTrajectories(perStep: tf.Tensor1D, trajectories: number): tf.Scalar {
  const total = segmentSum(perStep, Int32Array.of(0, perStep.size));
  return tf.div(tf.reshape(total, []), trajectories);
}

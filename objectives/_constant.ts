/**
 * Frozen numbers as tensors: no gradient reaches them.
 *
 * @module
 */
import { tf } from "../tensor/backend.ts";

/** Doubles fixed at the rollout, as a float32 tensor of the same length. */
export function constant(values: Float64Array): tf.Tensor1D {
  return tf.tensor1d(Float32Array.from(values));
}

/** The mean over trajectories of a sum over steps: what every policy-gradient loss reduces by. */
export function meanOverTrajectories(perStep: tf.Tensor1D, trajectories: number): tf.Scalar {
  return tf.div(tf.sum(perStep), trajectories);
}

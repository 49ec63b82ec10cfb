/**
 * State flows on a batch: what DB, SubTB and their kin share.
 *
 * @module
 */
import { stepCount } from "../rollout/batch.ts";
import { tf } from "../tensor/backend.ts";
import type { StepTensors } from "./contract.ts";

/**
 * [S] log F(s_{t+1}) of every step, nats; log R(x) where the step ends its trajectory, by the exit or by
 * filling the object.
 *
 * @param logFlow [at least S] log F of the states that steps leave
 */
export function flowReached(steps: StepTensors, logFlow: tf.Tensor1D): tf.Tensor1D {
  const { start, next } = steps.batch;
  const from = next.slice();
  for (let n = 0; n + 1 < start.length; n++) from[start[n + 1]! - 1] = logFlow.size + n;
  return tf.gather(tf.concat([logFlow, steps.logReward()]), tf.tensor1d(from, "int32"));
}

/** [S] log F(s_t) of the state that every step leaves, from log F of every row. */
export function flowLeft(steps: StepTensors, logFlow: tf.Tensor1D): tf.Tensor1D {
  return tf.slice(logFlow, 0, stepCount(steps.batch));
}

/** [R] log F(s) = log F~(s) + log R~(s), forward-looking (Pan et al. 2023, arXiv:2302.01687). */
export function forwardLookingFlow(steps: StepTensors): tf.Tensor1D {
  return tf.add(steps.logFlow(), steps.stateLogReward());
}

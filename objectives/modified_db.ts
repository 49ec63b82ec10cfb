/**
 * Modified detailed balance (Deleu et al. 2022, arXiv:2202.13903), where every state may stop: the flow
 * of a state is R(s) / P_F(stop|s), so that none is learned.
 *
 * loss = mean over moves of g(log R(s_t) + log P_F(s_{t+1}|s_t) + log P_F(stop|s_{t+1})
 *                             - log R(s_{t+1}) - log P_B(s_t|s_{t+1}) - log P_F(stop|s_t))
 *
 * @module
 */
import { z } from "zod";
import { tf } from "../tensor/backend.ts";
import { takePerRow } from "../tensor/categorical.ts";
import { trajectoryCount } from "../rollout/batch.ts";
import type { Objective, StepTensors } from "./contract.ts";
import { sumOfSteps } from "./_reduce.ts";
import { regression, regressionOptions } from "./_regression.ts";

const options = z.strictObject({
  ...regressionOptions,
  bootstrap: z.enum(["online", "target"]).default("online").describe(
    "what gives P_F(stop|s') and P_B(s|s') of the state reached: the policies, or their target copies",
  ),
});

type Options = z.infer<typeof options>;

/** [S] 1 on a move, 0 on an exit. */
function isMove({ batch }: StepTensors): tf.Tensor1D {
  return tf.tensor1d(Float32Array.from(batch.next, (next) => next === -1 ? 0 : 1));
}

/** [S] log P_F(stop|s_t), nats. */
function logStop(steps: StepTensors): tf.Tensor1D {
  const { stopAction, action } = steps.batch;
  return takePerRow(steps.logPfAll(), new Int32Array(action.length).fill(stopAction!));
}

/** [S] of values at the states left, those at the states reached; 0 on an exit. */
function atReached(steps: StepTensors, perState: tf.Tensor1D): tf.Tensor1D {
  // Every trajectory ends by its exit, so that every state reached is left by the step behind.
  const next = steps.batch.next.map((row) => Math.max(row, 0));
  return tf.mul(tf.gather(perState, tf.tensor1d(next, "int32")), isMove(steps));
}

/** The residual on moves, 0 on exits; [S] nats. `reached` evaluates the states reached. */
export function modifiedResidual(steps: StepTensors, reached: StepTensors): tf.Tensor1D {
  const logR = steps.stateLogReward();
  const forward = tf.addN([logR, steps.logPf(), atReached(steps, logStop(reached))]);
  const backward = tf.addN([atReached(steps, logR), reached.logPb(), logStop(steps)]);
  return tf.mul(tf.sub(forward, backward), isMove(steps));
}

export default {
  name: "modified-db",
  summary: "detailed balance without flows, where every state may stop",
  source: { paper: "arXiv:2202.13903", equation: "the modified detailed-balance loss" },
  options,
  data: "any",
  zero: () => "batch",
  needs: ({ bootstrap }) =>
    bootstrap === "target" ? ["terminatingRewards", "target"] : ["terminatingRewards"],
  freeze: () => ({}),
  updates: (options) => [{
    name: "policy",
    trains: options.bootstrap === "target" ? ["policy"] : ["policy", "backward"],
    epochs: 1,
    minibatches: 1,
    loss(steps) {
      const reached = options.bootstrap === "target" ? steps.target() : steps;
      const perStep = regression(modifiedResidual(steps, reached), options);
      const { batch } = steps, moves = batch.next.reduce((n, next) => next === -1 ? n : n + 1, 0);
      // A batch of trajectories that all exit at once has no residual.
      return tf.mul(sumOfSteps(perStep, batch), trajectoryCount(batch) / Math.max(moves, 1));
    },
  }],
} satisfies Objective<Options, Record<string, never>>;

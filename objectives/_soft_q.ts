/**
 * Soft Q-learning on GFlowNet rewards, which soft DQN and Munchausen DQN share. With the temperature tau
 * the policy is pi = softmax(Q / tau), and the policy network gives Q / tau, so that its softmax is pi
 * whatever tau is.
 *
 * @module
 */
import { z } from "zod";
import { tf } from "../tensor/backend.ts";
import { maskedLogSumExp, takePerRow } from "../tensor/categorical.ts";
import type { Need, StepTensors, Update } from "./contract.ts";
import { flowLeft, flowReached } from "./_flows.ts";
import { meanOfSteps } from "./_reduce.ts";
import { regression, regressionOptions } from "./_regression.ts";

/** The options of both. */
export const softQOptions = {
  head: z.enum(["plain", "dueling"]).default("plain")
    .describe("Q from the policy network alone, or as V(s) + tau log pi(a|s) with V a network"),
  exitWeight: z.number().positive().max(1e4).default(1)
    .describe("weight of the residual of a trajectory's last step"),
  regression: regressionOptions.regression.removeDefault().default("huber")
    .describe(regressionOptions.regression.description!),
  linexAlpha: regressionOptions.linexAlpha,
};

interface Options {
  head: "plain" | "dueling";
  exitWeight: number;
  regression: string;
  linexAlpha: number;
}

/** What Q-learning reads. */
export function softQNeeds({ head }: Pick<Options, "head">): readonly Need[] {
  return head === "dueling" ? ["flow", "target"] : ["target"];
}

/** Q(s_t, a_t), [S] nats. */
export function actionValue(
  steps: StepTensors,
  head: Options["head"],
  tau: number,
): tf.Tensor1D {
  if (head === "plain") return tf.mul(takePerRow(steps.logits(), steps.batch.action), tau);
  return tf.add(flowLeft(steps, steps.logFlow()), tf.mul(steps.logPf(), tau));
}

/** V(s_t) = tau logsumexp(Q(s_t, .) / tau), [S] nats. */
export function softStateValue(
  steps: StepTensors,
  head: Options["head"],
  tau: number,
): tf.Tensor1D {
  if (head === "dueling") return flowLeft(steps, steps.logFlow());
  return tf.mul(maskedLogSumExp(steps.logits(), steps.batch.forwardMask), tau);
}

/**
 * y_t = log P_B(s_t|s_{t+1}) + V'(s_{t+1}) + alpha tau log pi'(a_t|s_t), where log R(x) stands for V' of
 * the last step; [S] nats. What is primed is the target copies'.
 */
export function bootstrapTarget(
  steps: StepTensors,
  head: Options["head"],
  alpha: number,
  tau: number,
): tf.Tensor1D {
  const target = steps.target();
  const reached = flowReached(steps, softStateValue(target, head, tau));
  const y = tf.add(target.logPb(), reached) as tf.Tensor1D;
  return alpha === 0 ? y : tf.add(y, tf.mul(target.logPf(), alpha * tau));
}

/** mean over steps of w g(Q(s_t, a_t) - y_t); alpha = 0 is plain soft Q-learning. */
export function softQUpdate(options: Options, alpha: number): Update<Record<string, never>> {
  const tau = 1 / (1 - alpha);
  const { head, exitWeight } = options;
  return {
    name: "policy",
    trains: head === "dueling" ? ["policy", "flow"] : ["policy"],
    epochs: 1,
    minibatches: 1,
    loss(steps) {
      const residual = tf.sub(
        actionValue(steps, head, tau),
        bootstrapTarget(steps, head, alpha, tau),
      ) as tf.Tensor1D;
      const weighted = tf.mul(regression(residual, options), lastWeighs(steps, exitWeight));
      return meanOfSteps(weighted as tf.Tensor1D, steps.batch);
    },
  };
}

/** [S] the weight given on the last step of each trajectory, 1 elsewhere. */
function lastWeighs({ batch }: StepTensors, weight: number): tf.Tensor1D {
  const weights = new Float32Array(batch.action.length).fill(1);
  for (const end of batch.start.subarray(1)) weights[end - 1] = weight;
  return tf.tensor1d(weights);
}

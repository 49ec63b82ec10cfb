/**
 * A batch read by estimators that are exactly right: P_F, V, log F and log Z of the flows that the
 * uniform P_B fixes. Every estimator is a table of variables, one row per row of the batch, so that a
 * gradient is seen visit by visit.
 *
 * @module
 */
import { optimalLogFlow, uniformLogPb } from "../metrics/exact.ts";
import { buildStateGraph, EXIT } from "../metrics/state_graph.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { type Batch, stepCount } from "../rollout/batch.ts";
import { tf } from "../tensor/backend.ts";
import type { RawOutputs } from "../train/step_tensors.ts";

/** Tables of raw outputs, and the variables that they are. */
export interface Tables {
  outputs: RawOutputs;
  variables: Record<"policy" | "backward" | "value" | "flow" | "logZ", tf.Variable>;
  /** [S * A] log P_F, nats, -Infinity where masked */
  logPfAll: Float64Array;
  /** [S] V(s_t), nats */
  value: Float64Array;
}

/** Exact tables for every row of a batch. */
export async function exactTables(environment: HostedEnvironment, batch: Batch): Promise<Tables> {
  const { enumeration, stateWords: W } = environment;
  const { forwardActions: A, backwardActions: B } = batch;
  const graph = await buildStateGraph(environment);
  const logPb = uniformLogPb(graph), logF = optimalLogFlow(graph, logPb);
  const S = stepCount(batch), R = batch.observations.rows;
  const stateOf = Int32Array.from(
    { length: R },
    (_, row) => enumeration!.index(batch.states, row * W),
  );

  const logPfAll = new Float64Array(S * A).fill(-Infinity);
  for (let k = 0; k < S; k++) {
    const s = stateOf[k]!;
    for (let a = 0; a < A; a++) {
      const child = graph.next[s * A + a]!;
      if (child === EXIT) logPfAll[k * A + a] = graph.logReward[s]! - logF[s]!;
      else if (child >= 0) logPfAll[k * A + a] = logF[child]! + logPb[s * A + a]! - logF[s]!;
    }
  }
  const value = Float64Array.from({ length: S }, (_, k) => logF[stateOf[k]!]!);
  const variables = {
    policy: tf.variable(
      tf.tensor2d(Float32Array.from(logPfAll, (x) => x === -Infinity ? 3 : x), [S, A]),
    ),
    backward: tf.variable(tf.zeros([R, B])),
    value: tf.variable(tf.tensor1d(Float32Array.from(value))),
    flow: tf.variable(tf.tensor1d(Float32Array.from(stateOf, (s) => logF[s]!))),
    logZ: tf.variable(tf.scalar(logF[0]!)),
  };
  return {
    variables,
    logPfAll,
    value,
    outputs: {
      policy: () => variables.policy as tf.Variable<tf.Rank.R2>,
      backward: () => variables.backward as tf.Variable<tf.Rank.R2>,
      value: () => variables.value as tf.Variable<tf.Rank.R1>,
      flow: () => variables.flow as tf.Variable<tf.Rank.R1>,
      logZ: variables.logZ,
    },
  };
}

/**
 * A batch read by estimators that are exactly right: P_F, V, log F and log Z of the flows that the
 * uniform P_B fixes. Every estimator is a table of variables, one row per row of the batch, so that a
 * gradient is seen visit by visit.
 *
 * @module
 */
import { optimalLogFlow, uniformLogPb } from "../metrics/exact.ts";
import { buildStateGraph, EXIT, type StateGraph } from "../metrics/state_graph.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { type Batch, stepCount } from "../rollout/batch.ts";
import { tf } from "../tensor/backend.ts";
import { type RawOutputs, stepTensors } from "../train/step_tensors.ts";

/** Estimators as tables; `parents` is the policy again, at the states before those of the batch. */
export type Table = "policy" | "backward" | "value" | "flow" | "logZ" | "parents";

/** Tables of raw outputs, and the variables that they are. */
export interface Tables {
  outputs: RawOutputs;
  variables: Record<Table, tf.Variable>;
  /** Tables of the target copies. */
  targets: Record<Table, tf.Variable>;
  /** The states that the rows of each table stand for. */
  states: Record<Table, Int32Array>;
  /** [S * A] log P_F, nats, -Infinity where masked */
  logPfAll: Float64Array;
  /** [S] V(s_t), nats */
  value: Float64Array;
}

/** How estimators are to be read. */
export interface Reading {
  /** The policy's logits times this are edge log flows or action values. */
  logitScale?: number;
  /** log F as it is, or relative to `batch.stateLogReward`. */
  flow?: "plain" | "forward-looking";
}

/** Exact tables for every row of a batch. */
export async function exactTables(
  environment: HostedEnvironment,
  batch: Batch,
  { logitScale = 1, flow = "plain" }: Reading = {},
): Promise<Tables> {
  const { enumeration, stateWords: W } = environment;
  const { forwardActions: A, backwardActions: B } = batch;
  const graph = await buildStateGraph(environment);
  const logF = optimalLogFlow(graph, uniformLogPb(graph));
  const S = stepCount(batch), R = batch.observations.rows;
  const rowStates = Int32Array.from(
    { length: R },
    (_, row) => enumeration!.index(batch.states, row * W),
  );
  const left = rowStates.slice(0, S);
  // The observations of the environments tested here are the words of their states.
  const before = (batch.parents?.observations.values ?? new Int32Array()) as Int32Array;
  const parents = Int32Array.from(
    { length: before.length / W },
    (_, edge) => enumeration!.index(before, edge * W),
  );
  const logits = (states: Int32Array) =>
    tf.tensor2d(
      Float32Array.from(exactLogPf(graph, logF, states), (x, i) =>
        x === -Infinity ? 3 : x + logF[states[Math.floor(i / A)]!]! / logitScale),
      [states.length, A],
    );
  const value = Float64Array.from(left, (s) => logF[s]!);
  const tables = (): Record<Table, tf.Variable> => ({
    policy: tf.variable(logits(left)),
    backward: tf.variable(tf.zeros([R, B])),
    value: tf.variable(tf.tensor1d(Float32Array.from(value))),
    flow: tf.variable(tf.tensor1d(Float32Array.from(
      rowStates,
      (s, row) => logF[s]! - (flow === "plain" ? 0 : batch.stateLogReward![row]!),
    ))),
    logZ: tf.variable(tf.scalar(logF[0]!)),
    parents: tf.variable(logits(parents)),
  });
  const variables = tables(), targets = tables();
  const outputs = outputsOf(variables);
  outputs.target = () => stepTensors(batch, { ...outputsOf(targets), backward: "uniform" });
  return {
    variables,
    targets,
    outputs,
    states: {
      policy: left,
      backward: rowStates,
      value: left,
      flow: rowStates,
      logZ: Int32Array.of(0),
      parents,
    },
    logPfAll: exactLogPf(graph, logF, left),
    value,
  };
}

/** [states * A] log P_F of the flows, nats, -Infinity where masked. */
function exactLogPf(graph: StateGraph, logF: Float64Array, states: Int32Array): Float64Array {
  const A = graph.forwardActions, logPb = uniformLogPb(graph);
  const out = new Float64Array(states.length * A).fill(-Infinity);
  states.forEach((s, row) => {
    for (let a = 0; a < A; a++) {
      const child = graph.next[s * A + a]!;
      if (child === EXIT) out[row * A + a] = graph.logReward[s]! - logF[s]!;
      else if (child >= 0) out[row * A + a] = logF[child]! + logPb[s * A + a]! - logF[s]!;
    }
  });
  return out;
}

function outputsOf(variables: Record<Table, tf.Variable>): RawOutputs {
  return {
    policy: () => variables.policy as tf.Variable<tf.Rank.R2>,
    backward: () => variables.backward as tf.Variable<tf.Rank.R2>,
    value: () => variables.value as tf.Variable<tf.Rank.R1>,
    flow: () => variables.flow as tf.Variable<tf.Rank.R1>,
    parents: () => variables.parents as tf.Variable<tf.Rank.R2>,
    logZ: variables.logZ,
  };
}

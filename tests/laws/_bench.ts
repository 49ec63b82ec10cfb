/**
 * A subject on a batch: its estimators as tables, exact or moved off, and its losses and gradients.
 *
 * @module
 */
import type { Estimator, Frozen, StepTensors } from "../../objectives/contract.ts";
import type { HostedEnvironment } from "../../plugins/open.ts";
import type { Batch } from "../../rollout/batch.ts";
import { type Fact, withFacts } from "../../rollout/facts.ts";
import { tf } from "../../tensor/backend.ts";
import { RandomStream } from "../../tensor/random.ts";
import { type RawOutputs, stepNumbers, stepTensors } from "../../train/step_tensors.ts";
import { exactTables, type Table, type Tables } from "../_exact_flows.ts";
import type { Subject } from "./_subjects.ts";

/** A batch with the facts that a subject reads. */
export function batchFor(
  subject: Subject,
  environment: HostedEnvironment,
  batch: Batch,
): Promise<Batch> {
  const facts: readonly string[] = ["partialRewards", "terminatingRewards", "parents"];
  const needs = subject.objective.needs(subject.options).filter((need) => facts.includes(need));
  return withFacts(environment, batch, needs as Fact[]);
}

/** Exact tables as a subject reads them. */
export function tablesFor(
  { objective, options }: Subject,
  environment: HostedEnvironment,
  batch: Batch,
): Promise<Tables> {
  const relative = objective.needs(options).includes("partialRewards");
  return exactTables(environment, batch, {
    logitScale: objective.logitScale?.(options) ?? 1,
    flow: relative ? "forward-looking" : "plain",
  });
}

/** Moves every table off its values by noise; the targets by other noise. */
export function disturb(tables: Tables, size: number, seed: number): void {
  const random = RandomStream.of(seed, "noise");
  for (const variable of [...Object.values(tables.variables), ...Object.values(tables.targets)]) {
    if (variable.size === 0) continue;
    const noise = Float32Array.from({ length: variable.size }, () => size * random.normal());
    variable.assign(tf.add(variable, tf.tensor(noise, variable.shape)));
  }
}

/** Tables as a subject reads them, P_B as its own. */
export function stepsOf(subject: Subject, batch: Batch, tables: Tables): StepTensors {
  const outputs: RawOutputs = { ...tables.outputs };
  if (subject.backward === "uniform") outputs.backward = "uniform";
  return stepTensors(batch, outputs);
}

/** What a subject freezes under the tables' present values. */
export function freezeOf(subject: Subject, batch: Batch, tables: Tables): Frozen {
  const logPfAll = tf.tidy(() =>
    stepsOf(subject, batch, tables).logPfAll().dataSync().slice() as Float32Array
  );
  return subject.freeze(stepNumbers(batch, {
    logPfAll: Float64Array.from(
      logPfAll,
      (x, i) => batch.forwardMask[i] === 1 ? x : -Infinity,
    ),
    backward: subject.backward === "uniform"
      ? "uniform"
      : () => tables.variables.backward.dataSync() as Float32Array,
    value: () => tables.variables.value.dataSync() as Float32Array,
  }));
}

/** The tables that an estimator is. */
export function tablesOf(name: Estimator, batch: Batch): Table[] {
  return name === "policy" && batch.parents ? ["policy", "parents"] : [name];
}

/** The tables that a subject says it trains. */
export function trainedTables({ update, backward }: Subject, batch: Batch): Table[] {
  return update.trains
    .filter((name) => name !== "backward" || backward === "learned")
    .flatMap((name) => tablesOf(name, batch));
}

/** The N losses. */
export function lossesOf(
  subject: Subject,
  batch: Batch,
  tables: Tables,
  frozen: Frozen,
): Float64Array {
  const losses = tf.tidy(() =>
    subject.update.loss(stepsOf(subject, batch, tables), frozen).dataSync().slice() as Float32Array
  );
  return Float64Array.from(losses);
}

/** The gradient of the mean loss, or of the weighted sum of the losses, in each table named. */
export function gradientOf(
  subject: Subject,
  batch: Batch,
  tables: Tables,
  frozen: Frozen,
  names: readonly Table[],
  weights?: Float64Array,
): Record<string, Float32Array> {
  return tf.tidy(() => {
    const variables = names.map((name) => tables.variables[name]);
    const { grads } = tf.variableGrads(() => {
      const losses = subject.update.loss(stepsOf(subject, batch, tables), frozen);
      return weights === undefined
        ? tf.mean(losses)
        : tf.sum(tf.mul(losses, tf.tensor1d(Float32Array.from(weights))));
    }, variables);
    return Object.fromEntries(names.map((name, i) => {
      const gradient = grads[variables[i]!.name];
      return [
        name,
        gradient
          ? gradient.dataSync().slice() as Float32Array
          : new Float32Array(variables[i]!.size),
      ];
    }));
  });
}

/** The largest of the absolute values. */
export function largest(values: Iterable<number>): number {
  let most = 0;
  for (const x of values) most = Number.isNaN(x) ? NaN : Math.max(most, Math.abs(x));
  return most;
}

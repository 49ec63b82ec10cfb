/**
 * Everything of a run that changes while it is trained, in one place: so that it can be stored whole,
 * and taken up again.
 *
 * @module
 */
import { RandomStream } from "../tensor/random.ts";
import type { Adam, AdamState } from "./adam.ts";
import type { Collector } from "./collect.ts";
import { estimatorNames, type Estimators } from "./estimators.ts";
import type { Evaluator } from "./evaluate.ts";
import {
  cannotTakeUp,
  type Snapshot,
  take,
  type TensorTable,
  vector,
  withoutPrefix,
  withPrefix,
} from "./snapshot.ts";

/** The moving parts of a run. */
export interface Session {
  estimators: Estimators;
  /** The moving average of all parameters, or null. */
  averaged: Estimators | null;
  adam: Adam;
  collector: Collector;
  evaluator: Evaluator;
  /** Deals mini-batches. */
  random: RandomStream;
  counts: Pick<Snapshot, "step" | "trajectories" | "rewards">;
}

/** A copy of all of it. */
export function snapshotOf(session: Session): Snapshot {
  const { estimators, averaged, adam, collector, evaluator, random, counts } = session;
  return {
    ...counts,
    tensors: {
      ...estimators.state(),
      ...(averaged && withPrefix("average.", averaged.state())),
      ...adamTable(adam, estimators),
      ...collector.state(),
      ...evaluator.state(),
      "random.minibatch": vector(random.state()),
    },
  };
}

/**
 * Takes up a run where a snapshot was taken.
 *
 * @throws {GfnError} `E_CHECKPOINT` when the snapshot is of another run
 */
export function takeUp(session: Session, { tensors, ...counts }: Snapshot): void {
  const { estimators, averaged, adam, collector, evaluator } = session;
  estimators.restore(tensors);
  averaged?.restore(withoutPrefix("average.", tensors));
  adam.restore(adamStates(tensors, estimators));
  collector.restore(tensors);
  evaluator.restore(tensors);
  session.random = RandomStream.restore(take(tensors, "random.minibatch", Uint32Array));
  session.counts = counts;
}

/**
 * What Adam remembers, by estimator: `adam.policy.step` [1], and the moments `adam.policy.m` and
 * `adam.policy.v` in the order in which the network keeps its weights.
 */
function adamTable(adam: Adam, estimators: Estimators): TensorTable {
  const states = adam.state(), table: TensorTable = {};
  for (const name of estimatorNames) {
    const state = states[estimators.variable(name)?.name ?? ""];
    if (!state) continue;
    table[`adam.${name}.step`] = vector(Float64Array.of(state.step));
    table[`adam.${name}.m`] = vector(state.m);
    table[`adam.${name}.v`] = vector(state.v);
  }
  return table;
}

function adamStates(table: TensorTable, estimators: Estimators): Record<string, AdamState> {
  const states: Record<string, AdamState> = {};
  for (const name of estimatorNames) {
    const variable = estimators.variable(name);
    if (!variable || !table[`adam.${name}.step`]) continue; // not moved by then
    const [step] = take(table, `adam.${name}.step`, Float64Array);
    const m = take(table, `adam.${name}.m`, Float32Array);
    const v = take(table, `adam.${name}.v`, Float32Array);
    const want = variable.size;
    if (m.length !== want || v.length !== want) {
      throw cannotTakeUp(`adam.${name}`, `${m.length} moments`, `${want}`);
    }
    states[variable.name] = { step: step!, m, v };
  }
  return states;
}

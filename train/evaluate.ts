/**
 * Evaluation: exact where the states can be listed, from samples elsewhere.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { BestObjects } from "../metrics/best_objects.ts";
import { exactMetrics, uniformLogPb } from "../metrics/exact.ts";
import { forwardSampleMetrics } from "../metrics/sampled.ts";
import { buildStateGraph, type StateGraph } from "../metrics/state_graph.ts";
import { Tables } from "../metrics/tables.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import type { Network } from "../policies/network.ts";
import { sampleForward } from "../rollout/forward.ts";
import { logSoftmaxRow } from "../tensor/categorical.ts";
import { RandomStream } from "../tensor/random.ts";
import type { Estimators } from "./estimators.ts";
import { type Measures, toMetric } from "./events.ts";
import { take, type TensorTable, vector } from "./snapshot.ts";

/** States up to which metrics are exact: 32^4, a few hundred megabytes of tables at most. */
export const EXACT_STATES = 2 ** 20;

/** Best different samples that are looked at. */
const TOP = 100;

/** Rows of a network at a time, so that memory does not grow with the number of states. */
const CHUNK = 2048;

/** The states of an environment where they can be listed and are not too many. */
export async function listStates(environment: HostedEnvironment): Promise<StateGraph | null> {
  const { enumeration } = environment;
  return enumeration && enumeration.size <= EXACT_STATES
    ? await buildStateGraph(environment)
    : null;
}

/** A graph with what is computed on it, again and again. */
interface ExactWork {
  graph: StateGraph;
  tables: Tables;
  /** [M * A] log P_B of every edge where it is uniform, once made. */
  uniformLogPb?: Float64Array;
}

/** Measures the estimators of one run. */
export class Evaluator {
  readonly #environment: HostedEnvironment;
  readonly #config: RunConfig;
  /** The states and their edges, or null where there are too many to list. */
  readonly #exact: ExactWork | null;
  #random: RandomStream;

  constructor(
    environment: HostedEnvironment,
    config: RunConfig,
    graph: StateGraph | null,
  ) {
    this.#environment = environment;
    this.#config = config;
    this.#exact = graph && { graph, tables: new Tables() };
    this.#random = RandomStream.of(config.seed, "evaluation");
  }

  /** Its random stream. */
  state(): TensorTable {
    return { "random.evaluation": vector(this.#random.state()) };
  }

  /** Goes on as {@linkcode state} was. */
  restore(table: TensorTable): void {
    this.#random = RandomStream.restore(take(table, "random.evaluation", Uint32Array));
  }

  /** The measures of the estimators, by name. */
  async measure(estimators: Estimators): Promise<Measures> {
    const measures = this.#exact
      ? exactMeasures(this.#exact, estimators)
      : await this.#sampledMeasures(estimators);
    const logZ = await estimators.learnedLogZ();
    const all = logZ === null ? measures : { ...measures, logZ };
    return Object.fromEntries(Object.entries(all).map(([name, x]) => [name, toMetric(x)]));
  }

  async #sampledMeasures(estimators: Estimators): Promise<Record<string, number>> {
    const rollout = await sampleForward(
      this.#environment,
      this.#config.eval.samples,
      (observations) => estimators.policy.forward(observations),
      this.#random,
    );
    const { batch, logPfAll } = rollout, best = new BestObjects(TOP);
    await best.seeAll(this.#environment, batch);
    return {
      ...forwardSampleMetrics(estimators.numbers(batch, logPfAll)),
      ...best.measures(this.#config.reward.exponent),
    };
  }
}

/**
 * The exact measures of estimators on all states.
 *
 * @param logPf [M * A] what {@linkcode exactLogPf} gives of their policy
 */
export function measureExactly(
  graph: StateGraph,
  estimators: Estimators,
  logPf: Float64Array,
): Record<string, number> {
  const tables = new Tables();
  return { ...exactMetrics(graph, logPf, edgeLogPb({ graph, tables }, estimators), tables) };
}

/** Exact measures of the policy on all states. */
function exactMeasures(work: ExactWork, estimators: Estimators): Record<string, number> {
  const { graph, tables } = work, { forwardMask, forwardActions } = graph;
  const logPf = tables.uninitialised("logPf", graph.size * forwardActions);
  fillLogProbabilities(logPf, graph, estimators.policy, forwardMask);
  return { ...exactMetrics(graph, logPf, edgeLogPb(work, estimators), tables) };
}

/** [M * A] log P_B of the edge that each forward action takes, nats. */
function edgeLogPb(work: ExactWork, { backward, fixedBackward }: Estimators): Float64Array {
  const { graph, tables } = work;
  const { size: M, forwardActions: A, backwardActions: B, next, backwardOf, backwardMask } = graph;
  if (!fixedBackward && !backward) return work.uniformLogPb ??= uniformLogPb(graph);
  const all = tables.uninitialised("logPb", M * B);
  if (backward) fillLogProbabilities(all, graph, backward, backwardMask);
  else {for (let at = 0; at < M * B; at += B) {
      logSoftmaxRow(fixedBackward!, at, B, backwardMask, at, all, at);
    }}
  const edge = tables.zeros("edgeLogPb", M * A);
  for (let e = 0; e < edge.length; e++) {
    if (next[e]! >= 0) edge[e] = all[next[e]! * B + backwardOf[e]!]!;
  }
  return edge;
}

/** [M * A] log P_F of every action in every state, nats, -Infinity where masked. */
export function exactLogPf(graph: StateGraph, policy: Network): Float64Array {
  const logPf = new Float64Array(graph.size * graph.forwardActions);
  fillLogProbabilities(logPf, graph, policy, graph.forwardMask);
  return logPf;
}

/** Writes [M * actions] masked log-probabilities of a policy at every state, nats, -Infinity where masked. */
function fillLogProbabilities(
  out: Float64Array,
  graph: StateGraph,
  network: Network,
  mask: Uint8Array,
): void {
  const actions = network.outputs;
  for (let from = 0; from < graph.size; from += CHUNK) {
    const to = Math.min(from + CHUNK, graph.size);
    const logits = network.forward(graph.observations(from, to));
    for (let s = from; s < to; s++) {
      const at = s * actions;
      logSoftmaxRow(logits, (s - from) * actions, actions, mask, at, out, at);
    }
  }
}

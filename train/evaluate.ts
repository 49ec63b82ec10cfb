/**
 * Evaluation: exact where the states can be listed, from samples elsewhere.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { exactMetrics, uniformLogPb } from "../metrics/exact.ts";
import { forwardSampleMetrics } from "../metrics/sampled.ts";
import { buildStateGraph, type StateGraph } from "../metrics/state_graph.ts";
import { type HostedEnvironment, observationWidth } from "../plugins/open.ts";
import type { Network, ObservationRows } from "../policies/network.ts";
import { sampleForward } from "../rollout/forward.ts";
import { logSoftmaxRow } from "../tensor/categorical.ts";
import { RandomStream } from "../tensor/random.ts";
import type { Estimators } from "./estimators.ts";
import { type EvalEvent, toMetric } from "./events.ts";

/** States up to which metrics are exact: 32^4, a few hundred megabytes of tables at most. */
export const EXACT_STATES = 2 ** 20;

/** Rows of a network at a time, so that memory does not grow with the number of states. */
const CHUNK = 2048;

/** Measures the estimators of one run. */
export class Evaluator {
  readonly #environment: HostedEnvironment;
  readonly #config: RunConfig;
  /** The states and their edges, or null where there are too many to list. */
  readonly #graph: StateGraph | null;
  readonly #initial: ObservationRows;
  readonly #random: RandomStream;

  private constructor(
    environment: HostedEnvironment,
    config: RunConfig,
    graph: StateGraph | null,
  ) {
    this.#environment = environment;
    this.#config = config;
    this.#graph = graph;
    this.#initial = initialObservation(environment);
    this.#random = RandomStream.of(config.seed, "evaluation");
  }

  /** Lists the states where that is possible. */
  static async create(environment: HostedEnvironment, config: RunConfig): Promise<Evaluator> {
    const { enumeration } = environment;
    const graph = enumeration && enumeration.size <= EXACT_STATES
      ? await buildStateGraph(environment)
      : null;
    return new Evaluator(environment, config, graph);
  }

  /** The measures of an `eval` event. */
  async evaluate(
    estimators: Estimators,
  ): Promise<Omit<EvalEvent, "type" | "step" | "trajectories">> {
    const measures = this.#graph
      ? exactMeasures(this.#graph, estimators)
      : await this.#sampledMeasures(estimators);
    const logZ = estimators.learnedLogZ(this.#initial);
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
    return { ...forwardSampleMetrics(estimators.numbers(rollout)) };
  }
}

/** Exact measures of the policy on all states. */
function exactMeasures(graph: StateGraph, estimators: Estimators): Record<string, number> {
  const logPf = logProbabilities(graph, estimators.policy, graph.forwardMask, graph.forwardActions);
  const { tv, kl, klReverse, jsd, elbo, eubo, logZExact, meanLogReward } = exactMetrics(
    graph,
    logPf,
    edgeLogPb(graph, estimators.backward),
  );
  return { tv, kl, klReverse, jsd, elbo, eubo, logZExact, meanLogReward };
}

/** [M * A] log P_B of the edge that each forward action takes, nats. */
function edgeLogPb(graph: StateGraph, backward: Network | null): Float64Array {
  if (backward === null) return uniformLogPb(graph);
  const { size, forwardActions: A, backwardActions: B, next, backwardOf } = graph;
  const all = logProbabilities(graph, backward, graph.backwardMask, B);
  const edge = new Float64Array(size * A);
  for (let e = 0; e < edge.length; e++) {
    if (next[e]! >= 0) edge[e] = all[next[e]! * B + backwardOf[e]!]!;
  }
  return edge;
}

/** [M * actions] masked log-probabilities of a policy at every state, nats, -Infinity where masked. */
function logProbabilities(
  graph: StateGraph,
  network: Network,
  mask: Uint8Array,
  actions: number,
): Float64Array {
  const out = new Float64Array(graph.size * actions);
  for (let from = 0; from < graph.size; from += CHUNK) {
    const to = Math.min(from + CHUNK, graph.size);
    const logits = network.forward(graph.observations(from, to));
    for (let s = from; s < to; s++) {
      const at = s * actions;
      logSoftmaxRow(logits, (s - from) * actions, actions, mask, at, out, at);
    }
  }
  return out;
}

function initialObservation(environment: HostedEnvironment): ObservationRows {
  const { observation, stateWords } = environment;
  const state = new Int32Array(stateWords), width = observationWidth(observation);
  environment.initial(state, 0);
  if (observation.kind === "dense") {
    const values = new Float32Array(width);
    observation.write(state, 0, values, 0);
    return { rows: 1, values };
  }
  const values = new Int32Array(width);
  observation.write(state, 0, values, 0);
  return { rows: 1, values };
}

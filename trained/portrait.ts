/**
 * A portrait of a trained sampler: what a person looks at. Its distribution beside the target, some of its
 * objects.
 *
 * @module
 */
import { z } from "zod";
import { divergences, targetDistribution, visits } from "../metrics/exact.ts";
import { graphMarginals } from "../metrics/marginals.ts";
import type { StateGraph } from "../metrics/state_graph.ts";
import { entropy, rankProfile } from "../metrics/rank_profile.ts";
import { logWeights } from "../metrics/sampled.ts";
import { terminatingStates } from "../rollout/batch.ts";
import { sampleForward } from "../rollout/forward.ts";
import { RandomStream } from "../tensor/random.ts";
import { type Metric, metric, toMetric } from "../train/events.ts";
import { exactLogPf } from "../train/evaluate.ts";
import type { TrainedSampler } from "./trained_sampler.ts";

/** Bins of ranks. */
const BINS = 100;
/** Trajectories at a time. */
const CHUNK = 64;
/** Values of a field from which on a map is worth a look. */
const MAP_SIDE = 3;
/** Largest side of a map, so that it stays a picture. */
const LARGEST_SIDE = 128;
/** Most nodes of graphs whose edges are shown. */
const LARGEST_GRAPH = 16;

/** What is shown of a sampler. Logarithms and entropies are in nats. */
export interface Portrait {
  /** Where all states can be listed. */
  exact: {
    /** Terminating states. */
    objects: number;
    /** Mass of the sampler on objects whose reward is 0. */
    unrewarded: number;
    tv: number;
    /** Of the sampler. */
    entropy: number;
    targetEntropy: number;
    ranks: {
      from: number;
      to: number;
      target: number;
      mean: number;
      low: number;
      high: number;
    }[];
    /** Of grids: mass over the first two coordinates, row by row. */
    map: {
      columns: number;
      rows: number;
      /** Of an object, of which the map shows the first two. */
      fields: number;
      target: number[];
      sampler: number[];
    } | null;
    /** Of directed graphs: how probable each edge is, row by row. */
    edges: { nodes: string[]; target: number[]; sampler: number[] } | null;
  } | null;
  sampled: {
    logReward: Metric[];
    /** log R + log P_B - log P_F of each trajectory: its importance for the target. */
    logWeight: Metric[];
  };
  objects: {
    text?: string | undefined;
    /** One SVG element, as the environment gives it. */
    drawing?: string | undefined;
    logReward: Metric;
    logProbability?: Metric | undefined;
  }[];
}

const probability = z.number().min(0).max(1 + 1e-6);

/** The schema of a {@linkcode Portrait}. */
export const portrait = z.strictObject({
  exact: z.strictObject({
    objects: z.int().min(0).describe("terminating states"),
    unrewarded: probability.describe("mass of the sampler on objects whose reward is 0"),
    tv: probability,
    entropy: z.number().describe("of the sampler, nats"),
    targetEntropy: z.number().describe("nats"),
    ranks: z.array(z.strictObject({
      from: z.int().min(1),
      to: z.int().min(1),
      target: probability,
      mean: probability,
      low: probability,
      high: probability,
    })).max(BINS + 1),
    map: z.strictObject({
      columns: z.int().min(1).max(LARGEST_SIDE),
      rows: z.int().min(1).max(LARGEST_SIDE),
      fields: z.int().min(2).describe("fields of an object, of which the map shows the first two"),
      target: z.array(probability).max(LARGEST_SIDE ** 2),
      sampler: z.array(probability).max(LARGEST_SIDE ** 2),
    }).nullable().describe("of grids: mass over the first two coordinates, row by row"),
    edges: z.strictObject({
      nodes: z.array(z.string().max(100)).max(LARGEST_GRAPH),
      target: z.array(probability).max(LARGEST_GRAPH ** 2),
      sampler: z.array(probability).max(LARGEST_GRAPH ** 2),
    }).nullable().describe("of directed graphs: how probable each edge is, row by row"),
  }).nullable().describe("where all states can be listed"),
  sampled: z.strictObject({
    logReward: z.array(metric),
    logWeight: z.array(metric)
      .describe("log R + log P_B - log P_F of each trajectory: its importance for the target"),
  }),
  objects: z.array(z.strictObject({
    text: z.string().optional(),
    drawing: z.string().optional().describe("one SVG element, as the environment gives it"),
    logReward: metric,
    logProbability: metric.optional(),
  })),
});

/** What is wanted. */
export interface PortraitRequest {
  /** Trajectories where states cannot be listed; where they can, only the objects shown are sampled. */
  samples: number;
  /** Objects shown: the first of the samples. */
  objects: number;
  seed: number;
}

/** Looks at a sampler. */
export async function portray(
  sampler: TrainedSampler,
  request: PortraitRequest,
): Promise<Portrait> {
  const { environment, estimators, graph } = sampler;
  const ends = graph && visits(graph, exactLogPf(graph, estimators.policy)).terminating;
  const stream = RandomStream.of(request.seed, "portrait"), W = environment.stateWords;
  const logReward: number[] = [], logWeight: number[] = [];
  const objects: Portrait["objects"] = [];
  const count = graph ? request.objects : Math.max(request.samples, request.objects);
  for (let done = 0; done < count; done += CHUNK) {
    const { batch, logPfAll } = await sampleForward(
      environment,
      CHUNK,
      (observations) => estimators.policy.forward(observations),
      stream,
    );
    const numbers = estimators.numbers(batch, logPfAll), states = terminatingStates(batch);
    const weights = logWeights(numbers);
    for (let i = 0; i < Math.min(weights.length, count - done); i++) {
      logReward.push(batch.logReward[i]!);
      logWeight.push(weights[i]!);
      if (objects.length === request.objects) continue;
      objects.push({
        ...(environment.text && { text: environment.text(states, i * W) }),
        ...(environment.drawing && { drawing: environment.drawing(states, i * W) }),
        logReward: toMetric(batch.logReward[i]!),
        ...(ends && {
          logProbability: toMetric(
            Math.log(ends[environment.enumeration!.index(states, i * W)]!),
          ),
        }),
      });
    }
  }
  return {
    exact: ends && exactPortrait(sampler, ends),
    sampled: { logReward: logReward.map(toMetric), logWeight: logWeight.map(toMetric) },
    objects,
  };
}

/** @param q [M] where the trajectories of the sampler end */
function exactPortrait(
  sampler: TrainedSampler,
  q: Float64Array,
): NonNullable<Portrait["exact"]> {
  const graph = sampler.graph!, p = targetDistribution(graph);
  let objects = 0, unrewarded = 0;
  for (let x = 0; x < graph.size; x++) {
    if (graph.terminating[x] !== 1) continue;
    objects++;
    if (p[x] === 0) unrewarded += q[x]!;
  }
  return {
    objects,
    unrewarded,
    tv: divergences(p, q).tv,
    entropy: entropy(q),
    targetEntropy: entropy(p),
    ranks: rankProfile(p, q, BINS),
    map: mapOf(sampler, p, q),
    edges: edgesOf(sampler, p, q),
  };
}

/** The mass over the first two coordinates, where the objects are the cells of a grid. */
function mapOf(
  { environment: { observation }, graph }: TrainedSampler,
  p: Float64Array,
  q: Float64Array,
): NonNullable<Portrait["exact"]>["map"] {
  if (observation.kind !== "categorical") return null;
  const { sizes } = observation, [columns, rows] = sizes, fields = sizes.length;
  if (columns === undefined || rows === undefined) return null;
  if (Math.min(columns, rows) < MAP_SIDE || Math.max(columns, rows) > LARGEST_SIDE) return null;
  const { values } = graph!.observations(0, graph!.size);
  if (!movesAreSteps(graph!, values, fields)) return null;
  const target = new Array<number>(columns * rows).fill(0), sampler = [...target];
  for (let x = 0; x < graph!.size; x++) {
    const cell = values[x * fields + 1]! * columns + values[x * fields]!;
    target[cell]! += p[x]!;
    sampler[cell]! += q[x]!;
  }
  return { columns, rows, fields, target, sampler };
}

/** How probable each edge is, where the objects are directed graphs. */
function edgesOf(
  { environment }: TrainedSampler,
  p: Float64Array,
  q: Float64Array,
): NonNullable<Portrait["exact"]>["edges"] {
  const { digraph } = environment;
  if (!digraph || digraph.names.length > LARGEST_GRAPH) return null;
  const edges = (distribution: Float64Array) => [...graphMarginals(environment, distribution).edge];
  return { nodes: [...digraph.names], target: edges(p), sampler: edges(q) };
}

/** Whether every move adds 1 to one field: then neighbours in a map are neighbours in the graph. */
function movesAreSteps(
  { size, forwardActions: A, next }: StateGraph,
  values: ArrayLike<number>,
  fields: number,
): boolean {
  for (let x = 0; x < size; x++) {
    for (let e = x * A; e < (x + 1) * A; e++) {
      const to = next[e]!;
      if (to < 0) continue;
      let sum = 0, moved = 0;
      for (let f = 0; f < fields; f++) {
        const by = values[to * fields + f]! - values[x * fields + f]!;
        sum += by;
        if (by !== 0) moved++;
      }
      if (moved !== 1 || sum !== 1) return false;
    }
  }
  return true;
}

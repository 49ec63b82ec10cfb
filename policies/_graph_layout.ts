/**
 * Where each weight of a graph network lies in its flat variable: nodes, layers, heads.
 *
 * @module
 */
import type { ActionLayout, GraphObservation } from "../plugins/contract.ts";
import {
  allViews,
  edgeEnds,
  edgeKinds,
  messageKinds,
  messageMaps,
  viewCount,
} from "./_graph_relations.ts";
import { type LinearPlace, type NormPlace, Placing } from "./_linear_maps.ts";
import { padTo8, type Place } from "./_parameters.ts";

/** What decides the weights of a graph network. */
export interface GraphShape {
  observation: GraphObservation;
  mixing: "message-passing" | "transformer";
  layers: number;
  /** D, a multiple of 8, and of 4 times a Transformer's attention heads. */
  width: number;
  attentionHeads: number;
  /** F */
  feedForward: number;
  /** How the outputs of each head lie. */
  layouts: readonly ActionLayout[];
}

/** The places of a layer. */
export interface GraphLayerPlaces {
  norm1: NormPlace;
  /** What messages come from, or query, key and value. */
  mixing: LinearPlace;
  /** Index of the table that mixing reads: [kinds, D] of messages, or [views, heads padded] of attention. */
  table: number;
  output: LinearPlace;
  norm2: NormPlace;
  linear1: LinearPlace;
  linear2: LinearPlace;
}

/** The places of the logits of pairs. */
export interface PairPlaces {
  /** What nodes give to pairs: [T, D], or of first and second node side by side. */
  nodes: LinearPlace;
  /** Index of the table of views, [views, D]. */
  edges: number;
  /** Indices of [outputs, D] and [outputs]. */
  weight: number;
  bias: number;
}

/** The places of a head; null for what it has no outputs of. */
export interface GraphHeadPlaces {
  graph: LinearPlace | null;
  node: LinearPlace | null;
  pair: PairPlaces | null;
}

/** Everything's place in the flat variable. */
export interface GraphLayout {
  /** Index of the table of nodes, the global one last: [1 + types, D]. */
  nodes: number;
  /** Transformer: index of the table of ends of edges, [kinds, D]; null where messages tell of them. */
  ends: number | null;
  layers: readonly GraphLayerPlaces[];
  norm: NormPlace;
  heads: readonly GraphHeadPlaces[];
  /** Numbers in the flat variable. */
  size: number;
  /** Numbers in all transposes. */
  transposes: number;
  parameters: readonly Place[];
}

/** Lays out a graph network. */
export function layOutGraph(shape: GraphShape): GraphLayout {
  const { observation, width: D, feedForward: F, attentionHeads: H } = shape;
  const placing = new Placing();
  const table = (name: string, rows: number) =>
    placing.place(`${name}.weight`, [rows, D], "plain", rows * D, (random) => random.normal());
  const views = viewCount(observation), nodes = table("node", 1 + observation.nodeTypes);
  const ends = shape.mixing === "transformer" ? table("end", edgeKinds(observation)) : null;
  const layers = Array.from({ length: shape.layers }, (_, l): GraphLayerPlaces => {
    const layer = `layers.${l}`, norm1 = placing.norm(`${layer}.norm1`, D);
    const mixed = shape.mixing === "transformer"
      ? attention(placing, `${layer}.attention`, D, H, allViews(observation))
      : {
        mixing: placing.linear(
          messageMaps(observation).map((map) => `${layer}.message.${map}`),
          ...[D, D, "no biases"] as const,
        ),
        table: table(`${layer}.message.kind`, messageKinds(observation)),
        output: placing.linear([`${layer}.message.output`], D, D),
      };
    return {
      ...{ norm1, ...mixed },
      norm2: placing.norm(`${layer}.norm2`, D),
      linear1: placing.linear([`${layer}.linear1`], D, F),
      linear2: placing.linear([`${layer}.linear2`], F, D),
    };
  });
  const norm = placing.norm("norm", D);
  const roles = edgeEnds(observation) === "alike" ? ["node"] : ["first", "second"];
  const heads = shape.layouts.map(({ perGraph, perNode, perPair }, h): GraphHeadPlaces => {
    const head = `heads.${h}`, bound = 1 / Math.sqrt(D);
    return {
      graph: perGraph > 0 ? placing.linear([`${head}.graph`], D, perGraph) : null,
      node: perNode > 0 ? placing.linear([`${head}.node`], D, perNode) : null,
      pair: perPair === 0 ? null : {
        nodes: placing.linear(roles.map((role) => `${head}.pair.${role}`), D, D, "no biases"),
        edges: table(`${head}.pair.edge`, views),
        weight: placing.place(
          ...[`${head}.pair.output.weight`, [perPair, D], "plain", perPair * D] as const,
          (random) => (2 * random.uniform() - 1) * bound,
        ),
        bias: placing.place(
          ...[`${head}.pair.output.bias`, [perPair], "plain", padTo8(perPair)] as const,
          (random) => (2 * random.uniform() - 1) * bound,
        ),
      },
    };
  });
  const { size, transposes, parameters } = placing;
  return { nodes, ends, layers, norm, heads, size, transposes, parameters };
}

function attention(placing: Placing, name: string, D: number, H: number, views: number) {
  return {
    mixing: placing.linear(["query", "key", "value"].map((role) => `${name}.${role}`), D, D),
    table: placing.place(
      ...[`${name}.view.weight`, [H, views], "gather", views * padTo8(H)] as const,
      (random) => random.normal(),
    ),
    output: placing.linear([`${name}.output`], D, D),
  };
}

/**
 * What two nodes of a graph are to each other, as numbers: rows of the tables that a graph network learns.
 *
 * @module
 */
import type { GraphObservation } from "../plugins/contract.ts";

/** What edges look like from either end. */
export type EdgeEnds =
  /** Undirected: the same from both. */
  | "alike"
  /** Undirected, with types that are others from the other end. */
  | "unlike"
  | "directed";

/** What edges of this observation look like from either end. */
export function edgeEnds({ directed, reversed }: GraphObservation): EdgeEnds {
  if (directed) return "directed";
  return reversed?.some((type, t) => type !== t) ? "unlike" : "alike";
}

/**
 * Number of views that a node can have of another: no edge or one of a type, and on directed graphs both ways;
 * `to * (1 + edgeTypes) + from` by their words.
 */
export function viewCount({ edgeTypes, directed }: GraphObservation): number {
  return directed ? (1 + edgeTypes) ** 2 : 1 + edgeTypes;
}

/** Behind the views: a token's own, that of the global node, and the global node's of a node. */
export const OWN = 0, OF_GLOBAL = 1, OF_NODE = 2;
const OTHER_VIEWS = 3;

/** Maps that messages pass through by where they come from, the last one to and from the global node. */
export function messageMaps({ directed }: GraphObservation): readonly string[] {
  return directed ? ["along", "against", "global"] : ["edge", "global"];
}

/** What an end of an edge can be: of each type, on directed graphs its head or its tail. */
export function edgeKinds({ edgeTypes, directed }: GraphObservation): number {
  return (directed ? 2 : 1) * edgeTypes;
}

/** Rows of the table of what messages pass: those of edges, then to the global node, and from it. */
export function messageKinds(observation: GraphObservation): number {
  return edgeKinds(observation) + 2;
}

/** Rows of the table of a transformer's views. */
export function allViews(observation: GraphObservation): number {
  return viewCount(observation) + OTHER_VIEWS;
}

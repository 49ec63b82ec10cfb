/**
 * Graph networks of all kinds, and observations for them, that tests share.
 *
 * @module
 */
import type { GraphObservation } from "../../plugins/contract.ts";
import { createGraphNetwork, type GraphOptions } from "../../policies/graph.ts";
import type { Network, ObservationRows } from "../../policies/network.ts";
import { RandomStream } from "../../tensor/random.ts";
import { stream } from "./_transformers.ts";

function write(): void {
  throw new Error("a network writes no observation");
}

/** What a graph network is made of, but for its first weights. */
export type Options = Omit<GraphOptions, "random">;

/** How heads of policies lie. */
export const layouts = {
  all: { perGraph: 2, perNode: 3, perPair: 2 },
  pairs: { perGraph: 0, perNode: 0, perPair: 1 },
  nodes: { perGraph: 0, perNode: 1, perPair: 0 },
  state: { perGraph: 1, perNode: 0, perPair: 0 },
};

const layout = layouts.all;
/** Graphs of each kind. */
export const observations = {
  undirected: {
    ...{ kind: "graph", nodes: 5, nodeTypes: 3, edgeTypes: 2, directed: false, layout, write },
  },
  "undirected, ends unlike": {
    ...{ kind: "graph", nodes: 5, nodeTypes: 2, edgeTypes: 4, directed: false, layout, write },
    reversed: [1, 0, 2, 3],
  },
  directed: {
    ...{ kind: "graph", nodes: 4, nodeTypes: 2, edgeTypes: 2, directed: true, layout, write },
  },
  "a node": {
    ...{ kind: "graph", nodes: 1, nodeTypes: 1, edgeTypes: 1, directed: false, layout, write },
  },
} as const satisfies Record<string, GraphObservation>;

const sizes = { layers: 2, width: 16, attentionHeads: 2, feedForward: 11 };

/** Every kind of graph by either mixing, with heads of all layouts. */
export const cases: Record<string, Options> = Object.fromEntries(
  Object.entries(observations).flatMap(([name, observation]) =>
    (["message-passing", "transformer"] as const).map((mixing) => [
      `${name}, ${mixing}`,
      {
        ...{ ...sizes, observation, mixing },
        heads: [
          ...[layouts.all, layouts.pairs, layouts.nodes, layouts.state],
          { ...layouts.pairs, perPair: observation.edgeTypes },
        ],
      },
    ])
  ),
);
// Tokens that no head reads are left out of the last layer.
for (const heads of ["pairs", "nodes", "state"] as const) {
  const observation = observations[heads === "pairs" ? "directed" : "undirected"];
  cases[`logits of ${heads === "state" ? "the graph" : heads} alone`] = {
    ...{ ...sizes, observation, mixing: "message-passing", heads: [layouts[heads]] },
  };
}
cases["no layer, logits of nodes alone"] = {
  ...{ ...sizes, layers: 0, observation: observations.directed, mixing: "message-passing" },
  heads: [layouts.nodes],
};

/** A graph network by its seed. */
export function network(options: Options, seed = 3): Network {
  return createGraphNetwork({ ...options, random: RandomStream.of(seed, "init") });
}

/** Pairs of slots in the contract's order. */
export function pairsOf({ nodes: n, directed }: GraphObservation): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) pairs.push([i, j]);
  for (let i = 0; directed && i < n; i++) for (let j = 0; j < i; j++) pairs.push([i, j]);
  return pairs;
}

/** Graphs of which the first is empty and the second has a node; others have any nodes and edges. */
export function randomGraphs({ observation }: Options, rows: number): ObservationRows {
  const { nodes: n, nodeTypes, edgeTypes } = observation, pairs = pairsOf(observation);
  const values = new Int32Array(rows * (n + pairs.length));
  for (let r = 1; r < rows; r++) {
    const at = r * (n + pairs.length);
    for (let i = 0; i < n; i++) {
      const there = r === 1 ? i === n - 1 : stream.integer(3) > 0;
      values[at + i] = there ? 1 + stream.integer(nodeTypes) : 0;
    }
    pairs.forEach(([i, j], p) => {
      const both = values[at + i] !== 0 && values[at + j] !== 0;
      values[at + n + p] = both ? stream.integer(1 + edgeTypes) : 0;
    });
  }
  return { rows, values };
}

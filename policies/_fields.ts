/**
 * The integer kinds of observation, all read as independent categorical fields.
 *
 * @module
 */
import type { Observation } from "../plugins/contract.ts";

/** An observation whose numbers are int32 categories. */
export type IntegerObservation = Exclude<Observation, { kind: "dense" }>;

/** Number of values of each field: field f is one of 0..sizes[f]-1. */
export function fieldSizes(observation: IntegerObservation): readonly number[] {
  switch (observation.kind) {
    case "categorical":
      return observation.sizes;
    case "tokens":
      return new Array<number>(observation.length).fill(observation.vocabulary);
    case "graph": {
      const { nodes, nodeTypes, edgeTypes, directed } = observation;
      const pairs = nodes * (nodes - 1) / (directed ? 1 : 2);
      // 0 stands for absent in both, so there is one value more than there are types.
      return [
        ...new Array<number>(nodes).fill(1 + nodeTypes),
        ...new Array<number>(pairs).fill(1 + edgeTypes),
      ];
    }
  }
}

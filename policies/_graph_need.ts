/**
 * What a row of a batch of graphs takes of the engine's memory, for batches that would not fit to be refused.
 *
 * @module
 */
import { pairsOf } from "./_graph_heads.ts";
import type { GraphShape } from "./_graph_layout.ts";
import { edgeEnds, messageMaps } from "./_graph_relations.ts";
import { traceBytes } from "./_graph_trace.ts";
import { padTo8 } from "./_parameters.ts";

/**
 * Bytes of one row on the tape and on the way back, when all nodes and edges are there and no two tokens
 * have anything in common.
 */
export function graphRowBytes(shape: GraphShape, outputs: number): number {
  const { observation, mixing, layers, width: D, attentionHeads: H, feedForward, layouts } = shape;
  const { nodes, directed } = observation, tokens = nodes + 1, pairs = pairsOf(observation);
  const transformer = mixing === "transformer";
  const given = transformer ? 3 : messageMaps(observation).length;
  const relations = transformer ? tokens ** 2 : 2 * nodes + 2 * pairs;
  const entries = pairs * (edgeEnds(observation) === "unlike" ? 2 : 1);
  const hasPairs = layouts.some(({ perPair }) => perPair > 0);
  // Two gradients of residuals, and the largest of what lives with them on the way back.
  const branch = Math.max(
    tokens * Math.max((given + 2) * D, padTo8(feedForward) + D) +
      (transformer ? 2 * padTo8(H) * relations + 6 * tokens * D : 0),
    ...layouts.map(({ perGraph, perNode, perPair }) =>
      Math.max(
        2 * D + padTo8(perGraph),
        tokens * (D + padTo8(perNode)),
        perPair > 0 ? tokens * D * (directed || entries > pairs ? 5 : 3) + perPair * entries : 0,
      )
    ),
  );
  // A row's words; outputs and their gradient.
  const words = tokens * (layers + 4) + 8 +
    (transformer ? relations + 6 * pairs : 3 * layers * relations) +
    (hasPairs ? 4 * entries : 0);
  const trace = traceBytes(shape, new Array<number>(layers + 1).fill(64)) / 64 * tokens;
  return trace + 4 * (2 * D * tokens + branch + words + 2 * outputs);
}

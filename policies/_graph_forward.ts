/**
 * The pass through a graph network, on addresses. A layer is x + mixing(norm(x)), then that plus a feed-forward
 * part of its norm; heads read a last norm.
 *
 * @module
 */
import { allocate, f32, release } from "../tensor/heap.ts";
import { kernels } from "../tensor/kernels/kernels.ts";
import { ATTENTION_PARTS, attentionScratch } from "../tensor/kernels/sequence_kernels.ts";
import type { GraphLayerPlaces, GraphLayout, GraphShape } from "./_graph_layout.ts";
import type { GraphRows } from "./_graph_rows.ts";
import type { GraphLayerTrace, GraphTrace } from "./_graph_trace.ts";
import { linear, type NormPlace } from "./_linear_maps.ts";
import { padTo8 } from "./_parameters.ts";

/** Added to a variance before its root, as PyTorch does. */
const EPSILON = 1e-5;

/** What passes work on. */
export interface GraphPass {
  shape: GraphShape;
  layout: GraphLayout;
  /** Address of the flat weights. */
  weights: number;
  trace: GraphTrace;
  graphs: GraphRows;
  /** Address of the graphs' words. */
  words: number;
}

/** Fills the trace. */
export function forwardPass(pass: GraphPass): void {
  const { shape: { width: D }, layout, trace, graphs: { tokens: T }, weights } = pass;
  const x = allocate(4 * D * T), branch = allocate(4 * D * T);
  embed(pass, x);
  for (const [l, places] of layout.layers.entries()) {
    const { normal1, inverse1, y1, mixed, normal2, inverse2, y2, hidden } = trace.layers[l]!;
    const { norm1, output, norm2, linear1, linear2 } = places, P = 8 * linear1.panels;
    normalise(pass, norm1, x, normal1, inverse1, y1);
    mix(pass, places, trace.layers[l]!);
    linear(weights, output, mixed, 4 * D, T, branch);
    add(x, branch, D * T);
    normalise(pass, norm2, x, normal2, inverse2, y2);
    linear(weights, linear1, y2, 4 * D, T, hidden, "relu");
    linear(weights, linear2, hidden, 4 * P, T, branch);
    add(x, branch, D * T);
  }
  normalise(pass, layout.norm, x, trace.normal, trace.inverse, trace.y);
  release(x);
  release(branch);
}

/** Address of a list of the graphs. */
export function listAt({ words, graphs }: GraphPass, list: keyof GraphRows["at"]): number {
  return words + 4 * graphs.at[list];
}

/** x += y, both of `length` numbers, a multiple of 8. */
export function add(x: number, y: number, length: number): void {
  kernels.addBias(x, 0, 1, length / 8, y, 0);
}

/** What attention reads beside its table of views. */
export interface AttentionJob {
  /** The kernel's arguments before its outputs. */
  start: [number, number, number, number, number, number, 0, number, number];
  /** Its bias, stride and places. */
  biases: [bias: number, stride: number, places: number];
  /** Gives the memory back. */
  release(): void;
}

/** Has the summands of scores written out for each pair of tokens. */
export function attentionJob(
  pass: GraphPass,
  { table }: GraphLayerPlaces,
  given: number,
): AttentionJob {
  const { shape: { width: D, attentionHeads: H }, graphs, weights } = pass, P = padTo8(H);
  const size = D / H, scratchBytes = attentionScratch(graphs.longest, size);
  const scratch = allocate(ATTENTION_PARTS * scratchBytes);
  const bias = allocate(4 * P * graphs.relationCount), none = allocate(4 * P);
  f32(none, P).fill(0);
  kernels.gatherSum(
    ...[listAt(pass, "views"), graphs.relationCount, 1, weights + 4 * table, P] as const,
    ...[none, bias, 0] as const,
  );
  release(none);
  return {
    start: [
      ...[given, H, size, listAt(pass, "groups"), graphs.rows, listAt(pass, "index")] as const,
      ...[0, scratch, scratchBytes] as const,
    ],
    biases: [bias, 4 * P, listAt(pass, "places")],
    release() {
      release(scratch);
      release(bias);
    },
  };
}

/**
 * What a node is at first: its type, and under attention also the ends of edges that it has. Attention takes
 * means, which cannot count them.
 */
function embed(pass: GraphPass, x: number): void {
  const { shape: { width: D }, layout, graphs: { tokens, endCount }, weights } = pass;
  const none = allocate(4 * D), table = weights + 4 * layout.nodes;
  f32(none, D).fill(0);
  kernels.gatherSum(listAt(pass, "embedded"), tokens, 1, table, D, none, x, 0);
  if (layout.ends !== null) {
    const ends = weights + 4 * layout.ends;
    kernels.messages(listAt(pass, "ends"), endCount, none, ends, D, x);
  }
  release(none);
}

function normalise(
  { shape: { width: D }, graphs: { tokens }, weights }: GraphPass,
  { gain, bias }: NormPlace,
  x: number,
  normal: number,
  inverse: number,
  y: number,
): void {
  const [g, b] = [weights + 4 * gain, weights + 4 * bias];
  kernels.addNorm(x, 0, tokens, D, g, b, EPSILON, normal, inverse, y);
}

/** From the first norm to what the mixing's output map reads. */
function mix(pass: GraphPass, places: GraphLayerPlaces, layer: GraphLayerTrace): void {
  const { shape: { width: D, mixing }, graphs, weights } = pass, T = graphs.tokens;
  linear(weights, places.mixing, layer.y1, 4 * D, T, layer.given);
  if (mixing === "transformer") {
    const job = attentionJob(pass, places, layer.given);
    kernels.attention(...job.start, layer.mixed, layer.stats, ...job.biases);
    job.release();
    return;
  }
  f32(layer.mixed, T * D).fill(0);
  // A token's maps lie side by side: seen as rows of D numbers, map m of token t is row t * maps + m.
  kernels.messages(
    ...[listAt(pass, "messages"), graphs.relationCount, layer.given] as const,
    ...[weights + 4 * places.table, D, layer.mixed] as const,
  );
}

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
import type { GraphDepth, GraphRows } from "./_graph_rows.ts";
import type { GraphTrace } from "./_graph_trace.ts";
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
  const { shape: { width: D }, layout, trace, graphs: { depths }, weights } = pass;
  let x = embed(pass);
  for (const [l, places] of layout.layers.entries()) {
    const { normal1, inverse1, y1, mixed, normal2, inverse2, y2, hidden } = trace.layers[l]!;
    const { norm1, output, norm2, linear1, linear2 } = places, P = 8 * linear1.panels;
    const before = depths[l]!, after = depths[l + 1]!, M = after.rows;
    normalise(pass, norm1, x, before.rows, normal1, inverse1, y1);
    mix(pass, places, l);
    if (after.at.own !== null) {
      const own = rowsAt(pass, after.at.own, M, x, D);
      release(x);
      x = own;
    }
    const branch = allocate(4 * D * M);
    linear(weights, output, mixed, 4 * D, M, branch);
    add(x, branch, D * M);
    normalise(pass, norm2, x, M, normal2, inverse2, y2);
    linear(weights, linear1, y2, 4 * D, M, hidden, "relu");
    linear(weights, linear2, hidden, 4 * P, M, branch);
    add(x, branch, D * M);
    release(branch);
  }
  normalise(pass, layout.norm, x, depths.at(-1)!.rows, trace.normal, trace.inverse, trace.y);
  release(x);
}

/** Address of a list of the graphs. */
export function listAt({ words, graphs }: GraphPass, list: keyof GraphRows["at"]): number {
  return words + 4 * graphs.at[list];
}

/** The rows of a matrix that a list of words names, `width` numbers each: a block to be released. */
export function rowsAt(
  { words }: GraphPass,
  list: number,
  count: number,
  matrix: number,
  width: number,
): number {
  const none = allocate(4 * width), out = allocate(4 * width * count);
  f32(none, width).fill(0);
  kernels.gatherSum(words + 4 * list, count, 1, matrix, width, none, out, 0);
  release(none);
  return out;
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

/**
 * Has the summands of scores written out for each pair of tokens, and query, key and value for each token.
 *
 * @param after the depth behind the layer
 * @param given these of the rows before it
 */
export function attentionJob(
  pass: GraphPass,
  { table }: GraphLayerPlaces,
  { rows, at: { own } }: GraphDepth,
  given: number,
): AttentionJob {
  const { shape: { width: D, attentionHeads: H }, graphs, weights } = pass, P = padTo8(H);
  const size = D / H, scratchBytes = attentionScratch(graphs.longest, size);
  const scratch = allocate(ATTENTION_PARTS * scratchBytes);
  const bias = rowsAt(pass, graphs.at.views, graphs.viewCount, weights + 4 * table, P);
  const qkv = own === null ? given : rowsAt(pass, own, rows, given, 3 * D);
  return {
    start: [
      ...[qkv, H, size, listAt(pass, "groups"), graphs.groupCount, listAt(pass, "index")] as const,
      ...[0, scratch, scratchBytes] as const,
    ],
    biases: [bias, 4 * P, listAt(pass, "places")],
    release() {
      release(scratch);
      release(bias);
      if (qkv !== given) release(qkv);
    },
  };
}

/**
 * What a node is at first: its type, and under attention also the ends of edges that it has. Attention takes
 * means, which cannot count them. A block to be released.
 */
function embed(pass: GraphPass): number {
  const { shape: { width: D }, layout, graphs: { depths }, weights, words } = pass;
  const { rows, messageCount, at: { own, messages } } = depths[0]!;
  const x = rowsAt(pass, own!, rows, weights + 4 * layout.nodes, D);
  if (layout.ends === null) return x;
  const none = allocate(4 * D), ends = weights + 4 * layout.ends;
  f32(none, D).fill(0);
  kernels.messages(words + 4 * messages, messageCount, none, ends, D, x);
  release(none);
  return x;
}

function normalise(
  { shape: { width: D }, weights }: GraphPass,
  { gain, bias }: NormPlace,
  x: number,
  rows: number,
  normal: number,
  inverse: number,
  y: number,
): void {
  const [g, b] = [weights + 4 * gain, weights + 4 * bias];
  kernels.addNorm(x, 0, rows, D, g, b, EPSILON, normal, inverse, y);
}

/** From the first norm of layer l to what the mixing's output map reads. */
function mix(pass: GraphPass, places: GraphLayerPlaces, l: number): void {
  const { shape: { width: D, mixing }, graphs, weights, words, trace } = pass;
  const before = graphs.depths[l]!, after = graphs.depths[l + 1]!;
  const { y1, given, mixed, stats } = trace.layers[l]!;
  linear(weights, places.mixing, y1, 4 * D, before.rows, given);
  if (mixing === "transformer") {
    const job = attentionJob(pass, places, after, given);
    kernels.attention(...job.start, mixed, stats, ...job.biases);
    job.release();
    return;
  }
  f32(mixed, after.rows * D).fill(0);
  // A row's maps lie side by side: seen as rows of D numbers, map m of row i is row i * maps + m.
  kernels.messages(
    ...[words + 4 * after.at.messages, after.messageCount, given] as const,
    ...[weights + 4 * places.table, D, mixed] as const,
  );
}

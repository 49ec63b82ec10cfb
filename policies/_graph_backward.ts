/**
 * The gradient of a graph network, on addresses.
 *
 * @module
 */
import { allocate, f32, release } from "../tensor/heap.ts";
import { kernels } from "../tensor/kernels/kernels.ts";
import { add, attentionJob, type GraphPass, listAt } from "./_graph_forward.ts";
import { type GradientAt, headsBackward } from "./_graph_heads.ts";
import type { GraphLayerPlaces, GraphLayout } from "./_graph_layout.ts";
import type { GraphLayerTrace } from "./_graph_trace.ts";
import { linearGradient, type LinearPlace, type NormPlace } from "./_linear_maps.ts";
import { padTo8 } from "./_parameters.ts";

/** Every linear map, whose transposes the gradient reads. */
export function linearMaps({ layers, heads }: GraphLayout): LinearPlace[] {
  return [
    ...layers.flatMap(({ mixing, output, linear1, linear2 }) => [mixing, output, linear1, linear2]),
    ...heads.flatMap(({ graph, node, pair }) => [graph, node, pair?.nodes ?? null]),
  ].filter((place) => place !== null);
}

/**
 * The gradient of a loss with respect to the flat weights, written to `at.gradient`.
 *
 * @param dOutputs [R, N] end to end: the gradient with respect to the outputs
 */
export function backwardPass(pass: GraphPass, dOutputs: number, at: GradientAt): void {
  const { shape: { width: D }, layout, trace, graphs: { depths } } = pass;
  f32(at.gradient, layout.size).fill(0);
  const most = Math.max(...depths.map(({ rows }) => rows)), last = depths.at(-1)!.rows;
  // No depth has more rows than the last, unless it leaves tokens out.
  const dy = allocate(4 * D * most);
  let dx = allocate(4 * D * last);
  headsBackward(pass, dOutputs, at, dy);
  normBackward(pass, layout.norm, last, trace.normal, trace.inverse, dy, at, dx);
  for (let l = layout.layers.length - 1; l >= 0; l--) {
    const places = layout.layers[l]!, layer = trace.layers[l]!;
    const before = depths[l]!, after = depths[l + 1]!;
    feedForwardBackward(pass, places, layer, after.rows, dx, at, dy);
    addThroughNorm(pass, places.norm2, after.rows, layer.normal2, layer.inverse2, dy, at, dx);
    mixBackward(pass, places, l, dx, at, dy);
    if (after.at.own !== null) {
      const own = allocate(4 * D * before.rows);
      f32(own, D * before.rows).fill(0);
      kernels.scatterAdd(pass.words + 4 * after.at.own, after.rows, 1, dx, D, own);
      release(dx);
      dx = own;
    }
    addThroughNorm(pass, places.norm1, before.rows, layer.normal1, layer.inverse1, dy, at, dx);
  }
  embedBackward(pass, dx, at);
  release(dy);
  release(dx);
}

function embedBackward(pass: GraphPass, dx: number, { gradient }: GradientAt): void {
  const { shape: { width: D }, layout, weights, words, graphs: { depths } } = pass;
  const { rows, messageCount, at: { own, messages } } = depths[0]!;
  kernels.scatterAdd(words + 4 * own!, rows, 1, dx, D, gradient + 4 * layout.nodes);
  if (layout.ends === null) return;
  // The row of zeros that ends are added to, and its gradient, which nobody reads.
  const none = allocate(8 * D), at = 4 * layout.ends;
  f32(none, 2 * D).fill(0);
  kernels.messagesBackward(
    ...[words + 4 * messages, messageCount, none, weights + at, D] as const,
    ...[dx, none + 4 * D, gradient + at] as const,
  );
  release(none);
}

/** dx = the gradient in what a norm reads, given that in what it gives. */
function normBackward(
  { shape: { width: D }, weights }: GraphPass,
  { gain, bias }: NormPlace,
  rows: number,
  normal: number,
  inverse: number,
  dy: number,
  { gradient }: GradientAt,
  dx: number,
): void {
  kernels.addNormBackward(
    ...[dy, 0, rows, D, weights + 4 * gain, normal, inverse, dx] as const,
    ...[gradient + 4 * gain, gradient + 4 * bias] as const,
  );
}

/** dx += that: a branch joins the residual. */
function addThroughNorm(
  pass: GraphPass,
  norm: NormPlace,
  rows: number,
  normal: number,
  inverse: number,
  dy: number,
  at: GradientAt,
  dx: number,
): void {
  const { shape: { width: D } } = pass, branch = allocate(4 * D * rows);
  normBackward(pass, norm, rows, normal, inverse, dy, at, branch);
  add(dx, branch, D * rows);
  release(branch);
}

function feedForwardBackward(
  { shape: { width: D } }: GraphPass,
  { linear1, linear2 }: GraphLayerPlaces,
  { hidden, y2 }: GraphLayerTrace,
  rows: number,
  dx: number,
  at: GradientAt,
  dy: number,
): void {
  const P = 8 * linear1.panels, dHidden = allocate(4 * P * rows);
  linearGradient(linear2, at, hidden, 4 * P, dx, rows, dHidden, hidden);
  linearGradient(linear1, at, y2, 4 * D, dHidden, rows, dy);
  release(dHidden);
}

/** dy = the gradient in what layer l's mixing reads, given dx, that in what it adds to the residual. */
function mixBackward(
  pass: GraphPass,
  places: GraphLayerPlaces,
  l: number,
  dx: number,
  at: GradientAt,
  dy: number,
): void {
  const { shape: { width: D, mixing }, graphs, weights, words, trace } = pass;
  const { rows: N } = graphs.depths[l]!, after = graphs.depths[l + 1]!, M = after.rows;
  const { y1, given, mixed } = trace.layers[l]!;
  const width = 8 * places.mixing.panels, table = 4 * places.table;
  const dMixed = allocate(4 * D * M);
  linearGradient(places.output, at, mixed, 4 * D, dx, M, dMixed);
  const dGiven = allocate(4 * width * N);
  f32(dGiven, N * width).fill(0);
  if (mixing === "transformer") attentionGradient(pass, places, l, dMixed, at, dGiven);
  else {
    kernels.messagesBackward(
      ...[words + 4 * after.at.messages, after.messageCount, given, weights + table, D] as const,
      ...[dMixed, dGiven, at.gradient + table] as const,
    );
  }
  release(dMixed);
  linearGradient(places.mixing, at, y1, 4 * D, dGiven, N, dy);
  release(dGiven);
}

/** Adds to dGiven, 0 before, given that in what attention gives. */
function attentionGradient(
  pass: GraphPass,
  places: GraphLayerPlaces,
  l: number,
  dMixed: number,
  { gradient }: GradientAt,
  dGiven: number,
): void {
  const { shape: { width: D, attentionHeads: H }, graphs, words, trace } = pass, P = padTo8(H);
  const after = graphs.depths[l + 1]!, { given, stats } = trace.layers[l]!, { own } = after.at;
  const job = attentionJob(pass, places, after, given), numbers = 3 * D * after.rows;
  const dTokens = own === null ? dGiven : allocate(4 * numbers);
  if (own !== null) f32(dTokens, numbers).fill(0);
  // Columns of no head have no gradient.
  const dBias = allocate(4 * P * graphs.viewCount);
  f32(dBias, P * graphs.viewCount).fill(0);
  kernels.attentionBackward(...job.start, stats, dMixed, dTokens, ...job.biases, dBias);
  const table = gradient + 4 * places.table;
  kernels.scatterAdd(listAt(pass, "views"), graphs.viewCount, 1, dBias, P, table);
  release(dBias);
  job.release();
  if (own === null) return;
  kernels.scatterAdd(words + 4 * own, after.rows, 1, dTokens, 3 * D, dGiven);
  release(dTokens);
}

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
  const { shape: { width: D }, layout, trace, graphs: { tokens: T } } = pass;
  f32(at.gradient, layout.size).fill(0);
  const dy = allocate(4 * D * T), dx = allocate(4 * D * T);
  headsBackward(pass, dOutputs, at, dy);
  normBackward(pass, layout.norm, trace.normal, trace.inverse, dy, at, dx);
  for (let l = layout.layers.length - 1; l >= 0; l--) {
    const places = layout.layers[l]!, layer = trace.layers[l]!;
    feedForwardBackward(pass, places, layer, dx, at, dy);
    addThroughNorm(pass, places.norm2, layer.normal2, layer.inverse2, dy, at, dx);
    mixBackward(pass, places, layer, dx, at, dy);
    addThroughNorm(pass, places.norm1, layer.normal1, layer.inverse1, dy, at, dx);
  }
  embedBackward(pass, dx, at);
  release(dy);
  release(dx);
}

function embedBackward(pass: GraphPass, dx: number, { gradient }: GradientAt): void {
  const { shape: { width: D }, layout, weights, graphs: { tokens, endCount } } = pass;
  const table = gradient + 4 * layout.nodes;
  kernels.scatterAdd(listAt(pass, "embedded"), tokens, 1, dx, D, table);
  if (layout.ends === null) return;
  // The row of zeros that ends are added to, and its gradient, which nobody reads.
  const none = allocate(8 * D), at = 4 * layout.ends;
  f32(none, 2 * D).fill(0);
  kernels.messagesBackward(
    ...[listAt(pass, "ends"), endCount, none, weights + at, D] as const,
    ...[dx, none + 4 * D, gradient + at] as const,
  );
  release(none);
}

/** dx = the gradient in what a norm reads, given that in what it gives. */
function normBackward(
  { shape: { width: D }, weights, graphs: { tokens } }: GraphPass,
  { gain, bias }: NormPlace,
  normal: number,
  inverse: number,
  dy: number,
  { gradient }: GradientAt,
  dx: number,
): void {
  kernels.addNormBackward(
    ...[dy, 0, tokens, D, weights + 4 * gain, normal, inverse, dx] as const,
    ...[gradient + 4 * gain, gradient + 4 * bias] as const,
  );
}

/** dx += that: a branch joins the residual. */
function addThroughNorm(
  pass: GraphPass,
  norm: NormPlace,
  normal: number,
  inverse: number,
  dy: number,
  at: GradientAt,
  dx: number,
): void {
  const { shape: { width: D }, graphs: { tokens } } = pass, branch = allocate(4 * D * tokens);
  normBackward(pass, norm, normal, inverse, dy, at, branch);
  add(dx, branch, D * tokens);
  release(branch);
}

function feedForwardBackward(
  { shape: { width: D }, graphs: { tokens: T } }: GraphPass,
  { linear1, linear2 }: GraphLayerPlaces,
  { hidden, y2 }: GraphLayerTrace,
  dx: number,
  at: GradientAt,
  dy: number,
): void {
  const P = 8 * linear1.panels, dHidden = allocate(4 * P * T);
  linearGradient(linear2, at, hidden, 4 * P, dx, T, dHidden, hidden);
  linearGradient(linear1, at, y2, 4 * D, dHidden, T, dy);
  release(dHidden);
}

function mixBackward(
  pass: GraphPass,
  places: GraphLayerPlaces,
  { y1, given, mixed, stats }: GraphLayerTrace,
  dx: number,
  at: GradientAt,
  dy: number,
): void {
  const { shape: { width: D, mixing, attentionHeads: H }, graphs, weights } = pass;
  const T = graphs.tokens, width = 8 * places.mixing.panels, table = 4 * places.table;
  const dMixed = allocate(4 * D * T), dGiven = allocate(4 * width * T);
  linearGradient(places.output, at, mixed, 4 * D, dx, T, dMixed);
  f32(dGiven, T * width).fill(0);
  if (mixing === "transformer") {
    const job = attentionJob(pass, places, given), P = padTo8(H);
    // Columns of no head have no gradient.
    const dBias = allocate(4 * P * graphs.relationCount);
    f32(dBias, P * graphs.relationCount).fill(0);
    kernels.attentionBackward(...job.start, stats, dMixed, dGiven, ...job.biases, dBias);
    const views = listAt(pass, "views");
    kernels.scatterAdd(views, graphs.relationCount, 1, dBias, P, at.gradient + table);
    release(dBias);
    job.release();
  } else {
    kernels.messagesBackward(
      ...[listAt(pass, "messages"), graphs.relationCount, given, weights + table, D] as const,
      ...[dMixed, dGiven, at.gradient + table] as const,
    );
  }
  linearGradient(places.mixing, at, y1, 4 * D, dGiven, T, dy);
  release(dMixed);
  release(dGiven);
}

/**
 * The heads of a graph network, on addresses: logits of the whole graph from its global node, of a node from
 * that node, of a pair from both and what they are to each other. Logits of what is absent are 0.
 *
 * @module
 */
import type { ActionLayout } from "../plugins/contract.ts";
import { allocate, f32, release } from "../tensor/heap.ts";
import { kernels } from "../tensor/kernels/kernels.ts";
import { add, type GraphPass, listAt, rowsAt } from "./_graph_forward.ts";
import type { PairPlaces } from "./_graph_layout.ts";
import { edgeEnds } from "./_graph_relations.ts";
import { linear, linearGradient, type LinearPlace } from "./_linear_maps.ts";

/** Outputs of a head. */
export function headOutputs(
  { perGraph, perNode, perPair }: ActionLayout,
  nodes: number,
  pairs: number,
): number {
  return perGraph + perNode * nodes + perPair * pairs;
}

/** Pairs of slots of a graph. */
export function pairsOf({ nodes: n, directed }: { nodes: number; directed: boolean }): number {
  return n * (n - 1) / (directed ? 1 : 2);
}

/** Where the gradient of a pass goes. */
export interface GradientAt {
  /** Address of the maps' transposes. */
  transposes: number;
  /** Address of the gradient with respect to the flat weights. */
  gradient: number;
}

/** Writes the outputs of all heads, [R, N] end to end. */
export function writeOutputs(pass: GraphPass, outputs: number): void {
  const N = outputsOf(pass), values = f32(outputs, pass.graphs.rows * N).fill(0);
  for (const head of headsOf(pass)) {
    const { places: { graph, node, pair } } = head;
    if (graph) {
      const rows = globalRows(pass), out = linearOutputs(pass, graph, rows, pass.graphs.rows);
      eachGraph(head, N, 8 * graph.panels, adding(values, out.values), pass);
      out.release();
      release(rows);
    }
    if (node) {
      const out = linearOutputs(pass, node, pass.trace.y, lastRows(pass));
      eachNode(head, N, 8 * node.panels, adding(values, out.values), pass);
      out.release();
    }
    if (pair) {
      const { graphs, weights } = pass, K = head.layout.perPair;
      const job = pairJob(pass, pair, K), out = allocate(4 * K * graphs.pairCount);
      kernels.pairLogits(...job.start, weights + 4 * pair.bias, job.hidden, out);
      const logits = f32(out, K * graphs.pairCount);
      eachPair(head, N, adding(values, logits), pass);
      release(out);
      job.release();
    }
  }
}

/**
 * Adds the gradients of all heads.
 *
 * @param dOutputs [R, N] end to end: the gradient with respect to the outputs
 * @param dy [., D] becomes the gradient with respect to the last norm
 */
export function headsBackward(
  pass: GraphPass,
  dOutputs: number,
  at: GradientAt,
  dy: number,
): void {
  const { shape: { width: D }, graphs: { rows, pairCount } } = pass, M = lastRows(pass);
  const N = outputsOf(pass), given = f32(dOutputs, rows * N);
  f32(dy, M * D).fill(0);
  for (const head of headsOf(pass)) {
    const { places: { graph, node, pair } } = head;
    if (graph) {
      const x = globalRows(pass), dx = allocate(4 * D * rows), d = zeros(8 * graph.panels * rows);
      eachGraph(head, N, 8 * graph.panels, gathering(given, d.values), pass);
      linearGradient(graph, at, x, 4 * D, d.pointer, rows, dx);
      kernels.scatterAdd(listAt(pass, "globals"), rows, 1, dx, D, dy);
      for (const block of [x, dx, d.pointer]) release(block);
    }
    if (node) {
      const dx = allocate(4 * D * M), d = zeros(8 * node.panels * M);
      eachNode(head, N, 8 * node.panels, gathering(given, d.values), pass);
      linearGradient(node, at, pass.trace.y, 4 * D, d.pointer, M, dx);
      add(dy, dx, D * M);
      for (const block of [dx, d.pointer]) release(block);
    }
    if (pair) {
      const K = head.layout.perPair, d = zeros(K * pairCount);
      eachPair(head, N, gathering(given, d.values), pass);
      pairBackward(pass, pair, K, d.pointer, at, dy);
      release(d.pointer);
    }
  }
}

/** A head, and where its outputs are in a row. */
interface Head {
  layout: ActionLayout;
  places: GraphPass["layout"]["heads"][number];
  from: number;
}

function headsOf({ shape: { layouts, observation }, layout }: GraphPass): Head[] {
  let from = 0;
  return layouts.map((one, h) => {
    const outputs = headOutputs(one, observation.nodes, pairsOf(observation));
    return { layout: one, places: layout.heads[h]!, from: (from += outputs) - outputs };
  });
}

function outputsOf({ shape: { layouts, observation } }: GraphPass): number {
  const { nodes } = observation, pairs = pairsOf(observation);
  return layouts.reduce((sum, layout) => sum + headOutputs(layout, nodes, pairs), 0);
}

/** Calls with the place of outputs, that of the numbers they are among a product's rows, and how many. */
type Visit = (output: number, number: number, count: number) => void;

/** Adds numbers to outputs, which are 0 at first. */
function adding(outputs: Float32Array, numbers: Float32Array): Visit {
  return (output, number, count) => {
    for (let k = 0; k < count; k++) outputs[output + k]! += numbers[number + k]!;
  };
}

/** Adds outputs' gradients to those of numbers, which several outputs may be. */
function gathering(outputs: Float32Array, numbers: Float32Array): Visit {
  return (output, number, count) => {
    for (let k = 0; k < count; k++) numbers[number + k]! += outputs[output + k]!;
  };
}

function eachGraph(
  { layout: { perGraph }, from }: Head,
  N: number,
  P: number,
  visit: Visit,
  { graphs: { rows } }: GraphPass,
): void {
  for (let r = 0; r < rows; r++) {
    visit(r * N + from, r * P, perGraph);
  }
}

function eachNode(
  { layout: { perGraph, perNode }, from }: Head,
  N: number,
  P: number,
  visit: Visit,
  { graphs: { rows, spans, slots, depths } }: GraphPass,
): void {
  const { of } = depths.at(-1)!;
  for (let r = 0; r < rows; r++) {
    const first = spans[2 * r]!, end = first + spans[2 * r + 1]!, nodes = r * N + from + perGraph;
    for (let t = first + 1; t < end; t++) {
      visit(nodes + slots[t]! * perNode, of[t]! * P, perNode);
    }
  }
}

/**
 * Where ends are unlike, a pair has an entry from either end, and its logit is their sum: action k about edge
 * type k is, from the other end, about the type that k is from there; other actions know no ends.
 */
function eachPair(
  { layout: { perGraph, perNode, perPair: K }, from }: Head,
  N: number,
  visit: Visit,
  { shape: { observation }, graphs: { pairCount, pairPlaces } }: GraphPass,
): void {
  const pairs = pairsOf(observation), { nodes, edgeTypes, reversed } = observation;
  const unlike = edgeEnds(observation) === "unlike";
  const turned = unlike && K === edgeTypes ? reversed! : null;
  const start = from + perGraph + nodes * perNode;
  for (let q = 0; q < pairCount; q++) {
    const place = pairPlaces[q]!, row = Math.floor(place / pairs);
    const at = row * N + start + (place - row * pairs) * K;
    // Of an entry's two, the second is the one from the other end.
    if (turned === null || q % 2 === 0) visit(at, q * K, K);
    else for (let k = 0; k < K; k++) visit(at + turned[k]!, q * K + k, 1);
  }
}

/** The global nodes' rows of the last norm, [R, D]: a block to be released. */
function globalRows(pass: GraphPass): number {
  const { shape: { width: D }, graphs: { rows, at }, trace } = pass;
  return rowsAt(pass, at.globals, rows, trace.y, D);
}

/** Rows of the last norm. */
function lastRows({ graphs: { depths } }: GraphPass): number {
  return depths.at(-1)!.rows;
}

function linearOutputs(
  { shape: { width: D }, weights }: GraphPass,
  place: LinearPlace,
  x: number,
  rows: number,
) {
  const pointer = allocate(32 * place.panels * rows);
  linear(weights, place, x, 4 * D, rows, pointer);
  const values = f32(pointer, 8 * place.panels * rows);
  return { values, release: () => release(pointer) };
}

/** What nodes give to pairs, and the arguments that the kernels of pairs share. */
function pairJob(pass: GraphPass, pair: PairPlaces, K: number) {
  const { shape: { width: D }, graphs: { pairCount }, weights, trace } = pass, M = lastRows(pass);
  const nodes = allocate(32 * pair.nodes.panels * M), hidden = allocate(8 * D);
  linear(weights, pair.nodes, trace.y, 4 * D, M, nodes);
  return {
    start: [
      ...[listAt(pass, "pairs"), pairCount, nodes, weights + 4 * pair.edges, D] as const,
      ...[weights + 4 * pair.weight, K] as const,
    ] as const,
    hidden,
    release() {
      release(nodes);
      release(hidden);
    },
  };
}

function pairBackward(
  pass: GraphPass,
  pair: PairPlaces,
  K: number,
  dLogits: number,
  at: GradientAt,
  dy: number,
): void {
  const { shape: { width: D }, trace } = pass, { gradient } = at, M = lastRows(pass);
  const job = pairJob(pass, pair, K), dNodes = zeros(8 * pair.nodes.panels * M);
  kernels.pairLogitsBackward(
    ...[...job.start, dLogits, job.hidden, dNodes.pointer] as const,
    ...[pair.edges, pair.weight, pair.bias].map((place) => gradient + 4 * place) as [
      ...[edges: number, weight: number, bias: number],
    ],
  );
  job.release();
  const dx = allocate(4 * D * M);
  linearGradient(pair.nodes, at, trace.y, 4 * D, dNodes.pointer, M, dx);
  add(dy, dx, D * M);
  release(dNodes.pointer);
  release(dx);
}

function zeros(length: number): { pointer: number; values: Float32Array } {
  const pointer = allocate(4 * length);
  return { pointer, values: f32(pointer, length).fill(0) };
}

/**
 * What a pass through a graph network leaves for its gradient, as addresses of buffers with a row for each
 * row of a depth: n before a layer, m after it. Nothing is kept of messages and pairs.
 *
 * @module
 */
import type { GraphShape } from "./_graph_layout.ts";
import { messageMaps } from "./_graph_relations.ts";
import { padTo8 } from "./_parameters.ts";

/** What a layer leaves. */
export interface GraphLayerTrace {
  /** [n, D] norm before gain and bias, [n] 1 / deviation, [n, D] norm */
  normal1: number;
  inverse1: number;
  y1: number;
  /** [n, maps D] what messages come from, or [n, 3 D] query, key and value */
  given: number;
  /** [m, D] sums of messages, or what attention gives */
  mixed: number;
  /** [m, heads, 2] of attention */
  stats: number;
  normal2: number;
  inverse2: number;
  y2: number;
  /** [m, F padded] */
  hidden: number;
}

/** What a pass leaves. */
export interface GraphTrace {
  layers: readonly GraphLayerTrace[];
  /** The last norm, whose [., D] `y` the heads read. */
  normal: number;
  inverse: number;
  y: number;
}

/** A buffer of a trace. */
export interface TraceBuffer {
  at: number;
  /** Bytes of a row. */
  bytes: number;
  /** The depth that its rows are of. */
  depth: number;
}

/** Bytes of the trace of so many rows at each depth. */
export function traceBytes(shape: GraphShape, rows: readonly number[]): number {
  return layOut(shape, 0, rows).end;
}

/** A trace in a block of {@linkcode traceBytes}. */
export function traceAt(
  shape: GraphShape,
  pointer: number,
  rows: readonly number[],
): GraphTrace {
  return layOut(shape, pointer, rows).trace;
}

/** All buffers of such a trace, in one order. */
export function traceBuffers(
  shape: GraphShape,
  pointer: number,
  rows: readonly number[],
): TraceBuffer[] {
  return layOut(shape, pointer, rows).buffers;
}

function layOut(shape: GraphShape, pointer: number, rows: readonly number[]) {
  const { width: D, mixing, attentionHeads: H, feedForward, observation } = shape;
  const buffers: TraceBuffer[] = [];
  let end = pointer;
  const take = (depth: number, numbers: number) => {
    const at = end;
    buffers.push({ at, bytes: 4 * numbers, depth });
    end += Math.ceil(4 * numbers * rows[depth]! / 16) * 16;
    return at;
  };
  const given = mixing === "transformer" ? 3 : messageMaps(observation).length;
  const stats = mixing === "transformer" ? 2 * H : 0, L = shape.layers;
  const layers = Array.from({ length: L }, (_, l): GraphLayerTrace => ({
    ...{ normal1: take(l, D), inverse1: take(l, 1), y1: take(l, D), given: take(l, given * D) },
    ...{ mixed: take(l + 1, D), stats: take(l + 1, stats) },
    ...{ normal2: take(l + 1, D), inverse2: take(l + 1, 1), y2: take(l + 1, D) },
    hidden: take(l + 1, padTo8(feedForward)),
  }));
  const trace: GraphTrace = { layers, normal: take(L, D), inverse: take(L, 1), y: take(L, D) };
  return { trace, end, buffers };
}

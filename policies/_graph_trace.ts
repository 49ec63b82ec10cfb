/**
 * What a pass through a graph network leaves for its gradient, as addresses of buffers with a row for each
 * token. Nothing is kept of messages and pairs.
 *
 * @module
 */
import type { GraphShape } from "./_graph_layout.ts";
import { messageMaps } from "./_graph_relations.ts";
import { padTo8 } from "./_parameters.ts";

/** What a layer leaves. */
export interface GraphLayerTrace {
  /** [T, D] norm before gain and bias, [T] 1 / deviation, [T, D] norm */
  normal1: number;
  inverse1: number;
  y1: number;
  /** [T, maps D] what messages come from, or [T, 3 D] query, key and value */
  given: number;
  /** [T, D] sums of messages, or what attention gives */
  mixed: number;
  /** [T, heads, 2] of attention */
  stats: number;
  normal2: number;
  inverse2: number;
  y2: number;
  /** [T, F padded] */
  hidden: number;
}

/** What a pass leaves. */
export interface GraphTrace {
  layers: readonly GraphLayerTrace[];
  /** The last norm, whose [T, D] `y` the heads read. */
  normal: number;
  inverse: number;
  y: number;
}

/** A buffer of a trace. */
export interface TraceBuffer {
  at: number;
  /** Bytes of a row. */
  bytes: number;
}

/** Bytes of the trace of T tokens. */
export function traceBytes(shape: GraphShape, tokens: number): number {
  return layOut(shape, 0, tokens).end;
}

/** A trace in a block of {@linkcode traceBytes}. */
export function traceAt(shape: GraphShape, pointer: number, tokens: number): GraphTrace {
  return layOut(shape, pointer, tokens).trace;
}

/** All buffers of such a trace, in one order. */
export function traceBuffers(shape: GraphShape, pointer: number, tokens: number): TraceBuffer[] {
  return layOut(shape, pointer, tokens).buffers;
}

function layOut(shape: GraphShape, pointer: number, tokens: number) {
  const { width: D, mixing, attentionHeads: H, feedForward, observation } = shape;
  const buffers: TraceBuffer[] = [];
  let end = pointer;
  const take = (numbers: number) => {
    const at = end;
    buffers.push({ at, bytes: 4 * numbers });
    end += Math.ceil(4 * numbers * tokens / 16) * 16;
    return at;
  };
  const given = mixing === "transformer" ? 3 : messageMaps(observation).length;
  const layers = Array.from({ length: shape.layers }, (): GraphLayerTrace => ({
    ...{ normal1: take(D), inverse1: take(1), y1: take(D), given: take(given * D) },
    ...{ mixed: take(D), stats: take(mixing === "transformer" ? 2 * H : 0) },
    ...{ normal2: take(D), inverse2: take(1), y2: take(D), hidden: take(padTo8(feedForward)) },
  }));
  const trace: GraphTrace = { layers, normal: take(D), inverse: take(1), y: take(D) };
  return { trace, end, buffers };
}

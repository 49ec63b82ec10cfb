/**
 * What a pass through a Transformer leaves, as addresses. A buffer holds a row for each token, and its
 * address is where the row of token 0 is or would be: a pass over later tokens alone writes behind it.
 *
 * @module
 */
import { padTo8 } from "./_parameters.ts";
import type { TransformerShape } from "./_transformer_layout.ts";

/** What a block leaves. */
export interface BlockTrace {
  /** [T, 3 D] query, key, value */
  qkv: number;
  /** [T, D] what attention gives */
  mixed: number;
  /** [T, heads, 2] */
  stats: number;
  /** [T, D] first norm before gain and bias, and [T] 1 / deviation */
  normal1: number;
  inverse1: number;
  /** [T, D] first norm */
  y1: number;
  /** [T, F padded] */
  hidden: number;
  /** [T, D] second norm before gain and bias, and [T] 1 / deviation */
  normal2: number;
  inverse2: number;
  /** [T, D] second norm: the block's output */
  y2: number;
}

/** What a pass leaves. */
export interface Trace {
  /** [T, D] embedded tokens: the first block's input */
  x: number;
  blocks: readonly BlockTrace[];
}

/** Bytes of a row of each buffer of a block. */
export function rowBytes(
  { width: D, heads, feedForward }: TransformerShape,
): Record<keyof BlockTrace, number> {
  return {
    ...{ qkv: 12 * D, mixed: 4 * D, stats: 8 * heads },
    ...{ normal1: 4 * D, inverse1: 4, y1: 4 * D, hidden: 4 * padTo8(feedForward) },
    ...{ normal2: 4 * D, inverse2: 4, y2: 4 * D },
  };
}

/** Bytes of a trace that keeps everything, for the gradient. */
export function traceBytes(shape: TransformerShape, tokens: number): number {
  return layOut(shape, 0, tokens).end;
}

/** A trace in a block of {@linkcode traceBytes}. */
export function traceAt(shape: TransformerShape, pointer: number, tokens: number): Trace {
  return layOut(shape, pointer, tokens).trace;
}

/** All buffers of such a trace, in one order: their addresses, and the bytes of a row. */
export function traceBuffers(shape: TransformerShape, trace: Trace): [at: number, bytes: number][] {
  const bytes = Object.entries(rowBytes(shape)) as [keyof BlockTrace, number][];
  return [
    [trace.x, 4 * shape.width],
    ...trace.blocks.flatMap((block) =>
      bytes.map(([name, size]): [number, number] => [block[name], size])
    ),
  ];
}

function layOut(shape: TransformerShape, pointer: number, tokens: number) {
  const rows = rowBytes(shape), take = taker(pointer);
  const x = take(4 * shape.width * tokens);
  const blocks = Array.from({ length: shape.layers }, () => {
    const block = Object.entries(rows).map(([name, bytes]) => [name, take(bytes * tokens)]);
    return Object.fromEntries(block) as BlockTrace;
  });
  return { trace: { x, blocks }, end: take(0) };
}

/** What is kept of all tokens where no gradient will be taken. */
export interface Kept {
  /** By block, [T, 3 D] queries, keys and values */
  qkv: readonly number[];
  /** [T, D] what tokens are: at first as embedded, at last as the last block leaves them */
  x: number;
}

/** Bytes of a pass over tokens where no gradient will be taken, beside what is kept. */
export function passingBytes(shape: TransformerShape, tokens: number): number {
  return layOutPassing(shape, 0, tokens, 0, { qkv: [], x: 0 }).end;
}

/** Such a pass's trace in a block of {@linkcode passingBytes}, over `tokens` tokens from `first` on. */
export function passingAt(
  shape: TransformerShape,
  pointer: number,
  tokens: number,
  first: number,
  kept: Kept,
): Trace {
  return layOutPassing(shape, pointer, tokens, first, kept).trace;
}

function layOutPassing(
  shape: TransformerShape,
  pointer: number,
  tokens: number,
  first: number,
  { qkv, x }: Kept,
) {
  const rows = rowBytes(shape), take = taker(pointer);
  const buffer = (bytes: number) => take(bytes * tokens) - bytes * first;
  const normal = buffer(rows.normal1), inverse = buffer(rows.inverse1);
  const all = {
    ...{ mixed: buffer(rows.mixed), stats: buffer(rows.stats), y1: buffer(rows.y1) },
    ...{ hidden: buffer(rows.hidden), normal1: normal, inverse1: inverse },
    // A block's output takes the place of its input, which nobody reads any more.
    ...{ normal2: normal, inverse2: inverse, y2: x },
  };
  return { trace: { x, blocks: qkv.map((qkv) => ({ ...all, qkv })) }, end: take(0) };
}

/** Gives out one part of memory after the other, each at a multiple of 16. */
function taker(pointer: number): (bytes: number) => number {
  let next = pointer;
  return (bytes) => {
    const at = next;
    next += Math.ceil(bytes / 16) * 16;
    return at;
  };
}

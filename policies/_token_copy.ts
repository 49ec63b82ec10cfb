/**
 * A recorded pass of some rows copied into the trace of the whole batch, token by token.
 *
 * @module
 */
import { allocate, f32, i32, release } from "../tensor/heap.ts";
import { kernels } from "../tensor/kernels/kernels.ts";
import type { TracePart } from "./_recording.ts";

/** A recorded pass whose rows are tokens of their own, one row's after the other's. */
export interface TokenPart extends TracePart {
  /** T of the part */
  tokens: number;
  /** [rows * 2] (first token, tokens) of each row. */
  spans: Int32Array;
}

/** Where recorded passes are copied to. */
export interface WholeBatch {
  /** [R * 2] (first token, tokens) of each row. */
  spans: Int32Array;
  /** Address of the outputs, [R, N] end to end. */
  outputs: number;
  N: number;
}

/** A buffer with a row of bytes for each token, in the part and in the whole. */
export interface TokenBuffer {
  from: number;
  to: number;
  bytes: number;
}

/**
 * Copies what a part computed of its tokens, and its outputs.
 *
 * @param places the rows of the batch that the part's rows are
 */
export function copyTokens(
  buffers: readonly TokenBuffer[],
  { spans, outputs, N }: WholeBatch,
  part: TokenPart,
  places: Int32Array,
): void {
  const { tokens } = part, index = allocate(4 * tokens), token = i32(index, tokens);
  places.forEach((row, r) => {
    const first = part.spans[2 * r]!, count = part.spans[2 * r + 1]!;
    for (let i = 0; i < count; i++) token[first + i] = spans[2 * row]! + i;
    f32(outputs + 4 * row * N, N).set(f32(part.outputs + 4 * r * N, N));
  });
  for (const { from, to, bytes } of buffers) {
    if (bytes > 0) kernels.scatterRows(from, tokens, bytes, index, to);
  }
  release(index);
}

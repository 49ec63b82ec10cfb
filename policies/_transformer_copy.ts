/**
 * A recorded pass of some rows copied into the trace of the whole batch, token by token.
 *
 * @module
 */
import { allocate, f32, i32, release } from "../tensor/heap.ts";
import { kernels } from "../tensor/kernels/kernels.ts";
import type { TracePart } from "./_recording.ts";
import type { TransformerShape } from "./_transformer_layout.ts";
import { type BlockTrace, rowBytes, type Trace, traceAt } from "./_transformer_trace.ts";

/** A recorded pass whose rows are sequences of their own, one after the other. */
export interface SequencePart extends TracePart {
  /** T of the part */
  tokens: number;
  /** [rows * 2] (first token, tokens) of each row. */
  spans: Int32Array;
}

/** Where recorded passes are copied to. */
export interface WholeBatch {
  trace: Trace;
  /** [R * 2] (first token, tokens) of each row. */
  spans: Int32Array;
  /** Address of the outputs, [R, N] end to end. */
  outputs: number;
  N: number;
}

/**
 * Copies what a part computed of its tokens, and its outputs.
 *
 * @param places the rows of the batch that the part's rows are
 */
export function copySequences(
  shape: TransformerShape,
  { trace: whole, spans, outputs, N }: WholeBatch,
  part: SequencePart,
  places: Int32Array,
): void {
  const { tokens } = part, index = allocate(4 * tokens), to = i32(index, tokens);
  places.forEach((row, r) => {
    const first = part.spans[2 * r]!, count = part.spans[2 * r + 1]!;
    for (let i = 0; i < count; i++) to[first + i] = spans[2 * row]! + i;
    f32(outputs + 4 * row * N, N).set(f32(part.outputs + 4 * r * N, N));
  });
  const from = traceAt(shape, part.trace, tokens);
  kernels.scatterRows(from.x, tokens, 4 * shape.width, index, whole.x);
  const bytes = Object.entries(rowBytes(shape)) as [keyof BlockTrace, number][];
  for (const [l, block] of from.blocks.entries()) {
    for (const [name, size] of bytes) {
      kernels.scatterRows(block[name], tokens, size, index, whole.blocks[l]![name]);
    }
  }
  release(index);
}

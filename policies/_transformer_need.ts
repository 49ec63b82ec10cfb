/**
 * What a row of a batch takes of the engine's memory, for batches that would not fit to be refused.
 *
 * @module
 */
import { padTo8 } from "./_parameters.ts";
import type { TransformerShape } from "./_transformer_layout.ts";
import { traceBytes } from "./_transformer_trace.ts";

/**
 * Bytes of one row on the tape and on the way back: trace, outputs and their gradient, and what lives at
 * once in the gradient of a block.
 *
 * @param tokens of the row that no other row has
 * @param longest tokens of its sequence, which lists of them name
 * @param units rows of means that each head reads
 */
export function rowBytesOnTape(
  shape: TransformerShape,
  tokens: number,
  longest: number,
  units: readonly number[],
): number {
  const { width: D, feedForward, outputs } = shape;
  // Of each token its two embeddings, one or two mentions in lists, and gradients: of the residual, what
  // attention gives, queries, keys and values, and the input; or of the residual and the hidden numbers.
  let numbers = tokens * (2 + Math.max(6 * D, 3 * D + padTo8(feedForward))) + 2 * longest + 8;
  for (const [h, N] of outputs.entries()) {
    // Outputs and their gradient as they are; both padded, with means and their gradient.
    numbers += units[h]! * (2 * N + 2 * padTo8(N) + 2 * D + 2);
  }
  return traceBytes(shape, 64) / 64 * tokens + 4 * numbers;
}

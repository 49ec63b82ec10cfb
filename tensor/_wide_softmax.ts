/**
 * The masked log-softmax of wide rows, by kernels: a policy over 3,840 actions spends a sixth of an
 * iteration on exponentials otherwise.
 *
 * @module
 */
import { fused } from "./_fused.ts";
import type { tf } from "./backend.ts";
import { allocate, f64, release, u8 } from "./heap.ts";
import { kernels } from "./kernels/kernels.ts";
import { EXP_BYTES } from "./kernels/sequence_kernels.ts";

/** Actions from which kernels are worth a copy of the mask. */
export const WIDE = 64;

/** As `maskedLogSoftmax`. Exponentials are float32, sums of them doubles. */
export function wideLogSoftmax(logits: tf.Tensor2D, mask: Uint8Array): tf.Tensor2D {
  const [R, A] = logits.shape;
  return fused<tf.Rank.R2>(logits, {
    shape: [R, A],
    keep: "output",
    forward(x, logp) {
      withMask(mask, 16 * R, (masked, constants, more) => {
        kernels.maskedExpSums(x.byteOffset, masked, R, A, constants, more);
        const sums = f64(more, 2 * R);
        for (let r = 0; r < R; r++) sums[r] = sums[2 * r]! + Math.log(sums[2 * r + 1]!);
        kernels.maskedSubtract(x.byteOffset, masked, R, A, more, logp.byteOffset);
      });
    },
    backward(dy, dx, logp) {
      withMask(mask, 0, (masked, constants) => {
        const { byteOffset: from } = dy, { byteOffset: to } = dx;
        kernels.logSoftmaxBackward(from, logp.byteOffset, masked, R, A, constants, to);
      });
    },
  });
}

/** Calls with the address of a copy of the mask, of room for constants and of `bytes` bytes more. */
function withMask(
  mask: Uint8Array,
  bytes: number,
  use: (mask: number, constants: number, more: number) => void,
): void {
  const pointer = allocate(EXP_BYTES + bytes + mask.length), more = pointer + EXP_BYTES;
  u8(more + bytes, mask.length).set(mask);
  use(more + bytes, pointer, more);
  release(pointer);
}

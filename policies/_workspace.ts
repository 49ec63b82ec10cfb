/**
 * Memory of the engine as networks use it: a block that stays between calls, and tensors that tfjs owns.
 *
 * @module
 */
import { tensorFromPointer, tf } from "../tensor/backend.ts";
import { allocate, release } from "../tensor/heap.ts";

/** One block of memory, which grows when more is asked for. */
export class Workspace {
  #pointer = allocate(0);
  #bytes = 0;

  /** A block of at least `bytes` bytes, whose contents are kept until the next call. */
  reserve(bytes: number): number {
    if (bytes > this.#bytes) {
      release(this.#pointer);
      this.#pointer = allocate(bytes);
      this.#bytes = bytes;
    }
    return this.#pointer;
  }

  dispose(): void {
    release(this.#pointer);
  }
}

/** An uninitialised tensor: owned by the scope of tfjs that is open. */
export function newTensor(shape: number[]): tf.Tensor {
  return tensorFromPointer(allocate(4 * tf.util.sizeFromShape(shape)), shape);
}

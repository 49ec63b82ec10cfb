/**
 * Nodes of the tape that we compute ourselves, straight on the numbers in memory.
 *
 * @module
 */
import { pointerOf, tensorFromPointer, tf } from "./backend.ts";
import { allocate, f32 } from "./heap.ts";

/** A function of one float32 tensor and its derivative. */
export interface Fused<R extends tf.Rank> {
  /** Shape of the output. */
  shape: tf.ShapeMap[R];
  /** What `backward` reads besides dy. */
  keep: "input" | "output" | "nothing";
  /** Sets every number of `y`, which are arbitrary before. */
  forward: (x: Float32Array, y: Float32Array) => void;
  /** Sets every number of `dx`, which are arbitrary before; `kept` is empty where nothing is kept. */
  backward: (dy: Float32Array, dx: Float32Array, kept: Float32Array) => void;
}

/** The function of x as one node of the tape. */
export function fused<R extends tf.Rank>(
  x: tf.Tensor,
  { shape, keep, forward, backward }: Fused<R>,
): tf.Tensor<R> {
  const node = tf.customGrad((...args) => {
    // tfjs's type says that every argument is a tensor; the last one is how to save.
    const [x, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const value = newTensor<tf.Rank>(shape, (y) => forward(numbers(x), y));
    if (keep !== "nothing") save([keep === "input" ? x : value]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [kept]: tf.Tensor[]) =>
        newTensor<tf.Rank>(
          x.shape,
          (dx) => backward(numbers(dy), dx, kept ? numbers(kept) : new Float32Array()),
        ),
    };
  });
  return node(x) as unknown as tf.Tensor<R>;
}

/** The numbers of a float32 tensor, in place. */
function numbers(tensor: tf.Tensor): Float32Array {
  return f32(pointerOf(tensor), tensor.size);
}

function newTensor<R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  fill: (values: Float32Array) => void,
): tf.Tensor<R> {
  const size = tf.util.sizeFromShape(shape), pointer = allocate(4 * size);
  fill(f32(pointer, size));
  return tensorFromPointer(pointer, shape);
}

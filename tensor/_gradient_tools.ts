/**
 * The moves that derivative rules are made of. All return new tensors.
 *
 * @module
 */
import { failure } from "../errors.ts";
import { tf } from "./_tfjs.ts";

type T = tf.Tensor;
type Axes = number | number[] | null | undefined;

/** The same numbers as a tensor of its own. */
export function fresh(dy: T): T {
  return tf.reshape(dy, dy.shape);
}

/** Adds up what broadcasting repeated: dy of the broadcast shape to one of `shape`. */
export function sumTo(dy: T, shape: number[]): T {
  const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, shape);
}

/** A reduced tensor, broadcast along the axes that the reduction took away. */
export function spread(reduced: T, shape: number[], axis: Axes): T {
  if (reduced.size === 1) return tf.fill(shape, reduced.dataSync()[0]!);
  return tf.broadcastTo(keepAxes(reduced, shape, axis), shape);
}

/** dy of a maximum or minimum over `axis`, shared equally by the entries that attain it. */
export function toExtremes(dy: T, x: T, extreme: T, axis: Axes): T {
  const attained = tf.cast(tf.equal(x, keepAxes(extreme, x.shape, axis)), "float32");
  const share = tf.div(keepAxes(dy, x.shape, axis), tf.sum(attained, axis ?? undefined, true));
  return tf.mul(attained, share);
}

/** The part of dy that goes to the first of two operands: all where it won, half at ties. */
export function wonBy(first: T, second: T, dy: T, comparison: typeof tf.greater): T {
  const lost = tf.where(tf.equal(first, second), tf.mul(dy, 0.5), tf.zerosLike(dy));
  return tf.where(comparison(first, second), dy, lost);
}

/** Adds up the copies that tiling made. */
export function untile(dy: T, shape: number[], reps: number[]): T {
  // [r0 * n0, r1 * n1] read as [r0, n0, r1, n1]: the copies lie along the even axes.
  const parts = shape.flatMap((n, i) => [reps[i]!, n]);
  return tf.reshape(tf.sum(tf.reshape(dy, parts), shape.map((_, i) => 2 * i)), shape);
}

/** Adds the slices of dy, taken at `indices` along an axis, into zeros of `shape`. */
export function scatter(
  dy: T,
  indices: T,
  shape: number[],
  { axis, batchDims }: { axis: number; batchDims: number },
): T {
  if (batchDims !== 0) {
    throw failure(
      "E_GRADIENT",
      `Cannot compute the gradient of gather: found batchDims ${batchDims}, want 0`,
    );
  }
  const at = tf.util.parseAxisParam(axis, shape)[0]!;
  const outer = tf.util.sizeFromShape(shape.slice(0, at));
  const inner = tf.util.sizeFromShape(shape.slice(at + 1));
  const rows = tf.reshape(tf.transpose(tf.reshape(dy, [outer, indices.size, inner]), [1, 0, 2]), [
    indices.size,
    outer * inner,
  ]);
  const added = tf.scatterND(tf.reshape(indices, [indices.size, 1]), rows, [
    shape[at]!,
    outer * inner,
  ]);
  return tf.reshape(tf.transpose(tf.reshape(added, [shape[at]!, outer, inner]), [1, 0, 2]), shape);
}

/** dy of a slice, with zeros around it. */
export function unslice(dy: T, shape: number[], begin: number | number[]): T {
  const from = [begin].flat();
  return tf.pad(
    dy,
    shape.map((n, i) => {
      const before = from[i] ?? 0;
      return [before, n - before - dy.shape[i]!] as [number, number];
    }),
  );
}

/** A reduced tensor with the reduced axes kept at length 1. */
function keepAxes(reduced: T, shape: number[], axis: Axes): T {
  const axes = tf.util.parseAxisParam((axis ?? null)!, shape);
  return tf.reshape(reduced, shape.map((n, i) => axes.includes(i) ? 1 : n));
}

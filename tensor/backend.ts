/**
 * The tensor engine: tfjs with our own backend, `gfn`, whose numbers live in the memory that our
 * kernels work in. All our code imports tfjs from here, so that the backend is set and gradients are
 * known before the first tensor is made.
 *
 * Every kernel of tfjs's plain JavaScript backend works on ours unchanged: it finds a typed array, which
 * happens to be a view of that memory. `dataSync` and `data` copy, so what they give stays valid; only
 * {@linkcode pointerOf} reaches the numbers themselves.
 *
 * @module
 */
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { failure, usageError } from "../errors.ts";
import { tf } from "./_tfjs.ts";
import { registerGradients } from "./gradients.ts";
import { allocate, f32, i32, memory, release, u8 } from "./heap.ts";

export { tf };

/** Name of our backend in tfjs's registry. */
const BACKEND = "gfn";

/** Types whose numbers live in our memory; strings and pairs of complex numbers stay with tfjs. */
type HeapType = "float32" | "int32" | "bool";
type HeapView = Float32Array | Int32Array | Uint8Array;
type Values = tf.backend_util.BackendValues;

/** tfjs's plain JavaScript backend, with the numbers in our memory. */
class HeapBackend extends MathBackendCPU {
  override write(values: Values, _shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.data.set(dataId, { values: toHeap(values, dtype), dtype, refCount: 1 });
    return dataId;
  }

  override move(
    dataId: object,
    values: Values,
    _shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    this.data.set(dataId, { values: toHeap(values, dtype), dtype, refCount });
  }

  override readSync(dataId: object): Values {
    const values = super.readSync(dataId);
    return isInHeap(values) ? values.slice() : values;
  }

  override disposeData(dataId: object, force?: boolean): boolean {
    const values = this.data.has(dataId) ? this.data.get(dataId).values : undefined;
    const gone = super.disposeData(dataId, force);
    if (gone && isInHeap(values)) release(values.byteOffset);
    return gone;
  }

  override memory(): { unreliable: boolean; reasons: string[] } {
    return { unreliable: false, reasons: [] };
  }

  /** A tensor made of numbers that are in our memory already. */
  adopt(values: HeapView, shape: number[], dtype: HeapType): tf.Tensor {
    const dataId = {};
    this.data.set(dataId, { values, dtype, refCount: 1 });
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype }, this);
  }
}

const backend = start();

/**
 * Address of a tensor's numbers in {@linkcode memory}: float32 and int32 take four bytes a number, bool
 * one. It is valid as long as the tensor is. Tensors that share their numbers, as a reshaped one does
 * with its source, have the same address.
 *
 * @throws {GfnError} `E_TENSOR_TYPE` for strings and complex numbers
 */
export function pointerOf(tensor: tf.Tensor): number {
  // A disposed tensor must not answer: its address belongs to somebody else by now.
  if (tensor.isDisposed) {
    throw failure("E_TENSOR_DISPOSED", "Cannot give the address of a tensor: it is disposed");
  }
  const { values } = backend.data.get(tensor.dataId);
  if (isInHeap(values)) return values.byteOffset;
  throw usageError(
    "E_TENSOR_TYPE",
    `Cannot give the address of a tensor: found dtype ${tensor.dtype}, want float32, int32 or bool`,
  );
}

/**
 * A tensor over numbers at an address given by `allocate`, without a copy. The tensor owns the block
 * from then on and releases it when it is disposed.
 *
 * @param pointer holds as many numbers as the shape says
 */
export function tensorFromPointer<R extends tf.Rank = tf.Rank>(
  pointer: number,
  shape: tf.ShapeMap[R],
  dtype: HeapType = "float32",
): tf.Tensor<R> {
  const size = tf.util.sizeFromShape(shape);
  return backend.adopt(viewOf(pointer, size, dtype), shape, dtype) as tf.Tensor<R>;
}

/** A copy of the values in our memory, where its type belongs there. */
function toHeap(values: Values, dtype: tf.DataType): Values {
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") return values;
  const pointer = allocate(values.length * (dtype === "bool" ? 1 : 4));
  const view = viewOf(pointer, values.length, dtype);
  view.set(values as ArrayLike<number>);
  return view;
}

function viewOf(pointer: number, length: number, dtype: HeapType): HeapView {
  switch (dtype) {
    case "float32":
      return f32(pointer, length);
    case "int32":
      return i32(pointer, length);
    case "bool":
      return u8(pointer, length);
  }
}

function isInHeap(values: Values | undefined): values is HeapView {
  return ArrayBuffer.isView(values) && values.buffer === memory.buffer;
}

/** Registers the backend and makes it the current one, before anyone can make a tensor elsewhere. */
function start(): HeapBackend {
  tf.copyRegisteredKernels("cpu", BACKEND);
  registerGradients();
  const made = new HeapBackend();
  tf.registerBackend(BACKEND, () => made);
  // Its promise is for backends that start asynchronously; ours is current when the call returns.
  void tf.setBackend(BACKEND);
  return made;
}

/**
 * The WebAssembly kernels, instantiated over the one memory of `heap.ts`. All arguments are addresses
 * (multiples of 16), counts of elements, and strides in bytes; nothing is checked.
 *
 * Matrices with N columns are stored with rows padded to P = 8 * ceil(N / 8) columns, and weights
 * [K, N] in panels of 8 columns: element (k, 8j + c) at 8 * K * j + 8 * k + c. Padding is 0 and every
 * kernel keeps it so. A sum always runs in one order, so a row of a result depends neither on the
 * other rows nor on how many there are.
 *
 * @module
 */
import { memory } from "../heap.ts";
import type { GraphKernels } from "./graph_kernels.ts";
import type { SequenceKernels } from "./sequence_kernels.ts";
import { relaxed, relaxedShared, strict, strictShared } from "./_wasm.ts";

/** What {@linkcode Kernels.gemm} does to a sum before it is stored, and what its last argument is. */
export const epilogue = {
  /** Nothing; the last argument is not read. */
  none: 0,
  /** Adds bias [P]. */
  bias: 1,
  /** Adds bias [P], then max(x, 0). */
  biasRelu: 2,
  /** Times [activation > 0], of activations laid out like the result: the gradient of a ReLU. */
  reluMask: 3,
} as const;

/** One of the values of {@linkcode epilogue}. */
export type Epilogue = typeof epilogue[keyof typeof epilogue];

/** The kernels by family. */
export interface Kernels extends SequenceKernels, GraphKernels {
  /** C [rows, 8 * panels] = A [rows, K] times B [K, 8 * panels] in panels, then the epilogue. */
  gemm(
    a: number,
    strideA: number,
    b: number,
    c: number,
    strideC: number,
    rows: number,
    K: number,
    panels: number,
    epilogue: Epilogue,
    extra: number,
  ): void;
  /** C [K, 8 * panels] in panels = A^T B, with A [rows, K] and B [rows, 8 * panels]. */
  gemmTransposed(
    a: number,
    strideA: number,
    b: number,
    strideB: number,
    c: number,
    rows: number,
    K: number,
    panels: number,
  ): void;
  /** out [N, K] in panels = the transpose of b [K, N] in panels. */
  transposePanels(b: number, K: number, N: number, out: number): void;
  /** out [K, 8 * panels] row by row = b in panels. */
  unpackPanels(b: number, K: number, panels: number, out: number): void;
  /** out [K, 8 * panels] in panels = from row by row. */
  packPanels(from: number, K: number, panels: number, out: number): void;
  /** C [rows, 8 * panels] += bias [8 * panels]; then max(x, 0) if relu is 1. */
  addBias(
    c: number,
    strideC: number,
    rows: number,
    panels: number,
    bias: number,
    relu: 0 | 1,
  ): void;
  /** C [rows, 8 * panels] *= [activation > 0], of activations laid out like C. */
  maskRelu(c: number, strideC: number, rows: number, panels: number, activation: number): void;
  /**
   * out [rows * fields] = first[f] + value, for int32 values [rows, fields]: rows of a matrix that has
   * one for each value of each field.
   *
   * @returns the position of the first value outside 0..sizes[f]-1, or -1
   */
  findRows(
    values: number,
    rows: number,
    fields: number,
    sizes: number,
    first: number,
    out: number,
  ): number;
  /** out [rows, P] = bias + the sum of the matrix rows index [rows, fields]; max(x, 0) if relu is 1. */
  gatherSum(
    index: number,
    rows: number,
    fields: number,
    matrix: number,
    P: number,
    bias: number,
    out: number,
    relu: 0 | 1,
  ): void;
  /** matrix [., P] rows index [rows, fields] += d [rows, P]: the gradient of gatherSum. */
  scatterAdd(
    index: number,
    rows: number,
    fields: number,
    d: number,
    P: number,
    matrix: number,
  ): void;
  /** out [8 * panels] = the sum of the rows of a. */
  columnSums(a: number, strideA: number, rows: number, panels: number, out: number): void;
  /** [rows, N] laid end to end becomes [rows, P]. */
  padColumns(from: number, rows: number, N: number, to: number): void;
  /** [rows, P] becomes [rows, N] laid end to end. */
  trimColumns(from: number, rows: number, N: number, to: number): void;
  /** Rows of `bytes` bytes laid end to end, copied to the rows index [rows] of another matrix of such. */
  scatterRows(from: number, rows: number, bytes: number, index: number, to: number): void;
  /**
   * One step of Adam in place, as PyTorch does it: g = scale * gradient, m += (1 - beta1)(g - m),
   * v = beta2 v + (1 - beta2) g^2, x -= rate * m / (sqrt(v) / root + epsilon).
   *
   * @param rate lr / (1 - beta1^t)
   * @param root sqrt(1 - beta2^t)
   */
  adam(
    x: number,
    gradient: number,
    m: number,
    v: number,
    length: number,
    scale: number,
    beta1: number,
    beta2: number,
    rate: number,
    root: number,
    epsilon: number,
  ): void;
  /** The sum of the squares of `length` numbers, summed in doubles. */
  sumOfSquares(x: number, length: number): number;
}

/** `relaxed` fuses multiply and add where the machine does; `strict` gives the same bits everywhere. */
export type KernelBuild = "relaxed" | "strict";

/** Whether the memory is shared, which a module has to be built for. */
const isShared = !(memory.buffer instanceof ArrayBuffer);

const bytes: Readonly<Record<KernelBuild, Uint8Array<ArrayBuffer>>> = {
  relaxed: decode(isShared ? relaxedShared : relaxed),
  strict: decode(isShared ? strictShared : strict),
};

/** The faster build that the engine takes. */
export const kernelBuild: KernelBuild = WebAssembly.validate(bytes.relaxed) ? "relaxed" : "strict";

/**
 * The kernels in use, of {@linkcode kernelBuild} at first. Helper threads put functions of their own in the
 * place of some, which give the same bits.
 */
export const kernels: Kernels = { ...instantiate(kernelBuild) };

let build: KernelBuild = kernelBuild;
/** Who computes products: that build of the kernels, or a native library by its path. */
let productsBy: string = build;

/** The build of the kernels in use. */
export function kernelsInUse(): KernelBuild {
  return build;
}

/** Which build of the kernels computes products of matrices, or the path of the library that does. */
export function productsInUse(): string {
  return productsBy;
}

/**
 * Uses the kernels of a build, in this thread and for everything: to be called before helper threads are
 * started, which share the kernels that they find.
 */
export function useKernels(wanted: KernelBuild): void {
  if (wanted === productsBy) return;
  Object.assign(kernels, instantiate(wanted));
  build = productsBy = wanted;
}

/** Has products of matrices computed by a library instead, until {@linkcode useKernels}. */
export function useProducts(
  library: string,
  products: Pick<Kernels, "gemm" | "gemmTransposed">,
): void {
  useKernels(kernelBuild);
  Object.assign(kernels, products);
  productsBy = library;
}

/**
 * The kernels of one build.
 *
 * @throws {WebAssembly.CompileError} when the engine knows no SIMD, or no relaxed SIMD
 */
export function instantiate(build: KernelBuild): Kernels {
  const { exports } = new WebAssembly.Instance(moduleOf(build), { env: { memory } });
  return exports as unknown as Kernels;
}

/** The module of a build, for another thread to instantiate over the same memory. */
export function moduleOf(build: KernelBuild): WebAssembly.Module {
  // Synchronous, which browsers allow on the main thread for modules of up to 8 MB.
  return new WebAssembly.Module(bytes[build]);
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

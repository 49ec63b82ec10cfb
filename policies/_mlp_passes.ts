/**
 * The two passes through an MLP, on addresses. Matrices are [R, P], padded as the kernels want them; a
 * pass needs the input and the hidden activations of one batch, which lie in one block, the *trace*.
 *
 * @module
 */
import { allocate, f32, release } from "../tensor/heap.ts";
import { epilogue, kernels } from "../tensor/kernels/kernels.ts";
import type { LayerPlace } from "./_mlp_layout.ts";
import type { TracePart } from "./_recording.ts";

/** Bytes of a float32 or int32. */
const WORD = 4;

/** What both passes work on. */
export interface PassData {
  /** First to last; ReLU after all but the last. */
  places: readonly LayerPlace[];
  /** Address of the flat weights. */
  weights: number;
  /** Address of a block of {@linkcode traceBytes}, whose first part is the written input. */
  trace: number;
  /** Numbers in an input row. */
  width: number;
  /** R */
  rows: number;
}

/** Bytes of the trace of R rows: the input, then the activations of each hidden layer. */
export function traceBytes(places: readonly LayerPlace[], width: number, rows: number): number {
  const hidden = places.slice(0, -1).reduce((sum, { padded }) => sum + padded, 0);
  return inputBytes(width, rows) + WORD * rows * hidden;
}

/** Bytes of one row in both passes: trace, outputs and their gradient, and two layers' gradients on the way back. */
export function passBytes(places: readonly LayerPlace[], width: number): number {
  const widest = Math.max(...places.map(({ padded }) => padded));
  return traceBytes(places, width, 1) + WORD * (2 * places.at(-1)!.outputs + 2 * widest);
}

/** Bytes of the written input, up to where the first activations begin: kernels want 16-byte steps. */
function inputBytes(width: number, rows: number): number {
  return Math.ceil(WORD * width * rows / 16) * 16;
}

/** Addresses in a trace of what each layer reads, its row stride, and where hidden layers write. */
function layerInputs({ places, trace, width, rows }: PassData): { at: number; stride: number }[] {
  const inputs = [{ at: trace, stride: WORD * width }];
  let at = trace + inputBytes(width, rows);
  for (const { padded } of places.slice(0, -1)) {
    inputs.push({ at, stride: WORD * padded });
    at += WORD * padded * rows;
  }
  return inputs;
}

/**
 * Copies a part into the trace and the outputs of the whole batch.
 *
 * @param whole the batch that the part belongs to
 * @param outputs its outputs, [R, N] laid end to end
 * @param index address of the int32 rows of the batch that the part's rows are
 */
export function copyPart(whole: PassData, outputs: number, part: TracePart, index: number): void {
  const { places } = whole, { rows, trace } = part;
  const from = layerInputs({ ...whole, rows, trace }), to = layerInputs(whole);
  for (const [l, { at, stride }] of from.entries()) {
    kernels.scatterRows(at, rows, stride, index, to[l]!.at);
  }
  kernels.scatterRows(part.outputs, rows, WORD * places.at(-1)!.outputs, index, outputs);
}

/** Fills the trace behind its input and writes the last layer's outputs, [R, N] laid end to end. */
export function forwardPass(data: PassData, outputs: number): void {
  const { places, weights, rows } = data, inputs = layerInputs(data), last = places.length - 1;
  const { outputs: N, padded: P } = places[last]!;
  const padded = N === P ? outputs : allocate(WORD * P * rows);
  for (const [l, place] of places.entries()) {
    const { at, stride } = inputs[l]!;
    const to = l === last ? padded : inputs[l + 1]!.at;
    const w = weights + WORD * place.weights, b = weights + WORD * place.biases;
    if (place.reading === "gather") {
      kernels.gatherSum(at, rows, data.width, w, place.padded, b, to, l === last ? 0 : 1);
    } else {
      const then = l === last ? epilogue.bias : epilogue.biasRelu;
      const strideTo = WORD * place.padded, panels = place.padded / 8;
      kernels.gemm(at, stride, w, to, strideTo, rows, place.inputs, panels, then, b);
    }
  }
  if (padded !== outputs) {
    kernels.trimColumns(padded, rows, N, outputs);
    release(padded);
  }
}

/** Numbers in the transposes that the backward pass reads: every layer's but the first. */
export function transposesSize(places: readonly LayerPlace[]): number {
  return places.slice(1).reduce((sum, { outputs }, l) => sum + outputs * places[l]!.padded, 0);
}

/** Writes the transposed weights of every layer but the first, one after the other. */
export function writeTransposes(
  places: readonly LayerPlace[],
  weights: number,
  transposes: number,
): void {
  for (let l = 1, to = transposes; l < places.length; l++) {
    const { inputs: K, outputs: N, weights: from } = places[l]!;
    kernels.transposePanels(weights + WORD * from, K, N, to);
    to += WORD * N * places[l - 1]!.padded;
  }
}

/**
 * The gradient of a loss with respect to the flat weights.
 *
 * @param gradientOut [R, N] laid end to end: the gradient with respect to the outputs
 * @param transposes as {@linkcode writeTransposes} leaves them
 * @param gradient where to write as many numbers as there are weights
 */
export function backwardPass(
  data: PassData,
  gradientOut: number,
  transposes: number,
  gradient: number,
): void {
  const { places, rows } = data, inputs = layerInputs(data);
  const { outputs: N, padded: P } = places.at(-1)!;
  let d = allocate(WORD * P * rows); // gradient with respect to what a layer gives before its ReLU
  kernels.padColumns(gradientOut, rows, N, d);
  let transpose = transposes + WORD * transposesSize(places);
  for (let l = places.length - 1; l >= 0; l--) {
    weightGradient(places[l]!, inputs[l]!, data, d, gradient);
    if (l === 0) break;
    const { outputs, padded } = places[l]!, before = places[l - 1]!.padded;
    transpose -= WORD * outputs * before;
    const next = allocate(WORD * before * rows);
    kernels.gemm(
      d,
      WORD * padded,
      transpose,
      next,
      WORD * before,
      rows,
      outputs,
      before / 8,
      epilogue.reluMask,
      inputs[l]!.at,
    );
    release(d);
    d = next;
  }
  release(d);
}

/** One layer's part of the gradient: weights and biases. */
function weightGradient(
  { reading, inputs: K, padded: P, weights, biases }: LayerPlace,
  input: { at: number; stride: number },
  { rows, width }: PassData,
  d: number,
  gradient: number,
): void {
  const stride = WORD * P, panels = P / 8, to = gradient + WORD * weights;
  kernels.columnSums(d, stride, rows, panels, gradient + WORD * biases);
  if (reading === "product") {
    kernels.gemmTransposed(input.at, input.stride, d, stride, to, rows, K, panels);
  } else {
    f32(to, K * P).fill(0);
    kernels.scatterAdd(input.at, rows, width, d, P, to);
  }
}

/**
 * The multilayer perceptron: affine layers with ReLU between them, as one node of the tape. Integer
 * observations enter as one-hot vectors laid end to end, read by a gather instead of a product.
 *
 * What a call of `apply` needs for its gradient is one tensor that the tape saves: it is released when
 * the gradient has been taken or the call was not on a tape, so any number of calls may come before a
 * gradient. `forward` works in one block that is kept between calls and grows with the largest batch.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { Observation } from "../plugins/contract.ts";
import { pointerOf, tf } from "../tensor/backend.ts";
import { allocate, f32, release } from "../tensor/heap.ts";
import type { RandomStream } from "../tensor/random.ts";
import { type MlpInput, mlpInput } from "./_mlp_input.ts";
import { flatSize, type LayerPlace, placeLayers, placeParameters } from "./_mlp_layout.ts";
import {
  backwardPass,
  copyPart,
  forwardPass,
  passBytes,
  type PassData,
  traceBytes,
  transposesSize,
  writeTransposes,
} from "./_mlp_passes.ts";
import { packParameters, type Place, startParameters, unpackParameters } from "./_parameters.ts";
import { Recording } from "./_recording.ts";
import { newTensor, Workspace } from "./_workspace.ts";
import type { Network, NetworkMemory, ObservationRows, Parameter } from "./network.ts";

/** Rows that `forward` takes at a time: its memory grows with the outputs alone, and stays in the cache. */
const FORWARD_ROWS = 512;

/** What an MLP is made of. */
export interface MlpOptions {
  /** What its inputs are. */
  observation: Observation;
  /** Numbers in a row of output. */
  outputs: number;
  /** Width of each hidden layer; none makes it affine. */
  hidden: readonly number[];
  /** Draws the first weights, as PyTorch's nn.Linear does: uniform within 1/sqrt(inputs) of 0. */
  random: RandomStream;
}

/**
 * Makes an MLP.
 *
 * @throws {GfnError} `E_NETWORK_SHAPE` unless all widths are whole numbers of at least 1
 */
export function createMlp(options: MlpOptions): Network {
  return new Mlp(options);
}

class Mlp implements Network {
  readonly outputs: number;
  readonly weights: tf.Variable;
  readonly #input: MlpInput;
  readonly #places: readonly LayerPlace[];
  readonly #parameters: readonly Place[];
  /** The packed transposes, and the numbers they were made from; null when these changed since. */
  readonly #transposes: number;
  #transposed: object | null = null;
  /** What `forward` computed since `record`, or null. */
  #recording: Recording | null = null;
  /** Trace and outputs of `forward`. */
  readonly #workspace = new Workspace();

  constructor({ observation, outputs, hidden, random }: MlpOptions) {
    const bad = [...hidden, outputs].find((width) => !(Number.isInteger(width) && width >= 1));
    if (bad !== undefined) {
      throw usageError(
        "E_NETWORK_SHAPE",
        `Cannot make an MLP: found a layer of width ${bad}, want whole numbers of at least 1`,
      );
    }
    this.outputs = outputs;
    this.#input = mlpInput(observation);
    const { inputs, reading } = this.#input;
    this.#places = placeLayers([inputs, ...hidden, outputs], reading);
    this.#parameters = placeParameters(this.#places);
    this.#transposes = allocate(4 * transposesSize(this.#places));
    this.weights = tf.tidy(() => tf.variable(tf.zeros([flatSize(this.#places)])));
    this.load(startParameters(this.#parameters, random));
  }

  get memory(): NetworkMemory {
    return {
      weights: 4 * (flatSize(this.#places) + transposesSize(this.#places)),
      row: passBytes(this.#places, this.#input.width),
    };
  }

  forward(input: ObservationRows): Float32Array {
    if (this.#recording?.isOpen) return this.#recordedForward(input, this.#recording);
    const { rows } = input, N = this.outputs;
    const traceSize = traceBytes(this.#places, this.#input.width, Math.min(rows, FORWARD_ROWS));
    const trace = this.#workspace.reserve(traceSize + 4 * rows * N), outputs = trace + traceSize;
    for (let from = 0; from < rows; from += FORWARD_ROWS) {
      const to = Math.min(from + FORWARD_ROWS, rows);
      forwardPass(this.#passData(input, trace, from, to), outputs + 4 * from * N);
    }
    return f32(outputs, rows * N);
  }

  record(): void {
    this.#forget();
    this.#recording = new Recording();
  }

  keep(input: ObservationRows, places: Int32Array): void {
    this.#recording?.close(input, places, this.weights.dataId);
  }

  apply(input: ObservationRows): tf.Tensor2D {
    const { rows } = input;
    const node = tf.customGrad((_weights, save) => {
      const trace = newTensor([traceBytes(this.#places, this.#input.width, rows) / 4]);
      const value = newTensor([rows, this.outputs]);
      if (this.#recording?.holds(input, this.weights.dataId)) {
        const data = this.#dataOf(pointerOf(trace), rows), outputs = pointerOf(value);
        this.#recording.copy((part, _places, index) => copyPart(data, outputs, part, index));
      } else forwardPass(this.#passData(input, pointerOf(trace)), pointerOf(value));
      (save as tf.GradSaveFunc)([trace]);
      return { value, gradFunc: (dy, saved) => this.#gradient(dy, saved[0]!, rows) };
    });
    return node(this.weights) as tf.Tensor2D;
  }

  touch(): void {
    this.#transposed = null;
    this.#forget();
  }

  parameters(): Parameter[] {
    return unpackParameters(this.#parameters, this.#flat());
  }

  load(parameters: readonly Parameter[]): void {
    packParameters(this.#parameters, parameters, this.#flat());
    this.touch();
  }

  dispose(): void {
    this.#forget();
    this.weights.dispose();
    this.#input.dispose();
    release(this.#transposes);
    this.#workspace.dispose();
  }

  /** A pass in blocks of its own, which the recording keeps. */
  #recordedForward(input: ObservationRows, recording: Recording): Float32Array {
    const { rows } = input, numbers = rows * this.outputs;
    const trace = allocate(traceBytes(this.#places, this.#input.width, rows));
    const outputs = allocate(4 * numbers);
    recording.add({ rows, trace, outputs });
    forwardPass(this.#passData(input, trace), outputs);
    return f32(outputs, numbers);
  }

  #forget(): void {
    this.#recording?.dispose();
    this.#recording = null;
  }

  /** What a pass over a batch, or some rows of it, works on: their input written into the trace. */
  #passData(input: ObservationRows, trace: number, from = 0, to = input.rows): PassData {
    this.#input.write(input, from, to, trace);
    return this.#dataOf(trace, to - from);
  }

  #dataOf(trace: number, rows: number): PassData {
    const { width } = this.#input;
    return { places: this.#places, weights: pointerOf(this.weights), trace, width, rows };
  }

  /** The gradient with respect to the flat weights, given that with respect to the outputs. */
  #gradient(dy: tf.Tensor, trace: tf.Tensor, rows: number): tf.Tensor {
    const gradient = newTensor([flatSize(this.#places)]);
    const data = this.#dataOf(pointerOf(trace), rows);
    // `assign` gives a variable other numbers at another place without a call of `touch`.
    if (this.#transposed !== this.weights.dataId) {
      writeTransposes(this.#places, data.weights, this.#transposes);
      this.#transposed = this.weights.dataId;
    }
    backwardPass(data, pointerOf(dy), this.#transposes, pointerOf(gradient));
    return gradient;
  }

  #flat(): Float32Array {
    return f32(pointerOf(this.weights), flatSize(this.#places));
  }
}

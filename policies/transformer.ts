/**
 * The Transformer: post-norm blocks of attention and a ReLU feed-forward part over the tokens of an
 * observation, then linear maps of what they become, as one node of the tape.
 *
 * As in the MLP, what a call of `apply` needs for its gradient is one tensor that the tape saves.
 *
 * @module
 */
import type { Observation } from "../plugins/contract.ts";
import { pointerOf, tf } from "../tensor/backend.ts";
import { allocate, f32, release } from "../tensor/heap.ts";
import type { RandomStream } from "../tensor/random.ts";
import { packParameters, startParameters, unpackParameters } from "./_parameters.ts";
import { Recording } from "./_recording.ts";
import { newTensor, Workspace } from "./_workspace.ts";
import { copyTokens, type TokenPart } from "./_token_copy.ts";
import { firstPlace, readSequences, type Sequences, type TokenSource } from "./_token_sequences.ts";
import { backwardPass, writeTransposes } from "./_transformer_backward.ts";
import { checkTransformer } from "./_transformer_check.ts";
import {
  forwardPass,
  placeSequences,
  type ReadoutKind,
  type TransformerPass,
} from "./_transformer_forward.ts";
import {
  layOutTransformer,
  type TransformerLayout,
  type TransformerShape,
} from "./_transformer_layout.ts";
import { TokenMemory } from "./_transformer_memory.ts";
import { rowBytesOnTape } from "./_transformer_need.ts";
import {
  passingAt,
  passingBytes,
  rowBytes,
  type Trace,
  traceAt,
  traceBuffers,
  traceBytes,
} from "./_transformer_trace.ts";
import type { Network, NetworkMemory, ObservationRows, Parameter } from "./network.ts";

/** Bytes that `forward` works in at a time, unless a single row takes more. */
const FORWARD_BYTES = 2 ** 22;

/** Some of the outputs, and what they read of the last block. */
export interface TransformerHead {
  outputs: number;
  /**
   * The whole sequence: its mean, or its last token where attention is causal. Its first token, which is
   * the network's own. Or each place behind that: one map gives every place its share of the outputs,
   * place after place.
   */
  reads: ReadoutKind;
}

/** What a Transformer is made of. */
export interface TransformerOptions {
  /** What its inputs are: tokens, or categorical fields, each a token. */
  observation: Observation;
  /** Parts of a row of output, end to end. */
  heads: readonly TransformerHead[];
  /** Whether a token attends to all tokens or to those up to itself. */
  attention: "causal" | "bidirectional";
  /** The value of an empty position, which is left out; null where none is. */
  absent: number | null;
  layers: number;
  /** Attention heads of a layer. */
  attentionHeads: number;
  /** Numbers that a token is. */
  width: number;
  feedForward: number;
  /** Draws the first weights: embeddings normal, linear maps as PyTorch's nn.Linear. */
  random: RandomStream;
}

/**
 * Makes a Transformer.
 *
 * @throws {GfnError} `E_NETWORK_SHAPE` for an observation, a size or a head that it cannot have
 */
export function createTransformer(options: TransformerOptions): Network {
  return new Transformer(options);
}

class Transformer implements Network {
  readonly outputs: number;
  readonly weights: tf.Variable;
  readonly #source: TokenSource;
  readonly #shape: TransformerShape;
  readonly #layout: TransformerLayout;
  readonly #reads: readonly ReadoutKind[];
  /** What `forward` remembers of beginnings, where attention is causal, under weights of this id. */
  readonly #memory: TokenMemory | null;
  #remembered: object | null = null;
  /** The packed transposes, and the numbers they were made from; null when these changed since. */
  readonly #transposes: number;
  #transposed: object | null = null;
  /** What `forward` computed since `record`, or null. */
  #recording: Recording<TokenPart> | null = null;
  /** Where the outputs of `forward` are. */
  readonly #outputs: Workspace;

  constructor(options: TransformerOptions) {
    const { heads, attention, absent, layers, width, feedForward, random } = options;
    const sizes = checkTransformer(options), L = sizes.length;
    this.outputs = heads.reduce((sum, { outputs }) => sum + outputs, 0);
    this.#source = { sizes, absent, attention };
    this.#shape = {
      ...{ values: firstPlace(this.#source), places: L + 1, layers, width, feedForward },
      heads: options.attentionHeads,
      outputs: heads.map(({ outputs, reads }) => reads === "positions" ? outputs / L : outputs),
    };
    this.#layout = layOutTransformer(this.#shape);
    this.#reads = heads.map(({ reads }) => reads);
    this.#memory = attention === "causal" ? new TokenMemory(this.#source, this.#shape) : null;
    this.#outputs = new Workspace();
    this.#transposes = allocate(4 * this.#layout.transposes);
    this.weights = tf.tidy(() => tf.variable(tf.zeros([this.#layout.size])));
    this.load(startParameters(this.#layout.parameters, random));
  }

  /**
   * A row is as many tokens as a sequence can have. Where attention is causal and positions may be absent,
   * it is one: rows of a trajectory that appends go on from each other.
   */
  get memory(): NetworkMemory {
    const L = this.#source.sizes.length, { size, transposes } = this.#layout;
    const tokens = this.#memory && this.#source.absent !== null ? 1 : L + 1;
    const units = this.#reads.map((reads) => reads === "positions" ? L : 1);
    return {
      weights: 4 * (size + transposes),
      row: rowBytesOnTape(this.#shape, tokens, L + 1, units),
    };
  }

  forward(input: ObservationRows): Float32Array {
    const { rows } = input, N = this.outputs, outputs = this.#outputs.reserve(4 * rows * N);
    if (this.#recording?.isOpen && !this.#memory) {
      this.#record(input, outputs, this.#recording);
    } else {
      const L = this.#source.sizes.length, { layers } = this.#shape;
      const { qkv, y2 } = rowBytes(this.#shape);
      const token = passingBytes(this.#shape, 4) / 4 + qkv * layers + y2;
      const step = Math.max(1, Math.floor(FORWARD_BYTES / token / (L + 1)));
      for (let from = 0; from < rows; from += step) {
        this.#forwardRows(input, from, Math.min(from + step, rows), outputs + 4 * from * N);
      }
    }
    return f32(outputs, rows * N);
  }

  record(): void {
    this.#stopRecording();
    this.#recording = new Recording();
  }

  keep(input: ObservationRows, places: Int32Array): void {
    // A causal pass over a batch takes one token for a step: less than copying would.
    if (!this.#memory) this.#recording?.close(input, places, this.weights.dataId);
  }

  apply(input: ObservationRows): tf.Tensor2D {
    const { rows } = input;
    const node = tf.customGrad((_weights, save) => {
      const sequences = readSequences(this.#source, input, 0, rows), { count } = sequences;
      const kept = newTensor([traceBytes(this.#shape, count) / 4]);
      const value = newTensor([rows, this.outputs]);
      const trace = traceAt(this.#shape, pointerOf(kept), count);
      if (this.#recording?.holds(input, this.weights.dataId)) {
        const whole = { spans: sequences.rows, outputs: pointerOf(value), N: this.outputs };
        const to = traceBuffers(this.#shape, trace);
        this.#recording.copy((part, places) => {
          const own = traceAt(this.#shape, part.trace, part.tokens);
          const buffers = traceBuffers(this.#shape, own)
            .map(([from, bytes], b) => ({ from, to: to[b]![0], bytes }));
          copyTokens(buffers, whole, part, places);
        });
      } else this.#pass(sequences, trace, 0, rows, (pass) => forwardPass(pass, pointerOf(value)));
      (save as tf.GradSaveFunc)([kept]);
      return {
        value,
        gradFunc: (dy, saved) => this.#gradient(dy, saved[0]!, sequences, rows),
      };
    });
    return node(this.weights) as tf.Tensor2D;
  }

  touch(): void {
    this.#transposed = this.#remembered = null;
    this.#stopRecording();
  }

  parameters(): Parameter[] {
    return unpackParameters(this.#layout.parameters, this.#flat());
  }

  load(parameters: readonly Parameter[]): void {
    packParameters(this.#layout.parameters, parameters, this.#flat());
    this.touch();
  }

  dispose(): void {
    this.#stopRecording();
    this.#memory?.dispose();
    this.weights.dispose();
    release(this.#transposes);
    this.#outputs.dispose();
  }

  #forwardRows(input: ObservationRows, from: number, to: number, outputs: number): void {
    const shape = this.#shape, memory = this.#memory;
    if (memory && this.#remembered !== this.weights.dataId) {
      memory.forget();
      this.#remembered = this.weights.dataId;
    }
    const { sequences, first } = memory
      ? memory.add(input, from, to)
      : { sequences: readSequences(this.#source, input, from, to), first: 0 };
    const tokens = sequences.count - first, { qkv, y2 } = rowBytes(shape);
    const own = allocate(memory ? 0 : (qkv + y2) * tokens);
    const kept = memory?.kept ??
      { qkv: new Array<number>(shape.layers).fill(own), x: own + qkv * tokens };
    const passing = allocate(passingBytes(shape, tokens));
    const trace = passingAt(shape, passing, tokens, first, kept);
    this.#pass(sequences, trace, first, to - from, (pass) => forwardPass(pass, outputs));
    release(passing);
    release(own);
  }

  #record(input: ObservationRows, outputs: number, recording: Recording<TokenPart>): void {
    const { rows } = input, sequences = readSequences(this.#source, input, 0, rows);
    const tokens = sequences.count, numbers = rows * this.outputs;
    const trace = allocate(traceBytes(this.#shape, tokens)), copy = allocate(4 * numbers);
    recording.add({ rows, trace, outputs: copy, tokens, spans: sequences.rows });
    const at = traceAt(this.#shape, trace, tokens);
    this.#pass(sequences, at, 0, rows, (pass) => forwardPass(pass, outputs));
    f32(copy, numbers).set(f32(outputs, numbers));
  }

  /** The gradient with respect to the flat weights, given that with respect to the outputs. */
  #gradient(dy: tf.Tensor, kept: tf.Tensor, sequences: Sequences, rows: number): tf.Tensor {
    const gradient = newTensor([this.#layout.size]);
    // `assign` gives a variable other numbers at another place without a call of `touch`.
    if (this.#transposed !== this.weights.dataId) {
      writeTransposes(this.#layout, pointerOf(this.weights), this.#transposes);
      this.#transposed = this.weights.dataId;
    }
    const trace = traceAt(this.#shape, pointerOf(kept), sequences.count);
    this.#pass(
      sequences,
      trace,
      0,
      rows,
      (pass) => backwardPass(pass, pointerOf(dy), this.#transposes, pointerOf(gradient)),
    );
    return gradient;
  }

  /** Runs a pass over the tokens of some sequences from `first` on. */
  #pass(
    sequences: Sequences,
    trace: Trace,
    first: number,
    rows: number,
    run: (pass: TransformerPass) => void,
  ): void {
    const placed = placeSequences(sequences, this.#reads);
    run({
      ...{ shape: this.#shape, layout: this.#layout, causal: this.#memory ? 1 : 0, trace, placed },
      ...{ weights: pointerOf(this.weights), first, tokens: sequences.count - first, rows },
    });
    release(placed.pointer);
  }

  #stopRecording(): void {
    this.#recording?.dispose();
    this.#recording = null;
  }

  #flat(): Float32Array {
    return f32(pointerOf(this.weights), this.#layout.size);
  }
}

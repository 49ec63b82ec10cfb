/**
 * The graph network: message passing or attention over the nodes of a graph and a global one, then logits of
 * the graph, its nodes and pairs of them, as one node of the tape. Nodes are known by their type and what
 * they are joined to alone: where slots are permuted, so are logits. What several nodes of a batch have in common
 * is computed once.
 *
 * As in the MLP, what a call of `apply` needs for its gradient is one tensor that the tape saves.
 *
 * @module
 */
import type { ActionLayout, GraphObservation } from "../plugins/contract.ts";
import { pointerOf, tf } from "../tensor/backend.ts";
import { allocate, f32, i32, release } from "../tensor/heap.ts";
import type { RandomStream } from "../tensor/random.ts";
import { backwardPass, linearMaps } from "./_graph_backward.ts";
import { checkGraph } from "./_graph_check.ts";
import { forwardPass, type GraphPass } from "./_graph_forward.ts";
import { headOutputs, pairsOf, writeOutputs } from "./_graph_heads.ts";
import { type GraphLayout, type GraphShape, layOutGraph } from "./_graph_layout.ts";
import { copyGraphs, type GraphPart } from "./_graph_copy.ts";
import { graphRowBytes } from "./_graph_need.ts";
import { GraphReader } from "./_graph_reader.ts";
import type { GraphRows } from "./_graph_rows.ts";
import { traceAt, traceBytes } from "./_graph_trace.ts";
import { writeTransposes } from "./_linear_maps.ts";
import { packParameters, startParameters, unpackParameters } from "./_parameters.ts";
import { Recording } from "./_recording.ts";
import { newTensor, Workspace } from "./_workspace.ts";
import type { Network, NetworkMemory, ObservationRows, Parameter } from "./network.ts";

/** Rows that `forward` takes at a time: its memory stays in the cache. */
const FORWARD_ROWS = 128;

/** What a graph network is made of. */
export interface GraphOptions {
  /** What its inputs are. */
  observation: GraphObservation;
  /** How the outputs of each head lie; heads are end to end in a row of output. */
  heads: readonly ActionLayout[];
  /** How nodes learn of each other: messages over edges, or attention that knows what joins two nodes. */
  mixing: "message-passing" | "transformer";
  layers: number;
  /** Numbers that a node is. */
  width: number;
  /** Attention heads of a layer of a Transformer. */
  attentionHeads: number;
  feedForward: number;
  /** Draws the first weights: tables normal, linear maps as PyTorch's nn.Linear. */
  random: RandomStream;
}

/**
 * Makes a graph network.
 *
 * @throws {GfnError} `E_NETWORK_SHAPE` for a size that it cannot have
 */
export function createGraphNetwork(options: GraphOptions): Network {
  checkGraph(options);
  return new GraphNetwork(options);
}

class GraphNetwork implements Network {
  readonly outputs: number;
  readonly weights: tf.Variable;
  readonly #shape: GraphShape;
  readonly #layout: GraphLayout;
  readonly #reader: GraphReader;
  /** The packed transposes, and the numbers they were made from; null when these changed since. */
  readonly #transposes: number;
  #transposed: object | null = null;
  /** What `forward` computed since `record`, or null. */
  #recording: Recording<GraphPart> | null = null;
  /** Where the outputs of `forward` are. */
  readonly #outputs = new Workspace();

  constructor({ observation, heads, random, ...sizes }: GraphOptions) {
    const pairs = pairsOf(observation);
    this.outputs = heads.reduce(
      (sum, layout) => sum + headOutputs(layout, observation.nodes, pairs),
      0,
    );
    this.#shape = { observation, layouts: heads, ...sizes };
    this.#layout = layOutGraph(this.#shape);
    this.#reader = new GraphReader(observation, {
      ...{ mixing: sizes.mixing, layers: sizes.layers },
      readers: heads.every(({ perNode, perPair }) => perNode + perPair === 0)
        ? "global nodes"
        : heads.every(({ perGraph }) => perGraph === 0)
        ? "nodes"
        : "all",
      pairs: heads.some(({ perPair }) => perPair > 0) ? "pairs" : "no pairs",
    });
    this.#transposes = allocate(4 * this.#layout.transposes);
    this.weights = tf.tidy(() => tf.variable(tf.zeros([this.#layout.size])));
    this.load(startParameters(this.#layout.parameters, random));
  }

  /** A row is a graph of all nodes and edges. */
  get memory(): NetworkMemory {
    const { size, transposes } = this.#layout;
    return { weights: 4 * (size + transposes), row: graphRowBytes(this.#shape, this.outputs) };
  }

  forward(input: ObservationRows): Float32Array {
    const { rows } = input, N = this.outputs, outputs = this.#outputs.reserve(4 * rows * N);
    if (this.#recording?.isOpen) this.#recordForward(input, outputs, this.#recording);
    else {
      for (let from = 0; from < rows; from += FORWARD_ROWS) {
        const graphs = this.#reader.read(input, from, Math.min(from + FORWARD_ROWS, rows));
        const block = allocate(this.#blockBytes(graphs));
        this.#run(graphs, block, outputs + 4 * from * N);
        release(block);
      }
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
      const graphs = this.#reader.read(input, 0, rows);
      const kept = newTensor([this.#blockBytes(graphs) / 4]);
      const value = newTensor([rows, this.outputs]), block = pointerOf(kept);
      if (this.#recording?.holds(input, this.weights.dataId)) {
        this.#placeWords(graphs, block);
        const whole = { graphs, trace: block, outputs: pointerOf(value), N: this.outputs };
        this.#recording.copy((part, places) => copyGraphs(this.#shape, whole, part, places));
      } else this.#run(graphs, block, pointerOf(value));
      (save as tf.GradSaveFunc)([kept]);
      return { value, gradFunc: (dy, saved) => this.#gradient(dy, saved[0]!, graphs) };
    });
    return node(this.weights) as tf.Tensor2D;
  }

  touch(): void {
    this.#transposed = null;
    this.#forget();
  }

  parameters(): Parameter[] {
    return unpackParameters(this.#layout.parameters, this.#flat());
  }

  load(parameters: readonly Parameter[]): void {
    packParameters(this.#layout.parameters, parameters, this.#flat());
    this.touch();
  }

  dispose(): void {
    this.#forget();
    this.weights.dispose();
    release(this.#transposes);
    this.#outputs.dispose();
  }

  /** A pass in blocks of its own, which the recording keeps. */
  #recordForward(input: ObservationRows, outputs: number, recording: Recording<GraphPart>): void {
    const { rows } = input, graphs = this.#reader.read(input, 0, rows);
    const numbers = rows * this.outputs;
    const trace = allocate(this.#blockBytes(graphs)), copy = allocate(4 * numbers);
    recording.add({ rows, trace, outputs: copy, graphs });
    this.#run(graphs, trace, outputs);
    f32(copy, numbers).set(f32(outputs, numbers));
  }

  /** A pass over graphs in a block of {@linkcode #blockBytes}. */
  #run(graphs: GraphRows, block: number, outputs: number): void {
    const pass = this.#passOf(graphs, this.#placeWords(graphs, block), block);
    forwardPass(pass);
    writeOutputs(pass, outputs);
  }

  /** Bytes of the trace of some graphs, and behind it their words. */
  #blockBytes(graphs: GraphRows): number {
    return this.#traceBytes(graphs) + 4 * graphs.words.length;
  }

  #traceBytes({ depths }: GraphRows): number {
    return traceBytes(this.#shape, depths.map(({ rows }) => rows));
  }

  /** Puts the graphs' words where they belong in a block; gives their address. */
  #placeWords(graphs: GraphRows, block: number): number {
    const at = block + this.#traceBytes(graphs), { words } = graphs;
    i32(at, words.length).set(words);
    return at;
  }

  #passOf(graphs: GraphRows, words: number, block: number): GraphPass {
    const trace = traceAt(this.#shape, block, graphs.depths.map(({ rows }) => rows));
    return {
      ...{ shape: this.#shape, layout: this.#layout, weights: pointerOf(this.weights) },
      ...{ trace, graphs, words },
    };
  }

  /** The gradient with respect to the flat weights, given that with respect to the outputs. */
  #gradient(dy: tf.Tensor, kept: tf.Tensor, graphs: GraphRows): tf.Tensor {
    const gradient = newTensor([this.#layout.size]), block = pointerOf(kept);
    // `assign` gives a variable other numbers at another place without a call of `touch`.
    if (this.#transposed !== this.weights.dataId) {
      writeTransposes(linearMaps(this.#layout), pointerOf(this.weights), this.#transposes);
      this.#transposed = this.weights.dataId;
    }
    const words = block + this.#traceBytes(graphs);
    backwardPass(this.#passOf(graphs, words, block), pointerOf(dy), {
      transposes: this.#transposes,
      gradient: pointerOf(gradient),
    });
    return gradient;
  }

  #forget(): void {
    this.#recording?.dispose();
    this.#recording = null;
  }

  #flat(): Float32Array {
    return f32(pointerOf(this.weights), this.#layout.size);
  }
}

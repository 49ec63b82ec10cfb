/**
 * The network of Bengio et al. 2021 that scores how well a molecule binds to soluble epoxide hydrolase:
 * a message-passing network on atoms, trained on docking scores. A score of 4 is average, 8 very good.
 *
 * Features of an atom become 64 numbers. Twelve times an atom takes the mean over its bonds of a linear
 * map, one for each kind of bond, of its neighbours' numbers, adds one of its own, and goes on by a gated
 * recurrent unit (GRU). Then three steps of an LSTM with attention over all atoms (set2set) give the 128
 * numbers of a molecule whose linear map is the score.
 *
 * All atoms of a batch are rows of the same products, computed in float32 by our kernels.
 *
 * @module
 */
import { allocate, f32, release } from "../tensor/heap.ts";
import { epilogue, kernels } from "../tensor/kernels/kernels.ts";
import { EXP_BYTES } from "../tensor/kernels/sequence_kernels.ts";
import { atomFeatures, FEATURES, type Scored } from "./atom_features.ts";
import { neighbours } from "./molecule.ts";

/** Numbers of an atom, rounds of messages, steps of set2set. */
const D = 64, ROUNDS = 12, STEPS = 3;

/** Kinds of bond, and one that stands for the missing bonds of a single atom, which is its own neighbour. */
const KINDS = 5, LOOP = 4;

/** Atoms of a part of a batch; a larger molecule is a part of its own. */
const PART = 1024;

/** A tensor's values by name. */
export type TensorByName = (name: string) => Float32Array;

/** One linear map in the kernels' layout. */
interface Linear {
  /** Address of [K, P] in panels. */
  weight: number;
  /** Address of [P]. */
  bias: number;
  K: number;
  panels: number;
}

/** The network, with its weights in the kernels' memory for as long as the program runs. */
export class SehProxy {
  /** lin0 by columns of features, [FEATURES][D], and its bias. */
  readonly #columns: Float32Array;
  readonly #columnBias: Float32Array;
  /** [KINDS][D in][D out], and the map of an atom's own numbers, [D in][D out]. */
  readonly #byKind: Float32Array;
  readonly #own: Float32Array;
  readonly #messageBias: Float32Array;
  /** The stacked maps of the kinds of bond that a batch has, by a bit for each. */
  readonly #messages = new Map<number, Linear>();
  readonly #gruIn: Linear;
  readonly #gruOwn: Linear;
  readonly #lstmIn: Linear;
  readonly #lstmOwn: Linear;
  readonly #last: Float32Array;
  readonly #lastBias: number;

  constructor(tensor: TensorByName) {
    this.#columns = transposed(tensor("lin0.weight"), D, FEATURES);
    this.#columnBias = tensor("lin0.bias");
    this.#byKind = tensor("edge_matrices");
    this.#own = transposed(tensor("conv.root"), D, D);
    this.#messageBias = tensor("conv.bias");
    const linear = (name: string, part: string, K: number, N: number) =>
      packed(transposed(tensor(`${name}.weight_${part}`), N, K), K, tensor(`${name}.bias_${part}`));
    this.#gruIn = linear("gru", "ih", D, 3 * D);
    this.#gruOwn = linear("gru", "hh", D, 3 * D);
    this.#lstmIn = linear("set2set", "ih", 2 * D, 4 * D);
    this.#lstmOwn = linear("set2set", "hh", D, 4 * D);
    this.#last = tensor("lin3.weight");
    this.#lastBias = tensor("lin3.bias")[0]!;
  }

  /** The scores of molecules of at least one atom each. One has the same score in any batch. */
  score(molecules: readonly Scored[]): Float64Array {
    const scores = new Float64Array(molecules.length);
    for (let from = 0; from < molecules.length;) {
      let to = from + 1, atoms = molecules[from]!.atoms.length;
      while (to < molecules.length && (atoms += molecules[to]!.atoms.length) <= PART) to++;
      this.#scorePart(molecules.slice(from, to), scores.subarray(from, to));
      from = to;
    }
    return scores;
  }

  #scorePart(molecules: readonly Scored[], scores: Float64Array): void {
    const graph = edgesOf(molecules), { start } = graph, rows = start.at(-1)!;
    const blocks: number[] = [];
    const room = (length: number) => {
      const at = allocate(4 * length);
      blocks.push(at);
      return { at, values: f32(at, length) };
    };
    const messages = this.#messagesOf(graph.kinds), h = room(rows * D), m = room(rows * D);
    const input = room(rows * messages.K), in3 = room(rows * 3 * D), own3 = room(rows * 3 * D);
    const scratch = room(EXP_BYTES / 4);
    this.#embed(molecules, h.values);
    for (let round = 0; round < ROUNDS; round++) {
      gather(graph, h.values, input.values, messages.K);
      apply(messages, input.at, rows, m.at);
      leaky(m.values);
      apply(this.#gruIn, m.at, rows, in3.at);
      apply(this.#gruOwn, h.at, rows, own3.at);
      kernels.gruGates(in3.at, own3.at, h.at, rows, D, scratch.at);
    }
    const M = molecules.length, query = room(M * 2 * D), hidden = room(M * D);
    const in4 = room(M * 4 * D), own4 = room(M * 4 * D), cell = new Float32Array(M * D);
    query.values.fill(0);
    hidden.values.fill(0);
    for (let step = 0; step < STEPS; step++) {
      apply(this.#lstmIn, query.at, M, in4.at);
      apply(this.#lstmOwn, hidden.at, M, own4.at);
      lstm(in4.values, own4.values, cell, hidden.values, M);
      attend(h.values, start, hidden.values, query.values);
    }
    for (let i = 0; i < M; i++) {
      let sum = this.#lastBias;
      for (let d = 0; d < 2 * D; d++) sum += this.#last[d]! * query.values[i * 2 * D + d]!;
      scores[i] = sum;
    }
    for (const at of blocks) release(at);
  }

  /** h [rows, D] = leaky(lin0 of the features). */
  #embed(molecules: readonly Scored[], h: Float32Array): void {
    let at = 0;
    for (const features of molecules.flatMap(atomFeatures)) {
      h.set(this.#columnBias, at);
      for (const [column, value] of features) {
        for (let d = 0; d < D; d++) h[at + d]! += value * this.#columns[column * D + d]!;
      }
      at += D;
    }
    leaky(h);
  }

  /** The stacked maps of some kinds of bond and, last, of an atom itself. */
  #messagesOf(kinds: readonly number[]): Linear {
    const bits = kinds.reduce((all, kind) => all | 1 << kind, 0);
    const known = this.#messages.get(bits);
    if (known) return known;
    const K = (kinds.length + 1) * D, rows = new Float32Array(K * D);
    kinds.forEach((kind, k) =>
      rows.set(this.#byKind.subarray(kind * D * D, (kind + 1) * D * D), k * D * D)
    );
    rows.set(this.#own, kinds.length * D * D);
    const made = packed(rows, K, this.#messageBias);
    this.#messages.set(bits, made);
    return made;
  }
}

/** Who gets messages from whom. */
interface Edges {
  /** [molecules + 1] rows of each molecule. */
  start: Int32Array;
  /** Kinds of bond that there are, rising. */
  kinds: readonly number[];
  /** Of each edge: the row that it ends at, the one it comes from, the place of its kind in `kinds`. */
  to: Int32Array;
  from: Int32Array;
  place: Int32Array;
  /** [rows] 1 / edges that end at the row. */
  share: Float32Array;
}

function edgesOf(molecules: readonly Scored[]): Edges {
  const start = new Int32Array(molecules.length + 1);
  const to: number[] = [], from: number[] = [], kind: number[] = [], share: number[] = [];
  for (const [m, molecule] of molecules.entries()) {
    const first = start[m]!, { atoms } = molecule;
    start[m + 1] = first + atoms.length;
    const near = atoms.length === 1 ? [[{ to: 0, kind: LOOP }]] : neighbours(molecule);
    for (const [i, ends] of near.entries()) {
      share.push(1 / ends.length);
      for (const end of ends) {
        to.push(first + i);
        from.push(first + end.to);
        kind.push(end.kind);
      }
    }
  }
  const kinds = Array.from({ length: KINDS }, (_, k) => k).filter((k) => kind.includes(k));
  return {
    ...{ start, kinds, to: Int32Array.from(to), from: Int32Array.from(from) },
    place: Int32Array.from(kind, (k) => kinds.indexOf(k)),
    share: Float32Array.from(share),
  };
}

/** input [rows, K]: for each kind of bond the share of the neighbours' numbers, then an atom's own. */
function gather(
  { to, from, place, share }: Edges,
  h: Float32Array,
  input: Float32Array,
  K: number,
): void {
  input.fill(0);
  for (let e = 0; e < to.length; e++) {
    const row = to[e]!, at = row * K + place[e]! * D, source = from[e]! * D, weight = share[row]!;
    for (let d = 0; d < D; d++) input[at + d]! += weight * h[source + d]!;
  }
  for (let row = 0; row < share.length; row++) {
    const at = row * K + K - D;
    for (let d = 0; d < D; d++) input[at + d] = h[row * D + d]!;
  }
}

/** c = f c + i g, h = o tanh(c), with the gates i, f, g, o in this order. */
function lstm(
  input: Float32Array,
  own: Float32Array,
  cell: Float32Array,
  hidden: Float32Array,
  rows: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let d = 0; d < D; d++) {
      const at = row * 4 * D + d, k = row * D + d;
      const gate = (g: number) => input[at + g * D]! + own[at + g * D]!;
      const c = sigmoid(gate(1)) * cell[k]! + sigmoid(gate(0)) * Math.tanh(gate(2));
      cell[k] = c;
      hidden[k] = sigmoid(gate(3)) * Math.tanh(c);
    }
  }
}

/** query = the LSTM's output, then the mean of the atoms weighted by softmax of their product with it. */
function attend(
  h: Float32Array,
  start: Int32Array,
  hidden: Float32Array,
  query: Float32Array,
): void {
  for (let m = 0; m + 1 < start.length; m++) {
    const first = start[m]!, n = start[m + 1]! - first, to = m * 2 * D;
    const own = hidden.subarray(m * D, (m + 1) * D);
    const weights = Float64Array.from({ length: n }, (_, i) => {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += h[(first + i) * D + d]! * own[d]!;
      return sum;
    });
    const most = weights.reduce((a, b) => Math.max(a, b), -Infinity);
    const total = weights.reduce((sum, x, i) => sum + (weights[i] = Math.exp(x - most)), 0);
    query.set(own, to);
    for (let d = 0; d < D; d++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += weights[i]! * h[(first + i) * D + d]!;
      query[to + D + d] = sum / total;
    }
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** x where positive, else x / 100. */
function leaky(x: Float32Array): void {
  for (let i = 0; i < x.length; i++) x[i] = Math.max(x[i]!, 0.01 * x[i]!);
}

/** out [rows, N] = x [rows, K] W + b; N is a multiple of 8. */
function apply({ weight, bias, K, panels }: Linear, x: number, rows: number, out: number): void {
  kernels.gemm(x, 4 * K, weight, out, 32 * panels, rows, K, panels, epilogue.bias, bias);
}

/** A linear map of weights [K, N], to stay in the kernels' memory. */
function packed(weights: Float32Array, K: number, biases: Float32Array): Linear {
  const N = biases.length, weight = allocate(4 * K * N), bias = allocate(4 * N);
  const rows = allocate(4 * K * N);
  f32(rows, K * N).set(weights);
  f32(bias, N).set(biases);
  kernels.packPanels(rows, K, N / 8, weight);
  release(rows);
  return { weight, bias, K, panels: N / 8 };
}

/** The transpose of [rows, columns]. */
function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(matrix.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = matrix[i * columns + j]!;
  }
  return out;
}

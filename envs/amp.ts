/**
 * AMP: peptides of up to 60 amino acids, written from left to right, rewarded for how likely a classifier
 * thinks them to be antimicrobial: R(x) = max(sigmoid(f(x))^e, min).
 *
 * f is gfnx's transformer encoder of four layers, whose weights are shipped. It is evaluated here in
 * doubles. What it does stands at `Classifier`.
 *
 * Forward action a < 20 writes an amino acid, 20 stops, from the empty peptide on; a peptide of the full
 * length ends by itself. The one backward action takes the last one off. The words are 1 + a, 0 where
 * there is none, and behind them their number.
 *
 * @module
 */
import type {
  Environment,
  EnvironmentPlugin,
  EnvironmentTools,
  OptionsOf,
  OptionSpecs,
} from "../plugins/contract.ts";

const config = {
  length: { int: [1, 60], default: 60, help: "most amino acids of a peptide" },
  exponent: { number: [0, 100], default: 1, help: "e, power of the classifier's probability" },
  minReward: { number: [0, 1], default: 1e-6, help: "smallest reward" },
} as const satisfies OptionSpecs;

/** The classifier's tokens: amino acids in its order, then one for the end and one for nothing. */
const LETTERS = "ARNDCEQGHILKMFPSTWYV", A = LETTERS.length, EOS = 21, PAD = 22;

/** Positions, width, heads, width of a head, layers. */
const P = 60, D = 64, HEADS = 8, HEAD = D / HEADS, LAYERS = 4;

/** A linear map: weight [D out, D in]. */
interface Linear {
  weight: Float64Array;
  bias: Float64Array;
}

/** One layer of the encoder. */
interface Layer {
  query: Linear;
  key: Linear;
  value: Linear;
  attended: Linear;
  norm1: Linear;
  up: Linear;
  down: Linear;
  norm2: Linear;
}

/** The tensors of a safetensors file, in doubles. */
function readTensors(bytes: Uint8Array, tools: EnvironmentTools): (name: string) => Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(tools.text(bytes.subarray(8, start))) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  return (name) => {
    const [from, to] = header[name]!.data_offsets;
    const at = (i: number) => view.getFloat32(start + from + 4 * i, true);
    return Float64Array.from({ length: (to - from) / 4 }, (_, i) => at(i));
  };
}

/**
 * The encoder. Embeddings of tokens and (learned) positions are added. In each layer, attention of eight
 * heads is added to its input; then comes a layer norm, and to its result, itself, that of two linear
 * maps with a ReLU between is added, and normed again. A token of nothing is no key for the others; as
 * a query it sees all 60 positions alike, itself included. At the end the mean of all positions is
 * mapped to one number, the logit.
 */
class Classifier {
  readonly #tokens: Float64Array;
  readonly #positions: Float64Array;
  readonly #layers: Layer[];
  readonly #pooler: Linear;
  readonly #x = new Float64Array(P * D);
  readonly #queries = new Float64Array(P * D);
  readonly #keys = new Float64Array(P * D);
  readonly #values = new Float64Array(P * D);
  readonly #attended = new Float64Array(P * D);
  readonly #weights = new Float64Array(P);

  constructor(tensor: (name: string) => Float64Array) {
    const linear = (name: string) => ({
      weight: tensor(`${name}.weight`),
      bias: tensor(`${name}.bias`),
    });
    this.#tokens = tensor("encoder.embedder_block.token_embedder.weight");
    this.#positions = tensor("encoder.embedder_block.position_embedder.pe");
    this.#pooler = linear("pooler");
    this.#layers = Array.from({ length: LAYERS }, (_, l) => {
      const attention = `encoder.layers.${l}.attention_block.attention`;
      const forward = `encoder.layers.${l}.ff_block`;
      return {
        query: linear(`${attention}.query_proj`),
        key: linear(`${attention}.key_proj`),
        value: linear(`${attention}.value_proj`),
        attended: linear(`${attention}.output_proj`),
        norm1: linear(`${forward}.layernorm1`),
        up: linear(`${forward}.linear`),
        down: linear(`${forward}.output`),
        norm2: linear(`${forward}.layernorm2`),
      };
    });
  }

  /** The logit of the peptide whose words start at `at`. */
  logit(states: Int32Array, at: number, letters: number): number {
    const x = this.#x;
    for (let p = 0; p < P; p++) {
      const token = p < letters ? states[at + p]! - 1 : p === letters ? EOS : PAD;
      for (let i = 0; i < D; i++) {
        x[p * D + i] = this.#tokens[token * D + i]! + this.#positions[p * D + i]!;
      }
    }
    const kept = Math.min(letters + 1, P);
    for (const layer of this.#layers) {
      this.#attend(layer, kept);
      this.#feedForward(layer);
    }
    const { weight, bias } = this.#pooler;
    let sum = 0;
    for (let i = 0; i < P * D; i++) sum += x[i]! * weight[i % D]!;
    return sum / P + bias[0]!;
  }

  /** x += attention(x); `kept` positions hold something. */
  #attend({ query, key, value, attended }: Layer, kept: number): void {
    const x = this.#x, q = this.#queries, k = this.#keys, v = this.#values, out = this.#attended;
    apply(query, x, q, kept);
    apply(key, x, k, kept);
    apply(value, x, v, kept);
    for (let h = 0; h < D; h += HEAD) {
      for (let p = 0; p < kept; p++) this.#attendFrom(p * D + h, h, kept);
    }
    apply(attended, out, q, kept);
    for (let i = 0; i < kept * D; i++) x[i]! += q[i]!;
    if (kept === P) return;
    // The mean of all values is the value of the mean: one row for all positions that hold nothing. The
    // positions that hold something have been added to, so that their share is taken back out.
    for (let i = 0; i < D; i++) {
      let sum = 0;
      for (let p = 0; p < P; p++) sum += x[p * D + i]! - (p < kept ? q[p * D + i]! : 0);
      k[i] = sum / P;
    }
    apply(value, k, v, 1);
    apply(attended, v, k, 1);
    for (let i = kept * D; i < P * D; i++) x[i]! += k[i % D]!;
  }

  /** One head of one query, its first number at `from`: softmax over the keys, times their values. */
  #attendFrom(from: number, h: number, kept: number): void {
    const q = this.#queries, k = this.#keys, v = this.#values, weights = this.#weights;
    let most = -Infinity, total = 0;
    for (let p = 0; p < kept; p++) {
      let sum = 0;
      for (let i = 0; i < HEAD; i++) sum += q[from + i]! * k[p * D + h + i]!;
      weights[p] = sum / Math.sqrt(HEAD);
      if (weights[p]! > most) most = weights[p]!;
    }
    for (let p = 0; p < kept; p++) total += weights[p] = Math.exp(weights[p]! - most);
    for (let i = 0; i < HEAD; i++) {
      let sum = 0;
      for (let p = 0; p < kept; p++) sum += weights[p]! * v[p * D + h + i]!;
      this.#attended[from + i] = sum / total;
    }
  }

  /** y = norm1(x), x = norm2(y + down(relu(up(y)))). */
  #feedForward({ norm1, up, down, norm2 }: Layer): void {
    const x = this.#x, hidden = this.#keys, out = this.#values;
    normalise(norm1, x);
    apply(up, x, hidden, P);
    for (let i = 0; i < P * D; i++) if (hidden[i]! < 0) hidden[i] = 0;
    apply(down, hidden, out, P);
    for (let i = 0; i < P * D; i++) x[i]! += out[i]!;
    normalise(norm2, x);
  }
}

/** out = x W^T + b for `rows` rows, four outputs at a time. */
function apply({ weight, bias }: Linear, x: Float64Array, out: Float64Array, rows: number): void {
  for (let row = 0; row < rows * D; row += D) {
    for (let o = 0; o < D; o += 4) {
      const w0 = o * D, w1 = w0 + D, w2 = w1 + D, w3 = w2 + D;
      let a = bias[o]!, b = bias[o + 1]!, c = bias[o + 2]!, d = bias[o + 3]!;
      for (let i = 0; i < D; i++) {
        const xi = x[row + i]!;
        a += xi * weight[w0 + i]!;
        b += xi * weight[w1 + i]!;
        c += xi * weight[w2 + i]!;
        d += xi * weight[w3 + i]!;
      }
      out[row + o] = a;
      out[row + o + 1] = b;
      out[row + o + 2] = c;
      out[row + o + 3] = d;
    }
  }
}

/** Layer norm of every row, in place. */
function normalise({ weight, bias }: Linear, x: Float64Array): void {
  for (let row = 0; row < P * D; row += D) {
    let mean = 0, variance = 0;
    for (let i = 0; i < D; i++) mean += x[row + i]! / D;
    for (let i = 0; i < D; i++) variance += (x[row + i]! - mean) ** 2 / D;
    const scale = 1 / Math.sqrt(variance + 1e-5);
    for (let i = 0; i < D; i++) x[row + i] = (x[row + i]! - mean) * scale * weight[i]! + bias[i]!;
  }
}

async function create(
  { length: n, exponent, minReward }: OptionsOf<typeof config>,
  tools: EnvironmentTools,
): Promise<Environment> {
  const { base64 } = await import("./data/amp.ts");
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const classifier = new Classifier(readTensors(bytes, tools));
  const W = n + 1, floor = Math.log(minReward);

  return {
    stateWords: W,
    forwardActions: A + 1,
    backwardActions: 1,
    stopAction: A,
    maxTrajectory: n,
    observation: {
      kind: "tokens",
      length: n,
      vocabulary: A + 1,
      write(states, at, out, outAt) {
        for (let i = 0; i < n; i++) out[outAt + i] = states[at + i]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + W);
    },
    step(states, at, letter) {
      states[at + states[at + n]!++] = 1 + letter;
    },
    unstep(states, at) {
      states[at + --states[at + n]!] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      mask.fill(states[at + n]! < n ? 1 : 0, maskAt, maskAt + A + 1);
    },
    backwardMask(states, at, mask, maskAt) {
      mask[maskAt] = states[at + n]! > 0 ? 1 : 0;
    },
    backwardOf: () => 0,
    forwardOf: (states, at) => states[at + states[at + n]! - 1]! - 1,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) {
        const logit = classifier.logit(states, x * W, states[x * W + n]!);
        // log sigmoid, from the side on which the exponential is small
        const logP = Math.min(logit, 0) - Math.log1p(Math.exp(-Math.abs(logit)));
        out[x] = Math.max(exponent * logP, floor);
      }
    },
    text(states, at) {
      let peptide = "";
      for (let i = 0, c = states[at + n]!; i < c; i++) peptide += LETTERS[states[at + i]! - 1];
      return peptide || "(empty)";
    },
    ...(A ** n < Number.MAX_SAFE_INTEGER / 2 && {
      // Peptides by length, then in order: each is A times its parent, plus 1 + its last letter.
      enumeration: {
        size: (A ** (n + 1) - 1) / (A - 1),
        index(states, at) {
          let index = 0;
          for (let i = 0, c = states[at + n]!; i < c; i++) index = A * index + states[at + i]!;
          return index;
        },
        state(index, states, at) {
          states.fill(0, at, at + W);
          let letters = 0;
          for (let rest = index; rest > 0; rest = Math.floor((rest - 1) / A)) letters++;
          states[at + n] = letters;
          for (let i = letters - 1; i >= 0; i--, index = Math.floor((index - 1) / A)) {
            states[at + i] = 1 + (index - 1) % A;
          }
        },
      },
    }),
  };
}

export default {
  apiVersion: 1,
  name: "amp",
  summary: "antimicrobial peptides of up to 60 amino acids, as a classifier judges them",
  source: "Jain et al. 2022, arXiv:2203.04115; classifier of gfnx, arXiv:2511.16592",
  config,
  create,
} satisfies EnvironmentPlugin;

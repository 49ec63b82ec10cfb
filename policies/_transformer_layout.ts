/**
 * Where each weight of a Transformer lies in its flat variable: embeddings, blocks, outputs. Query, key and
 * value lie side by side, so that one product gives all three.
 *
 * @module
 */
import { padTo8, type Place, uniformWithin } from "./_parameters.ts";

/** What decides the weights of a Transformer. */
export interface TransformerShape {
  /** Number of value embeddings, that of the first token of all sequences last. */
  values: number;
  /** Number of places, that of that token first. */
  places: number;
  layers: number;
  heads: number;
  /** D, a multiple of 8 and of 4 times the heads. */
  width: number;
  /** F, hidden numbers of the feed-forward part. */
  feedForward: number;
  /** Outputs of each linear map that reads the last block. */
  outputs: readonly number[];
}

/** A linear map's place: weights in panels, biases padded to panels. */
export interface LinearPlace {
  /** K */
  inputs: number;
  /** N */
  outputs: number;
  /** Panels of 8 columns */
  panels: number;
  /** Index of the first weight. */
  weights: number;
  /** Index of the first bias. */
  biases: number;
  /** Index of its transpose among the transposes. */
  transpose: number;
}

/** Indices of a layer norm's factors and summands. */
export interface NormPlace {
  gain: number;
  bias: number;
}

/** The places of a block. */
export interface BlockPlaces {
  /** Query, key and value. */
  mixing: LinearPlace;
  output: LinearPlace;
  norm1: NormPlace;
  linear1: LinearPlace;
  linear2: LinearPlace;
  norm2: NormPlace;
}

/** Everything's place in the flat variable. */
export interface TransformerLayout {
  /** Value embeddings, then places; the variable begins with them. */
  embeddings: number;
  blocks: readonly BlockPlaces[];
  heads: readonly LinearPlace[];
  /** Numbers in the flat variable. */
  size: number;
  /** Numbers in all transposes. */
  transposes: number;
  parameters: readonly Place[];
}

/** Lays out a Transformer. */
export function layOutTransformer(shape: TransformerShape): TransformerLayout {
  const { width: D, feedForward: F } = shape, parameters: Place[] = [];
  let next = 0, nextTranspose = 0;
  const place = (
    name: string,
    dimensions: readonly number[],
    arrangement: Place["arrangement"],
    numbers: number,
    start: Place["start"],
  ) => {
    const at = next;
    parameters.push({ name, shape: dimensions, arrangement, at, start });
    next += numbers;
    return at;
  };
  /** Maps that read the same input, whose products are computed as one. */
  const linear = (names: readonly string[], K: number, N: number): LinearPlace => {
    const P = padTo8(N), start = uniformWithin(K), weights = next, transpose = nextTranspose;
    for (const name of names) place(`${name}.weight`, [N, K], "product", K * P, start);
    const biases = next;
    for (const name of names) place(`${name}.bias`, [N], "plain", P, start);
    const outputs = names.length === 1 ? N : names.length * P;
    nextTranspose += outputs * padTo8(K);
    return { inputs: K, outputs, panels: names.length * P / 8, weights, biases, transpose };
  };
  const norm = (name: string): NormPlace => ({
    gain: place(`${name}.weight`, [D], "plain", D, () => 1),
    bias: place(`${name}.bias`, [D], "plain", D, () => 0),
  });
  const { values, places } = shape;
  place("token.weight", [values, D], "plain", values * D, (random) => random.normal());
  place("position.weight", [places, D], "plain", places * D, (_random, i) => sinusoid(i, D));
  const blocks = Array.from({ length: shape.layers }, (_, l): BlockPlaces => {
    const block = `blocks.${l}`, attention = `${block}.attention`;
    return {
      mixing: linear(["query", "key", "value"].map((role) => `${attention}.${role}`), D, D),
      output: linear([`${attention}.output`], D, D),
      norm1: norm(`${block}.norm1`),
      linear1: linear([`${block}.linear1`], D, F),
      linear2: linear([`${block}.linear2`], F, D),
      norm2: norm(`${block}.norm2`),
    };
  });
  const heads = shape.outputs.map((N, h) => linear([`heads.${h}`], D, N));
  const embeddings = (values + places) * D;
  return { embeddings, blocks, heads, size: next, transposes: nextTranspose, parameters };
}

/** The i-th number of the sinusoids that place embeddings start from, D to a place: sine, cosine, sine... */
function sinusoid(i: number, D: number): number {
  const place = Math.floor(i / D), column = i % D;
  const angle = place / 10000 ** ((column - column % 2) / D);
  return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
}

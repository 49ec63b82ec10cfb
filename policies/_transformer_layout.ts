/**
 * Where each weight of a Transformer lies in its flat variable: embeddings, blocks, outputs. Query, key and
 * value lie side by side, so that one product gives all three.
 *
 * @module
 */
import { type LinearPlace, type NormPlace, Placing } from "./_linear_maps.ts";
import type { Place } from "./_parameters.ts";

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
  const { values, places, width: D, feedForward: F } = shape, placing = new Placing();
  placing.place("token.weight", [values, D], "plain", values * D, (random) => random.normal());
  placing.place(
    ...["position.weight", [places, D], "plain", places * D] as const,
    (_random, i) => sinusoid(i, D),
  );
  const embeddings = placing.size;
  const blocks = Array.from({ length: shape.layers }, (_, l): BlockPlaces => {
    const block = `blocks.${l}`, attention = `${block}.attention`;
    return {
      mixing: placing.linear(
        ["query", "key", "value"].map((role) => `${attention}.${role}`),
        ...[D, D] as const,
      ),
      output: placing.linear([`${attention}.output`], D, D),
      norm1: placing.norm(`${block}.norm1`, D),
      linear1: placing.linear([`${block}.linear1`], D, F),
      linear2: placing.linear([`${block}.linear2`], F, D),
      norm2: placing.norm(`${block}.norm2`, D),
    };
  });
  const heads = shape.outputs.map((N, h) => placing.linear([`heads.${h}`], D, N));
  const { size, transposes, parameters } = placing;
  return { embeddings, blocks, heads, size, transposes, parameters };
}

/** The i-th number of the sinusoids that place embeddings start from, D to a place: sine, cosine, sine... */
function sinusoid(i: number, D: number): number {
  const place = Math.floor(i / D), column = i % D;
  const angle = place / 10000 ** ((column - column % 2) / D);
  return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
}

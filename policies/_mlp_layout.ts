/**
 * Where each weight of an MLP lies in its flat variable, and the way there and back from the field's
 * layout. Layer after layer: the weights, then P biases, where P is the number of outputs N rounded up
 * to a multiple of 8. Padding is 0 and stays so: its gradient is 0, and Adam leaves such a number alone.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { RandomStream } from "../tensor/random.ts";
import type { Layer } from "./network.ts";

/** How a layer reads its input, which decides how its weights lie. */
export type Reading =
  /** Sums rows of weights: element (k, n) at P * k + n. */
  | "gather"
  /** Multiplies by panels of 8 columns: element (k, n) at 8 * K * floor(n / 8) + 8 * k + n mod 8. */
  | "product";

/** One layer's place in the flat variable. */
export interface LayerPlace {
  reading: Reading;
  /** K */
  inputs: number;
  /** N */
  outputs: number;
  /** P */
  padded: number;
  /** Index of the first weight. */
  weights: number;
  /** Index of the first bias. */
  biases: number;
}

/** The smallest multiple of 8 that is at least n: the columns of a row in the kernels' matrices. */
export function padTo8(n: number): number {
  return Math.ceil(n / 8) * 8;
}

/**
 * The places of layers of the widths given.
 *
 * @param widths inputs, hidden widths, outputs
 * @param first how the first layer reads its input; the others multiply
 */
export function placeLayers(widths: readonly number[], first: Reading): LayerPlace[] {
  const places: LayerPlace[] = [];
  let next = 0;
  for (let l = 0; l + 1 < widths.length; l++) {
    const inputs = widths[l]!, outputs = widths[l + 1]!, padded = padTo8(outputs);
    const biases = next + inputs * padded;
    const reading = l === 0 ? first : "product";
    places.push({ reading, inputs, outputs, padded, weights: next, biases });
    next = biases + padded;
  }
  return places;
}

/** Numbers in the flat variable of layers placed so. */
export function flatSize(places: readonly LayerPlace[]): number {
  const last = places.at(-1)!;
  return last.biases + last.padded;
}

/** Index in the flat variable of the weight from input k to output n. */
function weightIndex(
  { reading, inputs, padded, weights }: LayerPlace,
  k: number,
  n: number,
): number {
  return reading === "gather"
    ? weights + padded * k + n
    : weights + 8 * inputs * (n >> 3) + 8 * k + (n & 7);
}

/** Layers as PyTorch starts an nn.Linear: weights and biases uniform within 1/sqrt(K) of 0. */
export function randomLayers(places: readonly LayerPlace[], random: RandomStream): Layer[] {
  return places.map(({ inputs, outputs }) => {
    const bound = 1 / Math.sqrt(inputs);
    const draw = () => (2 * random.uniform() - 1) * bound;
    return {
      weight: Float32Array.from({ length: outputs * inputs }, draw),
      bias: Float32Array.from({ length: outputs }, draw),
      inputs,
      outputs,
    };
  });
}

/**
 * Writes layers into the flat variable.
 *
 * @throws {GfnError} `E_NETWORK_SHAPE` when their number or a shape is another
 */
export function packLayers(
  places: readonly LayerPlace[],
  layers: readonly Layer[],
  flat: Float32Array,
): void {
  const wanted = places.map(shapeText).join(", "), found = layers.map(shapeText).join(", ");
  const complete = layers.every(({ weight, bias, inputs, outputs }) =>
    weight.length === inputs * outputs && bias.length === outputs
  );
  if (wanted !== found || !complete) {
    throw usageError(
      "E_NETWORK_SHAPE",
      `Cannot load layers: found ${found || "none"}${
        complete ? "" : " with a wrong number of weights or biases"
      }, want ${wanted} (outputs x inputs)`,
    );
  }
  flat.fill(0);
  for (const [l, place] of places.entries()) {
    const { weight, bias } = layers[l]!, { inputs: K, outputs: N } = place;
    for (let n = 0; n < N; n++) {
      for (let k = 0; k < K; k++) flat[weightIndex(place, k, n)] = weight[n * K + k]!;
    }
    flat.set(bias, place.biases);
  }
}

/** Copies of the layers in the flat variable. */
export function unpackLayers(places: readonly LayerPlace[], flat: Float32Array): Layer[] {
  return places.map((place) => {
    const { inputs: K, outputs: N, biases } = place;
    const weight = new Float32Array(N * K);
    for (let n = 0; n < N; n++) {
      for (let k = 0; k < K; k++) weight[n * K + k] = flat[weightIndex(place, k, n)]!;
    }
    return { weight, bias: flat.slice(biases, biases + N), inputs: K, outputs: N };
  });
}

function shapeText({ inputs, outputs }: { inputs: number; outputs: number }): string {
  return `${outputs}x${inputs}`;
}

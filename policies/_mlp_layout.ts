/**
 * Where each layer of an MLP lies in its flat variable. Layer after layer: the weights, then P biases,
 * where P is the number of outputs N rounded up to a multiple of 8.
 *
 * @module
 */
import { type Arrangement, padTo8, type Place, uniformWithin } from "./_parameters.ts";

/** How a layer reads its input, which decides how its weights lie: sums rows of them, or multiplies. */
export type Reading = Exclude<Arrangement, "plain">;

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

/** The layers' parameters, `layers.0.weight` [N, K], `layers.0.bias` [N] and so on, first to last. */
export function placeParameters(places: readonly LayerPlace[]): Place[] {
  return places.flatMap(({ reading, inputs, outputs, weights, biases }, l): Place[] => {
    const name = `layers.${l}`, start = uniformWithin(inputs);
    return [
      {
        name: `${name}.weight`,
        shape: [outputs, inputs],
        arrangement: reading,
        at: weights,
        start,
      },
      { name: `${name}.bias`, shape: [outputs], arrangement: "plain", at: biases, start },
    ];
  });
}

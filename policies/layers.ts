/**
 * The parameters of an MLP as affine layers, which is how the field's fixtures give them.
 *
 * @module
 */
import type { Parameter } from "./network.ts";

/** One affine layer y = W x + b. */
export interface Layer {
  /** [out * in], row-major */
  weight: Float32Array;
  /** [out] */
  bias: Float32Array;
  inputs: number;
  outputs: number;
}

/** The layers, first to last, of an MLP's parameters. */
export function layersOf(parameters: readonly Parameter[]): Layer[] {
  const layers: Layer[] = [];
  for (let i = 0; i + 1 < parameters.length; i += 2) {
    const { shape, values: weight } = parameters[i]!;
    const [outputs, inputs] = shape as [number, number];
    layers.push({ weight, bias: parameters[i + 1]!.values, inputs, outputs });
  }
  return layers;
}

/** The parameters of an MLP of these layers. */
export function parametersOf(layers: readonly Layer[]): Parameter[] {
  return layers.flatMap(({ weight, bias, inputs, outputs }, l) => [
    { name: `layers.${l}.weight`, shape: [outputs, inputs], values: weight },
    { name: `layers.${l}.bias`, shape: [outputs], values: bias },
  ]);
}

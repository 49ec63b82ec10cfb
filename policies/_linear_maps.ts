/**
 * Linear maps and layer norms in a flat variable: where they lie, what they give, and their gradients. Maps
 * that read the same input lie side by side, so that one product computes them all.
 *
 * @module
 */
import { type Epilogue, epilogue, kernels } from "../tensor/kernels/kernels.ts";
import { padTo8, type Place, uniformWithin } from "./_parameters.ts";

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
  /** Index of the first bias; null where there is none. */
  biases: number | null;
  /** Index of its transpose among the transposes. */
  transpose: number;
}

/** Indices of a layer norm's factors and summands. */
export interface NormPlace {
  gain: number;
  bias: number;
}

/** Gives out the places of a flat variable, one after the other. */
export class Placing {
  readonly parameters: Place[] = [];
  /** Numbers in the flat variable so far. */
  size = 0;
  /** Numbers in all transposes so far. */
  transposes = 0;

  /** The index of a parameter's first number. */
  place(
    name: string,
    shape: readonly number[],
    arrangement: Place["arrangement"],
    numbers: number,
    start: Place["start"],
  ): number {
    const at = this.size;
    this.parameters.push({ name, shape, arrangement, at, start });
    this.size += numbers;
    return at;
  }

  /** Linear maps from K to N numbers each, of one input. */
  linear(
    names: readonly string[],
    K: number,
    N: number,
    biased: "biases" | "no biases" = "biases",
  ): LinearPlace {
    const P = padTo8(N), start = uniformWithin(K), transpose = this.transposes;
    const [weights] = names.map((name) =>
      this.place(`${name}.weight`, [N, K], "product", K * P, start)
    );
    const [biases] = biased === "no biases"
      ? []
      : names.map((name) => this.place(`${name}.bias`, [N], "plain", P, start));
    const outputs = names.length === 1 ? N : names.length * P;
    this.transposes += outputs * padTo8(K);
    const panels = names.length * P / 8;
    return { inputs: K, outputs, panels, weights: weights!, biases: biases ?? null, transpose };
  }

  /** A layer norm of D numbers. */
  norm(name: string, D: number): NormPlace {
    return {
      gain: this.place(`${name}.weight`, [D], "plain", D, () => 1),
      bias: this.place(`${name}.bias`, [D], "plain", D, () => 0),
    };
  }
}

/** Writes the transposed weights of linear maps. */
export function writeTransposes(
  maps: readonly LinearPlace[],
  weights: number,
  transposes: number,
): void {
  for (const { inputs, outputs, weights: at, transpose } of maps) {
    kernels.transposePanels(weights + 4 * at, inputs, outputs, transposes + 4 * transpose);
  }
}

/**
 * y [rows, 8 * panels] = the map of x.
 *
 * @param weights address of the flat variable
 * @param x rows `stride` bytes apart
 * @param relu whether max(y, 0) is wanted
 */
export function linear(
  weights: number,
  { inputs, panels, weights: at, biases }: LinearPlace,
  x: number,
  stride: number,
  rows: number,
  y: number,
  relu: "relu" | "as it is" = "as it is",
): void {
  const then: Epilogue = biases === null
    ? epilogue.none
    : relu === "relu"
    ? epilogue.biasRelu
    : epilogue.bias;
  const b = weights + 4 * (biases ?? 0);
  kernels.gemm(x, stride, weights + 4 * at, y, 32 * panels, rows, inputs, panels, then, b);
}

/**
 * Gradients of a linear map: in its weights and biases, written, and in x.
 *
 * @param transposes address of what {@linkcode writeTransposes} left
 * @param gradient address of the flat variable's gradient
 * @param dx [rows, K padded]
 * @param relu where x is a ReLU's output, its address: dx becomes the gradient before that
 */
export function linearGradient(
  { inputs: K, outputs, panels, weights, biases, transpose }: LinearPlace,
  { transposes, gradient }: { transposes: number; gradient: number },
  x: number,
  strideX: number,
  dy: number,
  rows: number,
  dx: number,
  relu?: number,
): void {
  const strideY = 32 * panels, panelsX = Math.ceil(K / 8);
  if (biases !== null) kernels.columnSums(dy, strideY, rows, panels, gradient + 4 * biases);
  kernels.gemmTransposed(x, strideX, dy, strideY, gradient + 4 * weights, rows, K, panels);
  const then = relu === undefined ? epilogue.none : epilogue.reluMask;
  kernels.gemm(
    ...[dy, strideY, transposes + 4 * transpose, dx, 32 * panelsX] as const,
    ...[rows, outputs, panelsX, then, relu ?? 0] as const,
  );
}

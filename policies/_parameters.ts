/**
 * Where each named parameter of a network lies in its flat variable, how it starts, and the way there and
 * back. Numbers of the variable that belong to no parameter are padding: 0, with a gradient of 0, and Adam
 * leaves such a number alone.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { RandomStream } from "../tensor/random.ts";
import type { Parameter } from "./network.ts";

/** How a parameter's numbers lie from `at` on. */
export type Arrangement =
  /** As in the parameter: row after row. */
  | "plain"
  /** A matrix [N, K] as K rows of P numbers: element (n, k) at P * k + n. */
  | "gather"
  /** A matrix [N, K] in panels of 8 columns: element (n, k) at 8 * K * floor(n / 8) + 8 * k + n mod 8. */
  | "product";

/** One parameter's place in the flat variable. */
export interface Place {
  name: string;
  /** [N] or [N, K] */
  shape: readonly number[];
  arrangement: Arrangement;
  /** Index of its first number. */
  at: number;
  /** Its i-th number before training. */
  start: (random: RandomStream, i: number) => number;
}

/** The smallest multiple of 8 that is at least n: the columns of a row in the kernels' matrices. */
export function padTo8(n: number): number {
  return Math.ceil(n / 8) * 8;
}

/** Uniform within 1/sqrt(K) of 0, as PyTorch starts the weights and biases of an nn.Linear with K inputs. */
export function uniformWithin(K: number): Place["start"] {
  const bound = 1 / Math.sqrt(K);
  return (random) => (2 * random.uniform() - 1) * bound;
}

/** Parameters as they are before training, drawn first to last. */
export function startParameters(places: readonly Place[], random: RandomStream): Parameter[] {
  return places.map(({ name, shape, start }) => ({
    name,
    shape,
    values: Float32Array.from({ length: sizeOf(shape) }, (_, i) => start(random, i)),
  }));
}

/**
 * Writes parameters, in any order, into the flat variable.
 *
 * @throws {GfnError} `E_NETWORK_SHAPE` when one is missing, too many, or of another shape
 */
export function packParameters(
  places: readonly Place[],
  parameters: readonly Parameter[],
  flat: Float32Array,
): void {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const strange = parameters.find(({ name }) => !places.some((place) => place.name === name));
  if (strange) {
    throw usageError(
      "E_NETWORK_SHAPE",
      `Cannot load parameters: found ${describe(strange)}, want ${
        places.map(describe).join(", ")
      } alone`,
    );
  }
  for (const place of places) {
    const found = byName.get(place.name);
    const fits = found !== undefined && describe(found) === describe(place) &&
      found.values.length === sizeOf(place.shape);
    if (fits) continue;
    throw usageError(
      "E_NETWORK_SHAPE",
      `Cannot load parameters: found ${
        found ? `${describe(found)} of ${found.values.length} numbers` : `no ${place.name}`
      }, want ${describe(place)}`,
    );
  }
  flat.fill(0);
  for (const place of places) {
    const { values } = byName.get(place.name)!;
    const index = indexIn(place);
    for (let i = 0; i < values.length; i++) flat[index(i)] = values[i]!;
  }
}

/** Copies of the parameters in the flat variable. */
export function unpackParameters(places: readonly Place[], flat: Float32Array): Parameter[] {
  return places.map((place) => {
    const { name, shape } = place, index = indexIn(place);
    const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => flat[index(i)]!);
    return { name, shape, values };
  });
}

/** Index in the flat variable of a parameter's i-th number. */
function indexIn({ shape, arrangement, at }: Place): (i: number) => number {
  if (arrangement === "plain") return (i) => at + i;
  const [N, K] = shape as [number, number], P = padTo8(N);
  return arrangement === "gather"
    ? (i) => at + P * (i % K) + Math.floor(i / K)
    : (i) => at + 8 * K * Math.floor(i / K / 8) + 8 * (i % K) + Math.floor(i / K) % 8;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

function describe({ name, shape }: { name: string; shape: readonly number[] }): string {
  return `${name} [${shape.join(", ")}]`;
}

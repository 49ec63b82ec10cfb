/**
 * The networks and grids of a fixture file: in plain doubles, and in float32 as gfn runs them.
 *
 * @module
 */
import hypergrid from "../../envs/hypergrid.ts";
import { type HostedEnvironment, openEnvironment } from "../../plugins/open.ts";
import type { Observation } from "../../plugins/contract.ts";
import { type Layer, parametersOf } from "../../policies/layers.ts";
import { createMlp } from "../../policies/mlp.ts";
import type { Network, ObservationRows } from "../../policies/network.ts";
import { oneHot, scalarMlp } from "../../policies/scalar_mlp.ts";
import { logSoftmaxRow } from "../../tensor/categorical.ts";
import { RandomStream } from "../../tensor/random.ts";
import type { Check, Tolerance } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";

/** The layers of a network, as the fixture gives them. */
export interface Net {
  layers: { weight: Float64Array; bias: Float64Array }[];
  /** Inputs, hidden widths, outputs. */
  widths: number[];
  outputs: number;
}

/** The grid that an object with the keys d, H, R0, R1, R2 describes. */
export function openGrid(fixture: Fixture): Promise<HostedEnvironment> {
  return openEnvironment(hypergrid, {
    dims: fixture.at("d").whole(1),
    side: fixture.at("H").whole(2),
    preset: "classic",
    r0: fixture.at("R0").number(),
    r1: fixture.at("R1").number(),
    r2: fixture.at("R2").number(),
  });
}

/** The name of a grid's cases. */
export function gridName(fixture: Fixture): string {
  return ["d", "H", "R0", "R1", "R2"]
    .map((key) => `${key} ${fixture.maybe(key)?.value ?? "?"}`).join(" ");
}

/** Sizes of the one-hot fields of a grid. */
export function fieldSizes({ observation }: HostedEnvironment): readonly number[] {
  if (observation.kind === "categorical") return observation.sizes;
  throw malformed("observations", observation.kind, "categorical");
}

/**
 * Reads a list of layers.
 *
 * @param inputs numbers that the first layer must read
 */
export function readNet(fixture: Fixture, inputs: number): Net {
  const widths = [inputs];
  const layers = fixture.list().map((layer) => {
    const bias = Float64Array.from(layer.at("bias").numbers());
    const rows = layer.at("weight").list(), width = widths.at(-1)!;
    const other = layer.otherKeys(["weight", "bias"]);
    if (rows.length !== bias.length || other.length > 0) {
      throw malformed(
        layer.path,
        [`${rows.length} rows and ${bias.length} biases`, ...other].join(", "),
        "a bias for each row of weights",
      );
    }
    widths.push(bias.length);
    return { weight: Float64Array.from(rows.flatMap((row) => row.numbers(width))), bias };
  });
  if (layers.length === 0) throw malformed(fixture.path, "no layer", "at least one");
  return { layers, widths, outputs: widths.at(-1)! };
}

/** [R * outputs] in doubles. */
export function inDoubles(
  { layers, outputs }: Net,
  sizes: readonly number[],
  { rows, values }: ObservationRows,
): Float64Array {
  const out = new Float64Array(rows * outputs), fields = sizes.length;
  for (let r = 0; r < rows; r++) {
    const input = oneHot(values.subarray(r * fields, (r + 1) * fields), sizes);
    out.set(scalarMlp(layers, input), r * outputs);
  }
  return out;
}

/**
 * The gradient of a loss in every weight, in doubles, from that in the outputs.
 *
 * @param dOutputs [R * outputs]
 */
export function backpropagate(
  { layers, outputs }: Net,
  sizes: readonly number[],
  { rows, values }: ObservationRows,
  dOutputs: ArrayLike<number>,
): { weight: number[][]; bias: number[] }[] {
  const fields = sizes.length;
  const gradients = layers.map(({ weight, bias }) => {
    const width = weight.length / bias.length;
    return {
      weight: rowsOf(new Float64Array(weight.length), width, bias.length),
      bias: Array.from(bias, () => 0),
    };
  });
  for (let r = 0; r < rows; r++) {
    const activations = [oneHot(values.subarray(r * fields, (r + 1) * fields), sizes)];
    for (const [l, layer] of layers.slice(0, -1).entries()) {
      activations.push(scalarMlp([layer], activations[l]!).map((x) => Math.max(0, x)));
    }
    let d = Array.from({ length: outputs }, (_, a) => dOutputs[r * outputs + a]!);
    for (let l = layers.length - 1; l >= 0; l--) {
      const input = activations[l]!, { weight, bias } = gradients[l]!;
      d.forEach((dn, n) => {
        bias[n]! += dn;
        input.forEach((x, k) => weight[n]![k]! += dn * x);
      });
      const after = d, width = input.length;
      d = Array.from(
        input,
        (x, k) =>
          x > 0 ? after.reduce((sum, dn, n) => sum + dn * layers[l]!.weight[n * width + k]!, 0) : 0,
      );
    }
  }
  return gradients;
}

/** The network as gfn trains it. */
export function inFloats({ layers, widths, outputs }: Net, observation: Observation): Network {
  const network = createMlp({
    observation,
    outputs,
    hidden: widths.slice(1, -1),
    random: RandomStream.of(0, "overwritten"),
  });
  network.load(parametersOf(layers.map(({ weight, bias }, l) => ({
    weight: Float32Array.from(weight),
    bias: Float32Array.from(bias),
    inputs: widths[l]!,
    outputs: widths[l + 1]!,
  }))));
  return network;
}

/** A layer as the nested lists of a fixture. */
function nested({ weight, bias, inputs, outputs }: Layer) {
  return { weight: rowsOf(weight, inputs, outputs), bias: Array.from(bias) };
}

/** Compares layers, or gradients of layers, with a fixture's, tensor by tensor. */
export function checkLayers(
  check: Check,
  found: readonly Layer[] | readonly { weight: number[][]; bias: number[] }[],
  want: Fixture,
  tolerance: Tolerance,
): void {
  const layers = found.map((layer) => "inputs" in layer ? nested(layer) : layer);
  const wanted = want.list();
  if (wanted.length !== layers.length) {
    throw malformed(want.path, `${wanted.length} layers`, `${layers.length}`);
  }
  for (const [l, layer] of wanted.entries()) {
    check.equalSums(layers[l]!.weight, layer.at("weight"), tolerance);
    check.equalSums(layers[l]!.bias, layer.at("bias"), tolerance);
    check.holds(layer.keys().length === 2, `${layer.path}: found ${layer.keys()}, want two keys`);
  }
}

/** Numbers laid end to end, as `count` rows. */
export function rowsOf(values: ArrayLike<number>, width: number, count: number): number[][] {
  return Array.from(
    { length: count },
    (_, r) => Array.from({ length: width }, (_, k) => values[r * width + k]!),
  );
}

/** log softmax over the allowed entries of each row of `width`; nats, -Infinity where masked. */
export function logSoftmax(
  logits: Float32Array | Float64Array,
  mask: Uint8Array,
  width: number,
): Float64Array {
  const out = new Float64Array(logits.length);
  for (let at = 0; at < out.length; at += width) {
    logSoftmaxRow(logits, at, width, mask, at, out, at);
  }
  return out;
}

/**
 * The Transformer in plain doubles, one row at a time: slow, obvious, and what the fast one is checked
 * against.
 *
 * @module
 */
import type { TransformerOptions } from "../../policies/transformer.ts";
import type { Parameter } from "../../policies/network.ts";

/** A parameter in doubles, so that finite differences may move it by little. */
export interface DoubleParameter {
  name: string;
  shape: readonly number[];
  values: Float64Array;
}

/** Parameters in doubles. */
export function inDoubles(parameters: readonly Parameter[]): DoubleParameter[] {
  return parameters.map(({ name, shape, values }) => ({
    ...{ name, shape },
    values: Float64Array.from(values),
  }));
}

type Vector = readonly number[];

/** [all heads' outputs] for one observation. */
export function scalarTransformer(
  { heads, attention, absent, layers, attentionHeads, width }: Omit<TransformerOptions, "random">,
  parameters: readonly DoubleParameter[],
  values: ArrayLike<number>,
): number[] {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const row = (name: string, i: number): Vector => {
    const { values, shape } = byName.get(name)!, length = shape[1] ?? 1;
    return Array.from(values.subarray(i * length, (i + 1) * length));
  };
  const vector = (name: string): Vector => Array.from(byName.get(name)!.values);
  const linear = (name: string, x: Vector): Vector =>
    vector(`${name}.bias`).map((b, n) => b + dot(row(`${name}.weight`, n), x));
  const norm = (name: string, x: Vector): Vector => {
    const mean = sum(x) / x.length;
    const deviation = Math.sqrt(sum(x.map((y) => (y - mean) ** 2)) / x.length + 1e-5);
    const gain = vector(`${name}.weight`), bias = vector(`${name}.bias`);
    return x.map((y, i) => gain[i]! * (y - mean) / deviation + bias[i]!);
  };

  const first = byName.get("token.weight")!.shape[0]! - 1;
  const tokens = [{ value: first, place: 0 }];
  for (let f = 0; f < values.length; f++) {
    if (values[f] !== absent) tokens.push({ value: values[f]!, place: f + 1 });
  }
  let xs = tokens.map(({ value, place }) =>
    add(row("token.weight", value), row("position.weight", place))
  );
  for (let l = 0; l < layers; l++) {
    const block = `blocks.${l}`, size = width / attentionHeads;
    const [queries, keys, inputs] = ["query", "key", "value"].map((role) =>
      xs.map((x) => linear(`${block}.attention.${role}`, x))
    ) as [Vector[], Vector[], Vector[]];
    const mixed = queries.map((query, i) => {
      const known = attention === "causal" ? i + 1 : xs.length;
      const out: number[] = [];
      for (let h = 0; h < attentionHeads; h++) {
        const part = (x: Vector) => x.slice(h * size, (h + 1) * size);
        const scores = keys.slice(0, known).map((key) =>
          dot(part(query), part(key)) / Math.sqrt(size)
        );
        const total = sum(scores.map(Math.exp));
        for (let d = 0; d < size; d++) {
          out.push(sum(scores.map((s, j) => Math.exp(s) / total * part(inputs[j]!)[d]!)));
        }
      }
      return out;
    });
    xs = xs.map((x, i) => {
      const y = norm(`${block}.norm1`, add(x, linear(`${block}.attention.output`, mixed[i]!)));
      const hidden = linear(`${block}.linear1`, y).map((h) => Math.max(h, 0));
      return norm(`${block}.norm2`, add(y, linear(`${block}.linear2`, hidden)));
    });
  }
  return heads.flatMap(({ reads }, h) => {
    if (reads === "positions") return xs.slice(1).flatMap((x) => linear(`heads.${h}`, x));
    if (attention === "causal") return linear(`heads.${h}`, xs.at(-1)!);
    const read = reads === "first" ? xs.slice(0, 1) : xs;
    return linear(`heads.${h}`, read.reduce(add).map((x) => x / read.length));
  });
}

function add(a: Vector, b: Vector): Vector {
  return a.map((x, i) => x + b[i]!);
}

function dot(a: Vector, b: Vector): number {
  return a.reduce((total, x, i) => total + x * b[i]!, 0);
}

function sum(x: Vector): number {
  return x.reduce((total, y) => total + y, 0);
}

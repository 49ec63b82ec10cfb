/**
 * The graph network in plain doubles, one graph at a time and pair by pair: slow, obvious, and what the fast
 * one is checked against.
 *
 * @module
 */
import type { GraphOptions } from "../../policies/graph.ts";
import type { DoubleParameter } from "./_scalar_transformer.ts";

type Vector = readonly number[];

/** [all heads' outputs] for one observation. */
export function scalarGraph(
  { observation, heads, mixing, layers, attentionHeads, width }: Omit<GraphOptions, "random">,
  parameters: readonly DoubleParameter[],
  values: ArrayLike<number>,
): number[] {
  const { nodes: n, nodeTypes, edgeTypes: E, directed, reversed } = observation;
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const row = (name: string, i: number): Vector => {
    const { values, shape } = byName.get(name)!, length = shape[1]!;
    return Array.from(values.subarray(i * length, (i + 1) * length));
  };
  const times = (name: string, x: Vector): Vector => {
    const { values, shape } = byName.get(name)!, K = x.length;
    return Array.from({ length: shape[0]! }, (_, n) => {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += values[n * K + k]! * x[k]!;
      return sum;
    });
  };
  const linear = (name: string, x: Vector): Vector =>
    add(times(`${name}.weight`, x), Array.from(byName.get(`${name}.bias`)!.values));
  const norm = (name: string, x: Vector): Vector => {
    const mean = sum(x) / x.length;
    const deviation = Math.sqrt(sum(x.map((y) => (y - mean) ** 2)) / x.length + 1e-5);
    const gain = Array.from(byName.get(`${name}.weight`)!.values);
    const bias = Array.from(byName.get(`${name}.bias`)!.values);
    return x.map((y, i) => gain[i]! * (y - mean) / deviation + bias[i]!);
  };

  const pairs: [number, number][] = [];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) pairs.push([i, j]);
  for (let i = 0; directed && i < n; i++) for (let j = 0; j < i; j++) pairs.push([i, j]);
  const place = new Map(pairs.map(([i, j], p) => [i * n + j, n + p]));
  /** The word of a pair as stored. */
  const stored = (i: number, j: number) => values[place.get(i * n + j)!]!;
  /** The word of an undirected edge as node i sees it. */
  const seen = (i: number, j: number): number => {
    if (i < j) return stored(i, j);
    const word = stored(j, i);
    return word === 0 || !reversed ? word : 1 + reversed[word - 1]!;
  };
  const view = (i: number, j: number) =>
    directed ? stored(i, j) * (1 + E) + stored(j, i) : seen(i, j);
  const views = directed ? (1 + E) ** 2 : 1 + E;

  // Token 0 is the global node, of slot -1.
  const slots = [-1, ...Array.from({ length: n }, (_, i) => i).filter((i) => values[i] !== 0)];
  /** The ends of edges that node i has, by kind. */
  const endsOf = (i: number) =>
    slots.filter((j) => i >= 0 && j >= 0 && i !== j).flatMap((j) =>
      directed ? [stored(j, i) - 1, stored(i, j) > 0 ? E + stored(i, j) - 1 : -1] : [seen(i, j) - 1]
    ).filter((kind) => kind >= 0);
  let xs = slots.map((i) => {
    const x = row("node.weight", i < 0 ? nodeTypes : values[i]! - 1);
    if (mixing === "message-passing") return x;
    return endsOf(i).reduce((sum, kind) => add(sum, row("end.weight", kind).map(relu)), x);
  });

  const messages = (layer: string, ys: readonly Vector[]): Vector[] => {
    const name = `${layer}.message`;
    const message = (from: number, map: string, kind: number) =>
      add(times(`${name}.${map}.weight`, ys[from]!), row(`${name}.kind.weight`, kind)).map(relu);
    return slots.map((i, a) => {
      const all = [new Array<number>(width).fill(0)] as Vector[];
      const toGlobal = (directed ? 2 : 1) * E;
      slots.forEach((j, b) => {
        if (a === b) return;
        if (i < 0) all.push(message(b, "global", toGlobal));
        else if (j < 0) all.push(message(b, "global", toGlobal + 1));
        else if (directed) {
          const [out, into] = [stored(i, j), stored(j, i)];
          if (into > 0) all.push(message(b, "along", into - 1));
          if (out > 0) all.push(message(b, "against", E + out - 1));
        } else if (seen(i, j) > 0) all.push(message(b, "edge", seen(i, j) - 1));
      });
      return linear(`${name}.output`, all.reduce(add));
    });
  };
  const attention = (layer: string, ys: readonly Vector[]): Vector[] => {
    const name = `${layer}.attention`, size = width / attentionHeads;
    const [queries, keys, inputs] = ["query", "key", "value"].map((role) =>
      ys.map((y) => linear(`${name}.${role}`, y))
    ) as [Vector[], Vector[], Vector[]];
    return slots.map((i, a) => {
      const out: number[] = [];
      for (let h = 0; h < attentionHeads; h++) {
        const part = (x: Vector) => x.slice(h * size, (h + 1) * size);
        const scores = slots.map((j, b) => {
          const kind = a === b ? views : j < 0 ? views + 1 : i < 0 ? views + 2 : view(i, j);
          return dot(part(queries[a]!), part(keys[b]!)) / Math.sqrt(size) +
            row(`${name}.view.weight`, h)[kind]!;
        });
        const total = sum(scores.map(Math.exp));
        for (let d = 0; d < size; d++) {
          out.push(sum(scores.map((s, b) => Math.exp(s) / total * part(inputs[b]!)[d]!)));
        }
      }
      return linear(`${name}.output`, out);
    });
  };

  for (let l = 0; l < layers; l++) {
    const layer = `layers.${l}`, ys = xs.map((x) => norm(`${layer}.norm1`, x));
    const mixed = mixing === "transformer" ? attention(layer, ys) : messages(layer, ys);
    xs = xs.map((x, a) => {
      const y = add(x, mixed[a]!);
      const hidden = linear(`${layer}.linear1`, norm(`${layer}.norm2`, y)).map(relu);
      return add(y, linear(`${layer}.linear2`, hidden));
    });
  }
  xs = xs.map((x) => norm("norm", x));
  const ofSlot = (i: number) => xs[slots.indexOf(i)];

  return heads.flatMap(({ perGraph, perNode, perPair }, h) => {
    const head = `heads.${h}`, unlike = !directed && reversed?.some((type, t) => type !== t);
    const pairOutputs = (i: number, j: number): Vector => {
      const [first, second] = directed || unlike ? ["first", "second"] : ["node", "node"];
      const both = add(
        times(`${head}.pair.${first}.weight`, ofSlot(i)!),
        times(`${head}.pair.${second}.weight`, ofSlot(j)!),
      );
      return linear(
        `${head}.pair.output`,
        add(both, row(`${head}.pair.edge.weight`, view(i, j))).map(relu),
      );
    };
    const nodeLogits = Array.from({ length: n }, (_, i) => {
      const x = ofSlot(i);
      return perNode === 0
        ? []
        : x
        ? linear(`${head}.node`, x)
        : new Array<number>(perNode).fill(0);
    });
    const pairLogits = pairs.map(([i, j]) => {
      if (perPair === 0) return [];
      if (!ofSlot(i) || !ofSlot(j)) return new Array<number>(perPair).fill(0);
      const here = pairOutputs(i, j);
      if (!unlike) return here;
      const there = pairOutputs(j, i);
      return here.map((x, k) => x + there[perPair === E ? reversed![k]! : k]!);
    });
    return [
      ...(perGraph > 0 ? linear(`${head}.graph`, xs[0]!) : []),
      ...nodeLogits.flat(),
      ...pairLogits.flat(),
    ];
  });
}

function relu(x: number): number {
  return Math.max(x, 0);
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

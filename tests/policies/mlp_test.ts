import assert from "node:assert/strict";
import fc from "fast-check";
import type { Observation } from "../../plugins/contract.ts";
import { type Layer, layersOf, parametersOf } from "../../policies/layers.ts";
import { createMlp } from "../../policies/mlp.ts";
import type { Network, ObservationRows } from "../../policies/network.ts";
import { oneHot, scalarMlp } from "../../policies/scalar_mlp.ts";
import { tf } from "../../tensor/backend.ts";
import { inUse } from "../../tensor/heap.ts";
import { RandomStream } from "../../tensor/random.ts";

const stream = RandomStream.of(7, "mlp tests");

function write(): void {
  throw new Error("an MLP writes no observation");
}

const grid: Observation = { kind: "categorical", sizes: [3, 5, 2], write };
const dense: Observation = { kind: "dense", size: 5, write };

/** One observation of each kind, with the sizes of its fields; none for dense. */
const kinds: { observation: Observation; sizes: readonly number[] | null }[] = [
  { observation: grid, sizes: [3, 5, 2] },
  { observation: { kind: "tokens", length: 4, vocabulary: 3, write }, sizes: [3, 3, 3, 3] },
  {
    observation: {
      kind: "graph",
      nodes: 3,
      nodeTypes: 1,
      edgeTypes: 2,
      directed: false,
      layout: { perGraph: 1, perNode: 0, perPair: 0 },
      write,
    },
    sizes: [2, 2, 2, 3, 3, 3],
  },
  {
    observation: {
      kind: "graph",
      nodes: 2,
      nodeTypes: 2,
      edgeTypes: 1,
      directed: true,
      layout: { perGraph: 1, perNode: 0, perPair: 0 },
      write,
    },
    sizes: [3, 3, 2, 2],
  },
  { observation: dense, sizes: null },
];

function network(
  observation: Observation,
  hidden: readonly number[],
  outputs: number,
  seed = 3,
): Network {
  return createMlp({ observation, outputs, hidden, random: RandomStream.of(seed, "init") });
}

/** Random observations, and each of them as the input vector of the scalar MLP. */
function randomRows(
  sizes: readonly number[] | null,
  rows: number,
): { input: ObservationRows; vectors: Float64Array[] } {
  if (sizes === null) {
    const values = Float32Array.from({ length: rows * 5 }, () => stream.normal());
    const vectors = Array.from(
      { length: rows },
      (_, r) => Float64Array.from(values.subarray(5 * r, 5 * r + 5)),
    );
    return { input: { rows, values }, vectors };
  }
  const F = sizes.length;
  const values = Int32Array.from({ length: rows * F }, (_, i) => stream.integer(sizes[i % F]!));
  const vectors = Array.from(
    { length: rows },
    (_, r) => oneHot(values.subarray(F * r, F * r + F), sizes),
  );
  return { input: { rows, values }, vectors };
}

function assertClose(actual: number, expected: number, relative: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, want ${expected}`,
  );
}

/** sum of coefficients * outputs, whose gradient the tests take. */
function gradientOf(net: Network, input: ObservationRows, coefficients: Float32Array): tf.Tensor {
  const { grads } = tf.variableGrads(
    () => tf.sum(tf.mul(net.apply(input), tf.tensor2d(coefficients, [input.rows, net.outputs]))),
    [net.weights],
  ) as { grads: Record<string, tf.Tensor> };
  return grads[net.weights.name]!;
}

/** A flat gradient read in the field's layout: by loading it as if it were weights. */
function asLayers(net: Network, flat: tf.Tensor): Layer[] {
  const held = net.parameters();
  const weights = net.weights.dataSync();
  net.weights.assign(flat as tf.Tensor1D);
  const layers = layersOf(net.parameters());
  net.weights.assign(tf.tensor1d(weights));
  net.load(held);
  return layers;
}

/** The gradient of the same sum by the chain rule in doubles, in the field's layout. */
function scalarGradient(
  layers: readonly Layer[],
  vectors: readonly Float64Array[],
  coefficients: Float32Array,
): { weight: Float64Array; bias: Float64Array }[] {
  const total = layers.map(({ inputs, outputs }) => ({
    weight: new Float64Array(inputs * outputs),
    bias: new Float64Array(outputs),
  }));
  vectors.forEach((vector, r) => {
    const activations = [vector];
    for (let l = 0; l + 1 < layers.length; l++) {
      activations.push(
        scalarMlp(layers.slice(l, l + 1), activations[l]!).map((x) => Math.max(0, x)),
      );
    }
    const N = layers.at(-1)!.outputs;
    let d = Float64Array.from(coefficients.subarray(r * N, (r + 1) * N));
    for (let l = layers.length - 1; l >= 0; l--) {
      const { weight, inputs: K } = layers[l]!, x = activations[l]!;
      const before = new Float64Array(K);
      d.forEach((dy, n) => {
        total[l]!.bias[n]! += dy;
        for (let k = 0; k < K; k++) {
          total[l]!.weight[n * K + k]! += dy * x[k]!;
          if (l > 0 && x[k]! > 0) before[k]! += dy * weight[n * K + k]!;
        }
      });
      d = before;
    }
  });
  return total;
}

const hiddens = [[], [1], [16], [11, 7], [40, 8, 5, 16]];

Deno.test("forward() and apply() equal the scalar MLP for every kind, depth and width", () => {
  for (const { observation, sizes } of kinds) {
    for (const hidden of hiddens) {
      for (const outputs of [1, 5, 8]) {
        const net = network(observation, hidden, outputs), layers = layersOf(net.parameters());
        for (const rows of [1, 13]) {
          const { input, vectors } = randomRows(sizes, rows);
          const actual = net.forward(input).slice();
          const expected = vectors.flatMap((x) => [...scalarMlp(layers, x)]);
          assert.equal(actual.length, expected.length);
          expected.forEach((y, i) => assertClose(actual[i]!, y, 1e-5, `output ${i}`));
          tf.tidy(() => {
            const applied = net.apply(input);
            assert.deepEqual(applied.shape, [rows, outputs]);
            assert.deepEqual(applied.dataSync(), actual);
          });
        }
        net.dispose();
      }
    }
  }
});

Deno.test("apply() has the gradient of the scalar MLP for every kind, depth and width", () => {
  for (const { observation, sizes } of kinds) {
    for (const hidden of hiddens) {
      for (const outputs of [1, 5, 8]) {
        const net = network(observation, hidden, outputs);
        const { input, vectors } = randomRows(sizes, 9);
        const coefficients = Float32Array.from({ length: 9 * outputs }, () => stream.normal());
        const expected = scalarGradient(layersOf(net.parameters()), vectors, coefficients);
        tf.tidy(() => {
          const actual = asLayers(net, gradientOf(net, input, coefficients));
          expected.forEach(({ weight, bias }, l) => {
            weight.forEach((x, i) => assertClose(actual[l]!.weight[i]!, x, 1e-4, `weight ${i}`));
            bias.forEach((x, i) => assertClose(actual[l]!.bias[i]!, x, 1e-4, `bias ${i}`));
          });
        });
        net.dispose();
      }
    }
  }
});

Deno.test("apply() has the gradient that finite differences of the scalar MLP give", () => {
  const net = network(grid, [7, 6], 3), layers = layersOf(net.parameters());
  const { input, vectors } = randomRows([3, 5, 2], 6);
  const coefficients = Float32Array.from({ length: 18 }, () => stream.normal());
  const doubles = layers.map(({ weight, bias }) => ({
    weight: Float64Array.from(weight),
    bias: Float64Array.from(bias),
  }));
  const loss = () =>
    vectors.reduce(
      (sum, vector, r) =>
        scalarMlp(doubles, vector).reduce((s, y, n) => s + coefficients[3 * r + n]! * y, sum),
      0,
    );
  const slope = (numbers: Float64Array, i: number) => {
    const held = numbers[i]!, h = 1e-6;
    numbers[i] = held + h;
    const above = loss();
    numbers[i] = held - h;
    const below = loss();
    numbers[i] = held;
    return (above - below) / (2 * h);
  };
  tf.tidy(() => {
    const actual = asLayers(net, gradientOf(net, input, coefficients));
    for (const [l, { weight, bias }] of doubles.entries()) {
      weight.forEach((_, i) =>
        assertClose(actual[l]!.weight[i]!, slope(weight, i), 1e-4, "weight")
      );
      bias.forEach((_, i) => assertClose(actual[l]!.bias[i]!, slope(bias, i), 1e-4, "bias"));
    }
  });
  net.dispose();
});

Deno.test("parameters() and load() round-trip exactly", () => {
  for (const { observation } of kinds) {
    const one = network(observation, [11, 7], 5, 1), other = network(observation, [11, 7], 5, 2);
    assert.notDeepEqual(other.parameters(), one.parameters());
    other.load(one.parameters().reverse());
    assert.deepEqual(other.parameters(), one.parameters());
    assert.deepEqual(other.weights.dataSync(), one.weights.dataSync());
    one.dispose();
    other.dispose();
  }
});

Deno.test("load() refuses other shapes", () => {
  const net = network(grid, [4], 2), [first, second] = layersOf(net.parameters()) as [Layer, Layer];
  const refused = { code: "E_NETWORK_SHAPE" };
  assert.throws(() => net.load(parametersOf([first])), refused);
  assert.throws(() => net.load(parametersOf([second, first])), refused);
  assert.throws(
    () => net.load(parametersOf([first, { ...second, bias: new Float32Array(1) }])),
    refused,
  );
  assert.throws(() => net.load([]), {
    message: /found no layers.0.weight, want layers.0.weight \[4, 10\]/,
  });
  assert.throws(() => net.load(parametersOf([first, second, second])), {
    message: /found layers.2.weight \[2, 4\], want .*layers.1.bias \[2\] alone/,
  });
  net.dispose();
});

Deno.test("createMlp() draws weights as nn.Linear does and seeds decide them", () => {
  const net = network(grid, [64], 8, 5), again = network(grid, [64], 8, 5);
  assert.deepEqual(net.parameters(), again.parameters());
  for (const { weight, bias, inputs } of layersOf(net.parameters())) {
    const bound = 1 / Math.sqrt(inputs), all = [...weight, ...bias];
    assert.ok(all.every((x) => Math.abs(x) <= bound));
    assert.ok(Math.max(...all) > 0.9 * bound && Math.min(...all) < -0.9 * bound);
    const meanSquare = all.reduce((sum, x) => sum + x * x, 0) / all.length;
    assertClose(meanSquare / (bound * bound / 3), 1, 0.2, "variance of a uniform number");
  }
  net.dispose();
  again.dispose();
});

Deno.test("createMlp() refuses widths that are no counts", () => {
  const refused = { code: "E_NETWORK_SHAPE" };
  assert.throws(() => network(grid, [0], 2), refused);
  assert.throws(() => network(grid, [2.5], 2), refused);
  assert.throws(() => network(grid, [], 0), refused);
});

Deno.test("the gradient of padding is exactly 0", () => {
  for (const { observation, sizes } of kinds) {
    const net = network(observation, [11, 7], 5);
    tf.tidy(() => {
      const ones = layersOf(net.parameters()).map((layer) => ({
        ...layer,
        weight: layer.weight.map(() => 1),
        bias: layer.bias.map(() => 1),
      }));
      const { input } = randomRows(sizes, 9);
      const gradient = gradientOf(net, input, new Float32Array(45).fill(1)).dataSync();
      net.load(parametersOf(ones));
      const used = net.weights.dataSync();
      used.forEach((one, i) => one === 1 || assert.equal(gradient[i], 0));
      assert.ok(used.some((one) => one === 0));
    });
    net.dispose();
  }
});

Deno.test("no rows give no outputs and a gradient of 0", () => {
  for (const { observation, sizes } of kinds) {
    const net = network(observation, [11], 5), { input } = randomRows(sizes, 0);
    assert.equal(net.forward(input).length, 0);
    tf.tidy(() => {
      const gradient = gradientOf(net, input, new Float32Array(0));
      assert.ok(gradient.dataSync().every((x) => x === 0));
    });
    net.dispose();
  }
});

Deno.test("a row's outputs have the same bits in any batch", () => {
  for (const { observation, sizes } of kinds) {
    const net = network(observation, [32, 24], 5);
    const { input } = randomRows(sizes, 103);
    const width = input.values.length / 103;
    const all = net.forward(input).slice();
    fc.assert(fc.property(fc.nat({ max: 102 }), fc.integer({ min: 1, max: 20 }), (from, count) => {
      const to = Math.min(103, from + count);
      const part = { rows: to - from, values: input.values.subarray(from * width, to * width) };
      assert.deepEqual(net.forward(part), all.subarray(from * 5, to * 5));
    }));
    net.dispose();
  }
});

Deno.test("several calls of apply() before one gradient keep their activations apart", () => {
  const net = network(grid, [11, 7], 3);
  const parts = [4, 9, 2].map((rows) => randomRows([3, 5, 2], rows));
  const coefficients = parts.map(({ input }) =>
    Float32Array.from({ length: 3 * input.rows }, () => stream.normal())
  );
  tf.tidy(() => {
    const { grads } = tf.variableGrads(() =>
      tf.addN(parts.map(({ input }, i) => {
        const outputs = net.apply(input);
        net.forward(parts[0]!.input);
        return tf.sum(tf.mul(outputs, tf.tensor2d(coefficients[i]!, [input.rows, 3])));
      })), [net.weights]) as { grads: Record<string, tf.Tensor> };
    const together = grads[net.weights.name]!.dataSync();
    const apart = parts.map(({ input }, i) => gradientOf(net, input, coefficients[i]!).dataSync());
    together.forEach((x, i) =>
      assertClose(x, apart.reduce((sum, one) => sum + one[i]!, 0), 1e-5, `gradient ${i}`)
    );
  });
  net.dispose();
});

Deno.test("touch(), load() and assign() each reach the next gradient", () => {
  const net = network(dense, [11, 7], 3), fresh = network(dense, [11, 7], 3, 9);
  const { input } = randomRows(null, 6), ones = new Float32Array(18).fill(1);
  const gradient = (of: Network) => tf.tidy(() => gradientOf(of, input, ones).dataSync());
  const start = net.parameters(), before = gradient(net), other = gradient(fresh);
  assert.notDeepEqual(other, before);
  net.load(fresh.parameters());
  assert.deepEqual(gradient(net), other);
  net.load(start);
  assert.deepEqual(gradient(net), before);
  tf.tidy(() => net.weights.assign(tf.tensor1d(fresh.weights.dataSync())));
  assert.deepEqual(gradient(net), other);
  net.dispose();
  fresh.dispose();
});

Deno.test("observations that are not what was declared are refused", () => {
  const net = network(grid, [4], 2), plain = network(dense, [4], 2);
  const refused = { code: "E_NETWORK_INPUT" };
  const read = (...values: number[]) => net.forward({ rows: 2, values: Int32Array.from(values) });
  assert.throws(() => read(0, 0, 0, 0, 5, 0), {
    message: /observation 1: field 1 is 5, want 0 to 4/,
  });
  assert.throws(() => read(0, 0, -1, 0, 0, 0), refused);
  assert.throws(() => read(0, 0, 0), refused);
  assert.throws(() => net.forward({ rows: 1, values: new Float32Array(3) }), refused);
  assert.throws(() => plain.forward({ rows: 1, values: new Int32Array(5) }), refused);
  assert.throws(() => plain.apply({ rows: 1, values: new Float32Array(4) }), refused);
  net.dispose();
  plain.dispose();
});

Deno.test("a network gives back all its memory, and its calls leave none behind", () => {
  const bytes = inUse(), tensors = tf.memory().numTensors;
  const net = network(grid, [11, 7], 3), { input } = randomRows([3, 5, 2], 9);
  const step = () => {
    net.forward(input);
    tf.tidy(() => gradientOf(net, input, new Float32Array(27).fill(1))).dispose();
    net.apply(input).dispose();
  };
  step();
  const steady = inUse();
  for (let i = 0; i < 5; i++) step();
  assert.equal(inUse(), steady);
  assert.throws(() => tf.tidy(() => net.apply({ rows: 1, values: Int32Array.of(9, 9, 9) })));
  assert.equal(inUse(), steady);
  net.dispose();
  assert.equal(inUse(), bytes);
  assert.equal(tf.memory().numTensors, tensors);
});

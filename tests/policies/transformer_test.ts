import assert from "node:assert/strict";
import fc from "fast-check";
import type { Network, ObservationRows } from "../../policies/network.ts";
import { createTransformer, type TransformerOptions } from "../../policies/transformer.ts";
import { tf } from "../../tensor/backend.ts";
import { inUse } from "../../tensor/heap.ts";
import { kernelBuild, useKernels } from "../../tensor/kernels/kernels.ts";
import { RandomStream } from "../../tensor/random.ts";
import { startThreads } from "../../tensor/threads.ts";
import { inDoubles, scalarTransformer } from "./_scalar_transformer.ts";

const stream = RandomStream.of(7, "transformer tests");

function write(): void {
  throw new Error("a Transformer writes no observation");
}

const tokens = { kind: "tokens", length: 5, vocabulary: 4, write } as const;
const fields = { kind: "categorical", sizes: [3, 5, 2], write } as const;
const small = { layers: 2, attentionHeads: 2, width: 16, feedForward: 11 };
const mean = { outputs: 3, reads: "sequence" } as const;

type Options = Omit<TransformerOptions, "random">;

/** Every way to read an observation, to attend and to give outputs. */
const cases: Record<string, Options> = {
  "tokens, bidirectional": {
    ...{ ...small, observation: tokens, attention: "bidirectional", absent: null, heads: [mean] },
  },
  "tokens, absent ones left out": {
    ...{ ...small, observation: tokens, attention: "bidirectional", absent: 0, heads: [mean] },
  },
  "tokens, causal": {
    ...{ ...small, observation: tokens, attention: "causal", absent: 0, heads: [mean] },
  },
  "tokens, causal, none absent": {
    ...{ ...small, observation: tokens, attention: "causal", absent: null, heads: [mean] },
  },
  "tokens, outputs by position": {
    ...{ ...small, observation: tokens, attention: "bidirectional", absent: null },
    heads: [{ outputs: 15, reads: "positions" }, { outputs: 5, reads: "positions" }, {
      outputs: 1,
      reads: "first",
    }],
  },
  "fields": {
    ...{ ...small, observation: fields, attention: "bidirectional", absent: null, heads: [mean] },
  },
  "fields, one wide head, one layer": {
    ...{ layers: 1, attentionHeads: 1, width: 24, feedForward: 8, absent: null },
    ...{ observation: fields, attention: "bidirectional", heads: [mean, { ...mean, outputs: 8 }] },
  },
  "fields, no layer": {
    ...{ ...small, layers: 0, observation: fields, attention: "bidirectional", absent: null },
    heads: [mean],
  },
};

function network(options: Options, seed = 3): Network {
  return createTransformer({ ...options, random: RandomStream.of(seed, "init") });
}

/** Observations that such a network reads: where absent tokens end a sequence, they stand at its end. */
function randomRows({ observation, attention, absent }: Options, rows: number): ObservationRows {
  const sizes = observation.kind === "tokens"
    ? new Array<number>(observation.length).fill(observation.vocabulary)
    : (observation as typeof fields).sizes;
  const L = sizes.length, values = new Int32Array(rows * L);
  for (let r = 0; r < rows; r++) {
    const end = attention === "causal" && absent !== null ? stream.integer(L + 1) : L;
    for (let f = 0; f < L; f++) {
      values[r * L + f] = f >= end
        ? absent!
        : attention === "causal" && absent === 0
        ? 1 + stream.integer(sizes[f]! - 1)
        : stream.integer(sizes[f]!);
    }
  }
  return { rows, values };
}

function rowOf({ rows, values }: ObservationRows, r: number): Int32Array {
  const L = values.length / rows;
  return values.slice(r * L, (r + 1) * L) as Int32Array;
}

function assertClose(actual: number, expected: number, relative: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, want ${expected}`,
  );
}

function normals(length: number): Float32Array {
  return Float32Array.from({ length }, () => stream.normal());
}

/** The gradient of sum of coefficients * outputs. */
function gradientOf(net: Network, input: ObservationRows, coefficients: Float32Array): tf.Tensor {
  const { grads } = tf.variableGrads(
    () => tf.sum(tf.mul(net.apply(input), tf.tensor2d(coefficients, [input.rows, net.outputs]))),
    [net.weights],
  ) as { grads: Record<string, tf.Tensor> };
  return grads[net.weights.name]!;
}

/** A flat gradient by name: read as if it were weights. */
function byName(net: Network, flat: tf.Tensor) {
  const held = net.parameters(), weights = net.weights.dataSync();
  net.weights.assign(flat as tf.Tensor1D);
  const named = net.parameters();
  net.weights.assign(tf.tensor1d(weights));
  net.load(held);
  return named;
}

for (const [name, options] of Object.entries(cases)) {
  Deno.test(`forward() and apply() equal the scalar Transformer: ${name}`, () => {
    const net = network(options), parameters = inDoubles(net.parameters());
    for (const rows of [1, 13]) {
      const input = randomRows(options, rows);
      const actual = net.forward(input).slice();
      const expected = Array.from(
        { length: rows },
        (_, r) => scalarTransformer(options, parameters, rowOf(input, r)),
      ).flat();
      assert.equal(actual.length, expected.length);
      expected.forEach((y, i) => assertClose(actual[i]!, y, 1e-5, `output ${i}`));
      tf.tidy(() => {
        const applied = net.apply(input);
        assert.deepEqual(applied.shape, [rows, net.outputs]);
        assert.deepEqual(applied.dataSync(), actual);
      });
    }
    net.dispose();
  });

  Deno.test(`apply() has the gradient that finite differences give in every parameter: ${name}`, () => {
    const net = network(options), doubles = inDoubles(net.parameters());
    const input = randomRows(options, 4), coefficients = normals(4 * net.outputs);
    const loss = () => {
      let sum = 0;
      for (let r = 0; r < 4; r++) {
        scalarTransformer(options, doubles, rowOf(input, r))
          .forEach((y, n) => sum += coefficients[r * net.outputs + n]! * y);
      }
      return sum;
    };
    const actual = tf.tidy(() => byName(net, gradientOf(net, input, coefficients)));
    doubles.forEach(({ name, values }, p) => {
      // Every kind of parameter is tried, of large ones some numbers.
      const step = Math.max(1, Math.floor(values.length / 12));
      for (let i = p % step; i < values.length; i += step) {
        const held = values[i]!, h = 1e-5;
        values[i] = held + h;
        const above = loss();
        values[i] = held - h;
        const below = loss();
        values[i] = held;
        assertClose(actual[p]!.values[i]!, (above - below) / (2 * h), 2e-4, `${name} ${i}`);
      }
    });
    net.dispose();
  });

  Deno.test(`a row's outputs have the same bits in any batch: ${name}`, () => {
    const net = network(options), input = randomRows(options, 103), width = net.outputs;
    const L = input.values.length / 103, all = net.forward(input).slice();
    fc.assert(
      fc.property(fc.nat({ max: 102 }), fc.integer({ min: 1, max: 20 }), (from, count) => {
        const to = Math.min(103, from + count);
        const part = { rows: to - from, values: input.values.subarray(from * L, to * L) };
        assert.deepEqual(net.forward(part), all.subarray(from * width, to * width));
        tf.tidy(() =>
          assert.deepEqual(net.apply(part).dataSync(), all.slice(from * width, to * width))
        );
      }),
      { numRuns: 30 },
    );
    net.dispose();
  });

  Deno.test(`the gradient of padding is exactly 0, and so is that of no rows: ${name}`, () => {
    const net = network(options);
    tf.tidy(() => {
      const input = randomRows(options, 9);
      const gradient = gradientOf(net, input, new Float32Array(9 * net.outputs).fill(1)).dataSync();
      const nothing = gradientOf(net, randomRows(options, 0), new Float32Array(0)).dataSync();
      assert.ok(nothing.every((x) => x === 0));
      net.load(net.parameters().map((one) => ({ ...one, values: one.values.map(() => 1) })));
      net.weights.dataSync().forEach((one, i) => one === 1 || assert.equal(gradient[i], 0));
    });
    net.dispose();
  });
}

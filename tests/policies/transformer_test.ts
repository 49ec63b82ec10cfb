import assert from "node:assert/strict";
import fc from "fast-check";
import type { Network, ObservationRows } from "../../policies/network.ts";
import { tf } from "../../tensor/backend.ts";
import { inDoubles, scalarTransformer } from "./_scalar_transformer.ts";
import {
  assertClose,
  cases,
  gradientOf,
  network,
  normals,
  randomRows,
  rowOf,
} from "./_transformers.ts";

/** The gradient by name: read as if it were weights. */
function namedGradient(net: Network, input: ObservationRows, coefficients: Float32Array) {
  const held = net.parameters();
  tf.tidy(() => net.weights.assign(gradientOf(net, input, coefficients)));
  const named = net.parameters();
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
    const actual = namedGradient(net, input, coefficients);
    doubles.forEach(({ name, values }, p) => {
      // Every kind of parameter is tried, of large ones some numbers.
      const step = Math.max(1, Math.floor(values.length / 5));
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

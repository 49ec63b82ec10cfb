import assert from "node:assert/strict";
import fc from "fast-check";
import type { GraphObservation } from "../../plugins/contract.ts";
import type { Network, ObservationRows } from "../../policies/network.ts";
import { tf } from "../../tensor/backend.ts";
import { inUse } from "../../tensor/heap.ts";
import { startThreads } from "../../tensor/threads.ts";
import { cases, network, type Options, pairsOf, randomGraphs } from "./_graphs.ts";
import { scalarGraph } from "./_scalar_graph.ts";
import { inDoubles } from "./_scalar_transformer.ts";
import { assertClose, gradientOf, normals, rowOf, stream } from "./_transformers.ts";

/** The gradient by name: read as if it were weights. */
function namedGradient(net: Network, input: ObservationRows, coefficients: Float32Array) {
  const held = net.parameters();
  tf.tidy(() => net.weights.assign(gradientOf(net, input, coefficients)));
  const named = net.parameters();
  net.load(held);
  return named;
}

for (const [name, options] of Object.entries(cases)) {
  Deno.test(`forward() and apply() equal the scalar graph network: ${name}`, () => {
    const before = inUse(), net = network(options), parameters = inDoubles(net.parameters());
    for (const rows of [1, 13]) {
      const input = randomGraphs(options, rows);
      const actual = net.forward(input).slice();
      const expected = Array.from(
        { length: rows },
        (_, r) => scalarGraph(options, parameters, rowOf(input, r)),
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
    assert.equal(inUse(), before);
  });

  Deno.test(`apply() has the gradient that finite differences give in every parameter: ${name}`, () => {
    const net = network(options), doubles = inDoubles(net.parameters()), rows = 4;
    const input = randomGraphs(options, rows), coefficients = normals(rows * net.outputs);
    const loss = () => {
      let sum = 0;
      for (let r = 0; r < rows; r++) {
        scalarGraph(options, doubles, rowOf(input, r))
          .forEach((y, n) => sum += coefficients[r * net.outputs + n]! * y);
      }
      return sum;
    };
    const actual = namedGradient(net, input, coefficients);
    doubles.forEach(({ name, values }, p) => {
      // Every kind of parameter is tried, of large ones some numbers.
      const step = Math.max(1, Math.floor(values.length / 3));
      for (let i = p % step; i < values.length; i += step) {
        const held = values[i]!, h = 1e-6;
        values[i] = held + h;
        const above = loss();
        values[i] = held - h;
        const below = loss();
        values[i] = held;
        assertClose(actual[p]!.values[i]!, (above - below) / (2 * h), 3e-4, `${name} ${i}`);
      }
    });
    net.dispose();
  });

  Deno.test(`a graph's outputs have the same bits in any batch: ${name}`, () => {
    const net = network(options), all = randomGraphs(options, 203), N = net.outputs;
    const W = all.values.length / 203, outputs = net.forward(all).slice();
    fc.assert(
      fc.property(fc.nat({ max: 202 }), fc.integer({ min: 1, max: 20 }), (from, count) => {
        const to = Math.min(203, from + count);
        const part = { rows: to - from, values: all.values.subarray(from * W, to * W) };
        assert.deepEqual(net.forward(part), outputs.subarray(from * N, to * N));
        tf.tidy(() =>
          assert.deepEqual(net.apply(part).dataSync(), outputs.slice(from * N, to * N))
        );
      }),
      { numRuns: 20 },
    );
    net.dispose();
  });

  Deno.test(`the gradient of padding is exactly 0, and so is that of no rows: ${name}`, () => {
    const net = network(options);
    tf.tidy(() => {
      const input = randomGraphs(options, 9);
      const gradient = gradientOf(net, input, new Float32Array(9 * net.outputs).fill(1)).dataSync();
      const nothing = gradientOf(net, randomGraphs(options, 0), new Float32Array(0)).dataSync();
      assert.ok(nothing.every((x) => x === 0));
      net.load(net.parameters().map((one) => ({ ...one, values: one.values.map(() => 1) })));
      net.weights.dataSync().forEach((one, i) => one === 1 || assert.equal(gradient[i], 0));
    });
    net.dispose();
  });

  Deno.test(`where slots are permuted, so are logits: ${name}`, () => {
    const net = network(options), { observation, heads } = options;
    for (let trial = 0; trial < 5; trial++) {
      const input = randomGraphs(options, 6), W = input.values.length / 6;
      const shuffled = Int32Array.from({ length: observation.nodes }, (_, i) => i);
      stream.shuffle(shuffled);
      const slots = Array.from(shuffled), moved = input.values.slice();
      for (let r = 0; r < 6; r++) {
        permute(observation, slots, rowOf(input, r), moved.subarray(r * W));
      }
      const before = net.forward(input).slice();
      const after = net.forward({ rows: 6, values: moved as Int32Array }).slice();
      for (let r = 0; r < 6; r++) {
        const wanted = permutedOutputs(options, slots, before.subarray(r * net.outputs));
        wanted.forEach((y, n) => {
          const found = after[r * net.outputs + n]!, what = `output ${n} of ${heads.length} heads`;
          // Messages are summed in an order that knows no slots; attention's sums run over tokens.
          if (options.mixing === "message-passing") assert.equal(found, y, what);
          else assertClose(found, y, 1e-5, what);
        });
      }
    }
    net.dispose();
  });
}

/** Where each pair goes and whether its ends swap, when slot i becomes slots[i]. */
function movedPairs(observation: GraphObservation, slots: readonly number[]) {
  const pairs = pairsOf(observation);
  return pairs.map(([i, j]) => {
    const [a, b] = [slots[i]!, slots[j]!], swapped = !observation.directed && a > b;
    const to = pairs.findIndex(([c, d]) => swapped ? c === b && d === a : c === a && d === b);
    return { to, swapped };
  });
}

function permute(
  observation: GraphObservation,
  slots: readonly number[],
  from: Int32Array,
  to: Int32Array | Float32Array,
): void {
  const { nodes: n, reversed } = observation;
  slots.forEach((slot, i) => to[slot] = from[i]!);
  movedPairs(observation, slots).forEach(({ to: pair, swapped }, p) => {
    const word = from[n + p]!;
    to[n + pair] = swapped && word > 0 && reversed ? 1 + reversed[word - 1]! : word;
  });
}

/** What the outputs of a graph become: actions about edge types turn with the types. */
function permutedOutputs(
  { observation, heads }: Options,
  slots: readonly number[],
  outputs: Float32Array,
): number[] {
  const { nodes: n, edgeTypes, reversed } = observation, moved = movedPairs(observation, slots);
  let at = 0;
  return heads.flatMap(({ perGraph, perNode, perPair: K }) => {
    const out = Array.from(outputs.subarray(at, at + perGraph));
    const nodes = new Array<number>(n * perNode), pairs = new Array<number>(moved.length * K);
    at += perGraph;
    slots.forEach((slot, i) => {
      for (let k = 0; k < perNode; k++) nodes[slot * perNode + k] = outputs[at + i * perNode + k]!;
    });
    at += n * perNode;
    moved.forEach(({ to, swapped }, p) => {
      for (let k = 0; k < K; k++) {
        const turned = swapped && reversed && K === edgeTypes ? reversed[k]! : k;
        pairs[to * K + turned] = outputs[at + p * K + k]!;
      }
    });
    at += moved.length * K;
    return [...out, ...nodes, ...pairs];
  });
}

Deno.test("a graph network of two threads has the bits of one", async () => {
  for (const mixing of ["message-passing", "transformer"] as const) {
    const options = {
      ...{ ...cases[`directed, ${mixing}`]!, width: 64, attentionHeads: 4, feedForward: 64 },
    };
    const input = randomGraphs(options, 400), results: Float32Array[] = [];
    for (const count of [1, 2]) {
      const threads = await startThreads(count), net = network(options);
      results.push(net.forward(input).slice());
      const coefficients = Float32Array.from(
        { length: 400 * net.outputs },
        (_, i) => Math.sin(i),
      );
      tf.tidy(() =>
        results.push(gradientOf(net, input, coefficients).dataSync().slice() as Float32Array)
      );
      net.dispose();
      threads.stop();
    }
    assert.deepEqual(results[2], results[0]);
    assert.deepEqual(results[3], results[1]);
  }
});

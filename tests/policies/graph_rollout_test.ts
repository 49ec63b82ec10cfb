import assert from "node:assert/strict";
import { environments } from "../../envs/_registry.ts";
import { openEnvironment } from "../../plugins/open.ts";
import type { GraphObservation } from "../../plugins/contract.ts";
import { createGraphNetwork } from "../../policies/graph.ts";
import type { Network, ObservationRows } from "../../policies/network.ts";
import { sampleForward } from "../../rollout/forward.ts";
import { tf } from "../../tensor/backend.ts";
import { inUse, takePeak } from "../../tensor/heap.ts";
import { RandomStream } from "../../tensor/random.ts";
import { cases, network, pairsOf, randomGraphs } from "./_graphs.ts";
import { gradientOf, normals } from "./_transformers.ts";

/** Outputs of `apply` and the gradient of a weighted sum of them. */
function passes(net: Network, input: ObservationRows) {
  let outputs!: Float32Array;
  const gradient = tf.tidy(() => {
    const { grads } = tf.variableGrads(() => {
      const y = net.apply(input);
      outputs = y.dataSync().slice() as Float32Array;
      return tf.sum(tf.mul(tf.reshape(y, [-1]), tf.sin(tf.range(0, y.size)))) as tf.Scalar;
    }, [net.weights]);
    return grads[net.weights.name]!.dataSync().slice() as Float32Array;
  });
  return { outputs, gradient };
}

for (const mixing of ["message-passing", "transformer"] as const) {
  Deno.test(`what a rollout computed of graphs gives the bits of a pass over its batch, ${mixing}`, async () => {
    const before = inUse();
    const options = { nodes: 4, classes: 2, triangle: 100, other: 1 };
    const environment = await openEnvironment(environments.triangle!, options);
    const observation = environment.observation as GraphObservation;
    const make = () =>
      createGraphNetwork({
        ...{ observation, heads: [observation.layout], mixing, layers: 2, width: 16 },
        ...{ attentionHeads: 2, feedForward: 11, random: RandomStream.of(0, "init") },
      });
    const net = make(), plain = make();
    net.record();
    const { batch, places } = await sampleForward(
      environment,
      20,
      (observations) => net.forward(observations),
      RandomStream.of(1, "rollout"),
    );
    const { rows, values } = batch.observations, S = batch.action.length;
    const left = { rows: S, values: values.subarray(0, S * values.length / rows) };
    net.keep(left, places);
    assert.deepEqual(passes(net, left), passes(plain, left));
    assert.deepEqual(passes(net, left), passes(plain, left), "a second time");
    for (const one of [net, plain]) tf.tidy(() => one.weights.assign(tf.mul(one.weights, 1.5)));
    assert.deepEqual(passes(net, left), passes(plain, left), "under other weights");
    for (const one of [net, plain]) one.dispose();
    assert.equal(inUse(), before);
  });
}

for (const [name, options] of Object.entries(cases)) {
  if (name.startsWith("a node")) continue; // blocks of a few bytes take more than is asked for
  Deno.test(`a batch of full graphs takes at most what its rows are said to take: ${name}`, () => {
    const rows = 300, { nodes } = options.observation;
    const W = nodes + pairsOf(options.observation).length;
    // Types of their own keep nodes from sharing anything.
    const observation = { ...options.observation, nodeTypes: rows * nodes };
    const sizes = { width: 64, attentionHeads: 4, feedForward: 64 };
    const net = network({ ...options, ...sizes, observation });
    const { values } = randomGraphs(options, rows);
    for (let i = 0; i < values.length; i++) {
      const r = Math.floor(i / W), node = i - r * W;
      if (node < nodes) values[i] = 1 + r * nodes + node;
      else values[i] ||= 1;
    }
    assert.equal(values.length, rows * W);
    const coefficients = normals(rows * net.outputs), { row, weights } = net.memory;
    tf.tidy(() => void gradientOf(net, { rows, values }, coefficients)); // what it keeps between calls
    const before = inUse();
    takePeak();
    tf.tidy(() => void gradientOf(net, { rows, values }, coefficients));
    const taken = takePeak() - before, most = 1.25 * row * rows + 2 * weights + 2 ** 16;
    assert.ok(taken <= most, `${taken} bytes, want at most ${most}`);
    assert.ok(taken >= most / 4, `${taken} bytes, said to be ${most}`);
    net.dispose();
  });
}

Deno.test("graphs that are none are refused", () => {
  const options = cases["undirected, message-passing"]!, net = network(options);
  const graph = (words: number[]) => ({ rows: 1, values: Int32Array.from(words) });
  const empty = new Array<number>(10).fill(0);
  for (
    const [words, message] of [
      [[4, 0, 0, 0, 0, ...empty], /4 at node 0 of row 0, want 0 to 3/],
      [[1, 1, 0, 0, 0, 3, ...empty.slice(1)], /3 at pair 0 of row 0, want 0 to 2/],
      [[1, 0, 0, 0, 0, 1, ...empty.slice(1)], /an edge of an absent node at pair 0/],
      [[1, 1], /2 numbers, want 1 times 15/],
    ] as [number[], RegExp][]
  ) {
    assert.throws(() => net.forward(graph(words)), { code: "E_NETWORK_INPUT", message });
  }
  const real = { rows: 1, values: new Float32Array(15) };
  assert.throws(() => net.forward(real), { code: "E_NETWORK_INPUT" });
  net.dispose();
});

Deno.test("a graph network that cannot be is refused", () => {
  const options = cases["undirected, transformer"]!;
  for (const change of [{ width: 12 }, { layers: -1 }, { attentionHeads: 3 }, { feedForward: 0 }]) {
    assert.throws(() => network({ ...options, ...change }), { code: "E_NETWORK_SHAPE" });
  }
  network({ ...options, mixing: "message-passing", attentionHeads: 3 }).dispose();
});

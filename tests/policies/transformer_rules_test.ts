import assert from "node:assert/strict";
import type { HostedEnvironment } from "../../plugins/open.ts";
import type { Network, ObservationRows } from "../../policies/network.ts";
import { createTransformer } from "../../policies/transformer.ts";
import { sampleForward } from "../../rollout/forward.ts";
import { tf } from "../../tensor/backend.ts";
import { inUse } from "../../tensor/heap.ts";
import { kernelBuild, useKernels } from "../../tensor/kernels/kernels.ts";
import { RandomStream } from "../../tensor/random.ts";
import { startThreads } from "../../tensor/threads.ts";
import { endings } from "../_setting.ts";
import {
  assertClose,
  cases,
  fields,
  gradientOf,
  network,
  normals,
  type Options,
  randomRows,
  small,
  tokens,
  whole,
} from "./_transformers.ts";

const causal = cases["tokens, causal"]!, left = cases["tokens, absent ones left out"]!;
const positions = cases["tokens, outputs by position"]!;

/** Outputs and gradient of a weighted sum of them. */
function passes(net: Network, input: ObservationRows) {
  const coefficients = Float32Array.from(
    { length: input.rows * net.outputs },
    (_, i) => Math.sin(i),
  );
  return {
    forward: net.forward(input).slice(),
    applied: tf.tidy(() => net.apply(input).dataSync().slice()),
    gradient: tf.tidy(() => gradientOf(net, input, coefficients).dataSync().slice()),
  };
}

Deno.test("under causal attention later tokens change nothing of what a beginning gives", () => {
  const net = network(causal),
    of = (...values: number[]) => net.forward({ rows: 1, values: Int32Array.from(values) }).slice();
  const beginning = of(1, 3, 0, 0, 0), longer = of(1, 3, 2, 1, 0);
  assert.notDeepEqual(longer, beginning);
  // With both in one batch, and the longer one's other end, the beginning keeps its bits.
  const both = { rows: 3, values: Int32Array.of(1, 3, 2, 1, 0, 1, 3, 0, 0, 0, 1, 3, 3, 3, 3) };
  assert.deepEqual(net.forward(both).slice(3, 6), beginning);
  assert.deepEqual(tf.tidy(() => net.apply(both).dataSync().slice(3, 6)), beginning);
  // And a longer one's gradient does not reach the embedding of a token that only another has.
  tf.tidy(() => {
    const gradient = gradientOf(net, both, Float32Array.of(0, 0, 0, 1, 1, 1, 0, 0, 0)).dataSync();
    const D = small.width, ofValue = (v: number) => gradient.slice(v * D, (v + 1) * D);
    assert.ok(ofValue(1).some((x) => x !== 0));
    assert.ok(ofValue(2).every((x) => x === 0));
  });
  net.dispose();
});

Deno.test("states of a trajectory that appends take as many tokens as the longest of them", () => {
  const net = network(causal), before = inUse();
  const trajectory = Int32Array.from({ length: 30 }, (_, i) => i % 5 < Math.floor(i / 5) ? 2 : 0);
  const last = trajectory.slice(25);
  const onTape = (input: ObservationRows) =>
    tf.tidy(() => {
      let taken = 0;
      tf.variableGrads(() => {
        const start = inUse(), value = net.apply(input);
        taken = inUse() - start;
        return tf.sum(value) as tf.Scalar;
      }, [net.weights]);
      return taken;
    });
  const alone = onTape({ rows: 1, values: last }), all = onTape({ rows: 6, values: trajectory });
  assert.ok(all <= alone + 256, `${all} bytes, the longest alone ${alone}`);
  assert.equal(inUse(), before);
  net.dispose();
});

Deno.test("without place embeddings a bidirectional Transformer does not know an order", () => {
  const net = network(cases["tokens, bidirectional"]!);
  net.load(
    net.parameters().map((one) =>
      one.name === "position.weight" ? { ...one, values: one.values.map(() => 0) } : one
    ),
  );
  const [one, other] = [[3, 1, 0, 2, 1], [1, 2, 1, 3, 0]].map((values) =>
    net.forward({ rows: 1, values: Int32Array.from(values) }).slice()
  ) as [Float32Array, Float32Array];
  one.forEach((x, i) => assertClose(other[i]!, x, 1e-5, `output ${i}`));
  const { values } = network(cases["tokens, bidirectional"]!).parameters()[1]!;
  assert.ok(values.some((x) => x !== 0));
  net.dispose();
});

Deno.test("outputs by position move with the tokens where places are not known", () => {
  const net = network(positions);
  net.load(
    net.parameters().map((one) =>
      one.name === "position.weight" ? { ...one, values: one.values.map(() => 0) } : one
    ),
  );
  const [one, moved] = [[3, 1, 0, 2, 1], [1, 0, 2, 1, 3]].map((values) =>
    net.forward({ rows: 1, values: Int32Array.from(values) }).slice()
  ) as [Float32Array, Float32Array];
  for (let i = 0; i < 15; i++) assertClose(moved[i]!, one[(i + 3) % 15]!, 1e-5, `logit ${i}`);
  net.dispose();
});

Deno.test("seeds decide the first weights, linear maps as nn.Linear, places as sinusoids", () => {
  const [one, again, other] = [5, 5, 6].map((seed) => network(positions, seed)) as [
    ...[Network, Network, Network],
  ];
  assert.deepEqual(one.parameters(), again.parameters());
  assert.notDeepEqual(one.parameters(), other.parameters());
  const byName = new Map(one.parameters().map((each) => [each.name, each]));
  assert.deepEqual([...byName.keys()].slice(0, 4), [
    ...["token.weight", "position.weight"],
    ...["blocks.0.attention.query.weight", "blocks.0.attention.key.weight"],
  ]);
  assert.deepEqual(byName.get("token.weight")!.shape, [5, 16]);
  assert.deepEqual(byName.get("position.weight")!.shape, [6, 16]);
  assert.deepEqual(byName.get("blocks.1.linear1.weight")!.shape, [11, 16]);
  assert.deepEqual(byName.get("blocks.1.linear2.weight")!.shape, [16, 11]);
  assert.deepEqual(byName.get("heads.2.bias")!.shape, [1]);
  assert.ok(byName.get("blocks.0.norm1.weight")!.values.every((x) => x === 1));
  assert.ok(byName.get("blocks.0.norm2.bias")!.values.every((x) => x === 0));
  const { values } = byName.get("blocks.0.linear1.weight")!;
  assert.ok(values.every((x) => Math.abs(x) <= 0.25) && values.some((x) => Math.abs(x) > 0.23));
  const place = byName.get("position.weight")!.values;
  assert.deepEqual(place.slice(0, 4), Float32Array.of(0, 1, 0, 1));
  assertClose(place[16 + 2]!, Math.sin(10000 ** (-2 / 16)), 1e-6, "place 1, column 2");
  for (const net of [one, again, other]) net.dispose();
});

Deno.test("parameters() and load() round-trip exactly, in any order", () => {
  for (const options of Object.values(cases)) {
    const one = network(options, 1), other = network(options, 2);
    other.load(one.parameters().reverse());
    assert.deepEqual(other.parameters(), one.parameters());
    assert.deepEqual(other.weights.dataSync(), one.weights.dataSync());
    assert.throws(() => other.load(one.parameters().slice(1)), { code: "E_NETWORK_SHAPE" });
    one.dispose();
    other.dispose();
  }
});

Deno.test("touch(), load() and assign() each reach the next outputs and gradient", () => {
  for (const options of [causal, left]) {
    const net = network(options), fresh = network(options, 9), input = randomRows(options, 6);
    const start = net.parameters(), before = passes(net, input), other = passes(fresh, input);
    assert.notDeepEqual(other, before);
    net.load(fresh.parameters());
    assert.deepEqual(passes(net, input), other);
    net.load(start);
    assert.deepEqual(passes(net, input), before);
    tf.tidy(() => net.weights.assign(tf.tensor1d(fresh.weights.dataSync())));
    assert.deepEqual(passes(net, input), other);
    net.dispose();
    fresh.dispose();
  }
});

Deno.test("two threads give the bits of one, in both builds", async () => {
  const wide = { layers: 2, attentionHeads: 8, width: 64, feedForward: 96 };
  for (const options of [causal, left, positions].map((one): Options => ({ ...one, ...wide }))) {
    const input = randomRows(options, 300);
    for (const build of new Set([kernelBuild, "strict" as const])) {
      useKernels(build);
      const net = network(options), alone = passes(net, input), threads = await startThreads(2);
      net.touch();
      const together = passes(net, input);
      threads.stop();
      net.dispose();
      assert.deepEqual(together, alone);
    }
  }
  useKernels(kernelBuild);
});

/** Samples 20 trajectories and keeps what that computed. Gives the rows of the batch. */
async function recorded(net: Network, environment: HostedEnvironment): Promise<ObservationRows> {
  net.record();
  const { batch, places } = await sampleForward(
    environment,
    20,
    (observations) => net.forward(observations),
    RandomStream.of(1, "rollout"),
  );
  const { rows, values } = batch.observations, S = batch.action.length;
  const input = { rows: S, values: values.subarray(0, S * values.length / rows) };
  net.keep(input, places);
  return input;
}

for (const { name, environment } of endings) {
  for (const attention of ["bidirectional", "causal"] as const) {
    Deno.test(`what a rollout computed gives the bits of a pass over its batch, ${name}, ${attention}`, async () => {
      const before = inUse(), { observation, forwardActions: outputs } = environment;
      const [net, plain] = [0, 0].map(() =>
        createTransformer({
          ...{ ...small, observation, attention, absent: null, random: RandomStream.of(0, "init") },
          heads: [{ outputs, reads: "sequence" }],
        })
      ) as [Network, Network];
      const input = await recorded(net, environment);
      assert.deepEqual(passes(net, input), passes(plain, input));
      const changed = plain.parameters();
      changed[0]!.values[0]! += 1;
      for (const one of [net, plain]) one.load(changed);
      assert.deepEqual(passes(net, input), passes(plain, input), "after the weights changed");
      net.dispose();
      plain.dispose();
      assert.equal(inUse(), before);
    });
  }
}

Deno.test("a network gives back all its memory, and its calls leave none behind", () => {
  for (const options of Object.values(cases)) {
    const bytes = inUse(), count = tf.memory().numTensors, net = network(options);
    const input = randomRows(options, 9), coefficients = normals(9 * net.outputs);
    const step = () => {
      net.forward(input);
      tf.tidy(() => gradientOf(net, input, coefficients)).dispose();
      net.apply(input).dispose();
      net.touch();
    };
    step();
    const steady = inUse();
    for (let i = 0; i < 5; i++) step();
    assert.equal(inUse(), steady);
    const wrong = { rows: 1, values: new Int32Array(input.values.length / 9).fill(9) };
    assert.throws(() => tf.tidy(() => net.apply(wrong)), { code: "E_NETWORK_INPUT" });
    assert.throws(() => net.forward(wrong), { code: "E_NETWORK_INPUT" });
    assert.equal(inUse(), steady);
    net.dispose();
    assert.equal(inUse(), bytes);
    assert.equal(tf.memory().numTensors, count);
  }
});

Deno.test("observations that are not what was declared are refused", () => {
  const net = network(causal), refused = { code: "E_NETWORK_INPUT" };
  const read = (...values: number[]) => net.forward({ rows: 1, values: Int32Array.from(values) });
  assert.throws(() => read(1, 2, 0, 1, 0), {
    message: /observation 0 .* found token 1 at position 3 after an absent one/,
  });
  assert.throws(() => read(1, 2, 4, 0, 0), { message: /field 2 is 4, want 0 to 3/ });
  assert.throws(() => read(1, 2, 3), refused);
  assert.throws(() => net.forward({ rows: 1, values: new Float32Array(5) }), refused);
  read(1, 2, 3, 3, 1);
  net.dispose();
});

Deno.test("createTransformer() refuses what it cannot make", () => {
  const dense = { kind: "dense", size: 3, write() {} } as const;
  const wrong: [Partial<Options>, RegExp][] = [
    [{ observation: dense }, /an observation of kind dense, want tokens or categorical/],
    [{ width: 20 }, /a width of 20, want a multiple of 8/],
    [{ width: 24, attentionHeads: 4 }, /a width of 24.* each of 4 heads/],
    [{ layers: 1.5 }, /layers = 1.5/],
    [{ heads: [{ outputs: 7, reads: "positions" }] }, /7 outputs of 5 positions/],
    [{ heads: [{ outputs: 5, reads: "positions" }], absent: 0 }, /left out when 0/],
    [{ heads: [{ outputs: 5, reads: "first" }], attention: "causal" }, /want sequence where/],
    [{ observation: { ...fields }, heads: [{ ...whole, outputs: 0 }] }, /outputs = 0/],
  ];
  const before = inUse();
  for (const [change, message] of wrong) {
    const options = { ...cases["tokens, bidirectional"]!, observation: tokens, ...change };
    assert.throws(() => network(options as Options), { code: "E_NETWORK_SHAPE", message });
  }
  assert.equal(inUse(), before);
});

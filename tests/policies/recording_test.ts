import assert from "node:assert/strict";
import type { HostedEnvironment } from "../../plugins/open.ts";
import { createMlp } from "../../policies/mlp.ts";
import type { Network, ObservationRows } from "../../policies/network.ts";
import { sampleForward } from "../../rollout/forward.ts";
import { tf } from "../../tensor/backend.ts";
import { inUse } from "../../tensor/heap.ts";
import { RandomStream } from "../../tensor/random.ts";
import { endings } from "../_setting.ts";

function network(environment: HostedEnvironment): Network {
  return createMlp({
    observation: environment.observation,
    outputs: environment.forwardActions,
    hidden: [24, 17],
    random: RandomStream.of(0, "init"),
  });
}

/** Outputs of `apply` and the gradient of a weighted sum of them. */
function passes(net: Network, input: ObservationRows) {
  let outputs!: Float32Array;
  const gradient = tf.tidy(() => {
    const { grads } = tf.variableGrads(() => {
      const y = net.apply(input);
      outputs = y.dataSync().slice() as Float32Array;
      const weights = tf.sin(tf.range(0, y.size));
      return tf.sum(tf.mul(tf.reshape(y, [-1]), weights)) as tf.Scalar;
    }, [net.weights]);
    return grads[net.weights.name]!.dataSync().slice() as Float32Array;
  });
  return { outputs, gradient };
}

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
  const left = { rows: S, values: values.subarray(0, S * values.length / rows) };
  net.keep(left, places);
  return left;
}

for (const { name, environment } of endings) {
  Deno.test(`what a rollout computed gives the bits of a pass over its batch, ${name}`, async () => {
    const before = inUse();
    const net = network(environment), plain = network(environment);
    const left = await recorded(net, environment);
    assert.deepEqual(passes(net, left), passes(plain, left));
    assert.deepEqual(passes(net, left), passes(plain, left), "a second time");
    net.dispose();
    plain.dispose();
    assert.equal(inUse(), before);
  });

  Deno.test(`a recording is forgotten when the weights change, and is of its batch alone, ${name}`, async () => {
    const net = network(environment), other = network(environment);
    const left = await recorded(net, environment);
    const half = { rows: 5, values: left.values.slice(0, 5 * left.values.length / left.rows) };
    assert.deepEqual(passes(net, half), passes(other, half));
    const changed = other.parameters();
    changed[1]!.values[0]! += 1;
    for (const one of [net, other]) one.load(changed);
    assert.deepEqual(passes(net, left), passes(other, left));
    // Another way to change them: other numbers at another place, with no call of touch.
    await recorded(net, environment);
    for (const one of [net, other]) one.weights.assign(tf.mul(one.weights, 1.5));
    assert.deepEqual(passes(net, left), passes(other, left));
    net.dispose();
    other.dispose();
  });
}

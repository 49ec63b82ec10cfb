import assert from "node:assert/strict";
import { openEnvironment } from "../../plugins/open.ts";
import { objectives } from "../../objectives/_registry.ts";
import { splitHeads } from "../../policies/heads.ts";
import { createMlp } from "../../policies/mlp.ts";
import type { ObservationRows } from "../../policies/network.ts";
import { tf } from "../../tensor/backend.ts";
import { inUse } from "../../tensor/heap.ts";
import { RandomStream } from "../../tensor/random.ts";
import { train } from "../../train/train.ts";
import fillBits from "../_fill_bits.ts";
import { openGrid, smallRun } from "../_setting.ts";

const observation = { kind: "dense", size: 3, write() {} } as const;
const input: ObservationRows = {
  rows: 4,
  values: Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)),
};

function mlp(outputs: number) {
  return createMlp({ observation, outputs, hidden: [9], random: RandomStream.of(3, "init") });
}

/** Heads of 2 and 3 outputs, and a network of all 5 with the same weights. */
function pair() {
  return { heads: splitHeads(mlp(5), [2, 3]), whole: mlp(5) };
}

Deno.test("heads give columns of their trunk, off the tape and on it", () => {
  const { heads, whole } = pair();
  const all = whole.forward(input).slice();
  for (const [head, from] of [[heads[0]!, 0], [heads[1]!, 2]] as const) {
    const wanted = Array.from(
      { length: 4 },
      (_, row) => Array.from(all.subarray(row * 5 + from, row * 5 + from + head.outputs)),
    ).flat();
    assert.deepEqual(Array.from(head.forward(input)), wanted);
    assert.deepEqual(tf.tidy(() => Array.from(head.apply(input).dataSync())), wanted);
  }
  heads[0]!.dispose();
  whole.dispose();
});

Deno.test("the gradient of two heads together is the trunk's", () => {
  const { heads, whole } = pair();
  const weights = tf.tensor2d(Float32Array.from({ length: 20 }, (_, i) => Math.cos(i)), [4, 5]);
  const gradient = (of: () => tf.Tensor, variable: tf.Variable) =>
    tf.tidy(() =>
      tf.variableGrads(() => tf.sum(tf.mul(of(), weights)), [variable]).grads[variable.name]!
        .dataSync().slice()
    );
  const [left, right] = heads as [typeof whole, typeof whole];
  assert.deepEqual(
    gradient(() => tf.concat([left.apply(input), right.apply(input)], 1), left.weights),
    gradient(() => whole.apply(input), whole.weights),
  );
  weights.dispose();
  left.dispose();
  whole.dispose();
});

Deno.test("the parameters of a head are its trunk's, and load back", () => {
  const { heads, whole } = pair();
  assert.deepEqual(heads[1]!.parameters(), whole.parameters());
  const changed = whole.parameters();
  changed.at(-1)!.values.fill(7);
  const before = heads[0]!.forward(input).slice();
  heads[1]!.load(changed);
  assert.deepEqual(heads[0]!.parameters(), changed);
  assert.notDeepEqual(heads[0]!.forward(input), before);
  assert.throws(() => heads[1]!.load(changed.slice(1)), { code: "E_NETWORK_SHAPE" });
  heads[0]!.dispose();
  whole.dispose();
});

for (const name of ["tb", "db", "subtb"]) {
  Deno.test(`${name} reaches its target with log F and P_B as heads of P_F's trunk`, async () => {
    for (const env of [{ name: "fill-bits", bits: 3 }, { name: "hypergrid", side: 8 }] as const) {
      const { name: id, ...options } = env, objective = objectives[name]!, before = inUse();
      const config = smallRun({ name, ...objective.options.parse({}) }, {
        env,
        backward: "learned",
        policy: { hidden: [32, 32], lr: 5e-3, trunk: "shared" },
        steps: 600,
        eval: { every: 600, samples: 10 },
      });
      const environment = id === "fill-bits"
        ? await openEnvironment(fillBits, options, config.reward)
        : await openGrid(2, 8);
      let tv = NaN;
      for await (const event of train({ environment, objective, config })) {
        if (event.type === "eval") tv = event.tv as number;
      }
      assert.ok(tv < 0.1, `${id}: total variation ${tv}`);
      assert.equal(inUse(), before);
    }
  });
}

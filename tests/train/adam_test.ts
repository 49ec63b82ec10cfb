import assert from "node:assert/strict";
import { tf } from "../../tensor/backend.ts";
import { inUse } from "../../tensor/heap.ts";
import { Adam } from "../../train/adam.ts";

interface Case {
  lr: number;
  beta1: number;
  beta2: number;
  eps: number;
  clipNorm: number | null;
  steps: { grad: number[]; gradNorm?: number; xAfter: number[] }[];
}

/** Numbers of torch.optim.Adam and clip_grad_norm_ on x'Ax/2 - b'x; see tests/fixtures/README.md, F. */
const fixture: { A: number[][]; b: number[]; x0: number[]; tensorSizes: number[]; cases: Case[] } =
  JSON.parse(Deno.readTextFileSync(new URL("../fixtures/adam.json", import.meta.url)));

function near(found: number, wanted: number, what: string): void {
  const error = Math.abs(found - wanted);
  assert.ok(error <= 1e-6 + 2e-5 * Math.abs(wanted), `${what}: ${found}, want ${wanted}`);
}

/** The entries of x, split into tensors. */
function split<T>(x: readonly number[], sizes: number[], make: (part: number[]) => T): T[] {
  let from = 0;
  return sizes.map((size) => make(x.slice(from, from += size)));
}

for (const { lr, beta1, beta2, eps, clipNorm, steps } of fixture.cases) {
  const title = `lr ${lr}, betas ${beta1} ${beta2}, epsilon ${eps}, clipNorm ${clipNorm}`;
  for (const sizes of [fixture.tensorSizes, [fixture.x0.length]]) {
    Deno.test(`step() moves as PyTorch's Adam does: ${title}, tensors of ${sizes}`, () => {
      const adam = new Adam({ lr, beta1, beta2, epsilon: eps });
      const variables = split(fixture.x0, sizes, (part) => tf.variable(tf.tensor1d(part)));
      for (const [t, { grad, gradNorm, xAfter }] of steps.entries()) {
        const x = variables.flatMap((variable) => Array.from(variable.dataSync()));
        const gradient = fixture.A.map((row, i) =>
          row.reduce((sum, a, j) => sum + a * x[j]!, -fixture.b[i]!)
        );
        const gradients = split(gradient, sizes, (part) => tf.tensor1d(part));
        const norm = adam.step(
          variables.map((variable, i) => ({ variable, gradient: gradients[i]!, lr })),
          clipNorm,
        );
        near(norm, gradNorm ?? Math.hypot(...grad), `norm at step ${t + 1}`);
        variables.flatMap((variable) => Array.from(variable.dataSync())).forEach((found, i) =>
          near(found, xAfter[i]!, `x[${i}] after step ${t + 1}`)
        );
      }
      adam.dispose();
    });
  }
}

Deno.test("step() moves by the learning rate at first, whatever the gradient's size", () => {
  // At t = 1 the moments are g and g^2, so the step is lr g / (|g| + epsilon).
  const adam = new Adam({ lr: 0.25, epsilon: 1e-12 });
  const variable = tf.variable(tf.tensor1d([1, 1, 1, 1, 1]));
  adam.step([{ variable, gradient: tf.tensor1d([1e-3, -2, 50, -1e3, 0]) }], null);
  assert.deepEqual(Array.from(variable.dataSync()), [0.75, 1.25, 0.75, 1.25, 1]);
});

Deno.test("weight decay shrinks a variable by lr times decay, and is no part of the moments", () => {
  const start = [1, -2, 0.5], gradient = tf.tensor1d([3, 0, -1]);
  const plain = tf.variable(tf.tensor1d(start)), decayed = tf.variable(tf.tensor1d(start));
  const adam = new Adam({ lr: 0.25 });
  for (let t = 0; t < 3; t++) {
    const before = decayed.dataSync().slice(), old = plain.dataSync().slice();
    adam.step([{ variable: plain, gradient }], null);
    adam.step([{ variable: decayed, gradient, lr: 0.25, decay: 0.1 }], null);
    plain.dataSync().forEach((x, i) => {
      const want = before[i]! * (1 - 0.25 * 0.1) + (x - old[i]!);
      assert.ok(Math.abs(decayed.dataSync()[i]! - want) < 1e-6);
    });
  }
  const state = adam.state();
  assert.deepEqual(state[decayed.name], state[plain.name]);
});

Deno.test("step() keeps a step count for each variable", () => {
  const adam = new Adam({ lr: 0.25, epsilon: 1e-12 });
  const [early, late] = [tf.variable(tf.tensor1d([1])), tf.variable(tf.tensor1d([1]))] as const;
  const gradient = tf.tensor1d([3]);
  for (let t = 0; t < 10; t++) adam.step([{ variable: early, gradient }], null);
  adam.step([{ variable: early, gradient }, { variable: late, gradient, lr: 0.5 }], null);
  assert.equal(late.dataSync()[0], 0.5);
  const state = adam.state();
  assert.deepEqual([state[early.name]!.step, state[late.name]!.step], [11, 1]);
});

Deno.test("restore() goes on where state() was taken", () => {
  function run(steps: number, adam: Adam, variable: tf.Variable): void {
    for (let t = 0; t < steps; t++) {
      adam.step([{ variable, gradient: tf.sin(variable) }], 0.5);
    }
  }
  const whole = tf.variable(tf.tensor1d([1, -2, 3]), true, "whole");
  const adam = new Adam({ lr: 0.1 });
  run(5, adam, whole);
  const half = tf.variable(tf.tensor1d(whole.dataSync()), true, "half");
  const resumed = new Adam({ lr: 0.1 });
  resumed.restore({ half: adam.state().whole! });
  run(5, adam, whole);
  run(5, resumed, half);
  assert.deepEqual(half.dataSync(), whole.dataSync());
  assert.deepEqual(resumed.state().half, adam.state().whole);
});

Deno.test("step() refuses a gradient of another size", () => {
  const variable = tf.variable(tf.tensor1d([1, 2]), true, "w");
  assert.throws(
    () => new Adam({ lr: 1 }).step([{ variable, gradient: tf.tensor1d([1]) }], null),
    {
      code: "E_SHAPE",
      message: 'Cannot move the variable "w": found 1 entries of its gradient, want 2',
    },
  );
});

Deno.test("dispose() gives back all memory", () => {
  const variable = tf.variable(tf.zeros([1000]));
  const gradient = tf.ones([1000]);
  const before = inUse();
  const adam = new Adam({ lr: 1 });
  adam.step([{ variable, gradient }], 1);
  assert.ok(inUse() >= before + 8000);
  adam.dispose();
  assert.equal(inUse(), before);
});

import assert from "node:assert/strict";
import { tf } from "../../tensor/backend.ts";
import { rules } from "../../tensor/gradients.ts";
import { inUse } from "../../tensor/heap.ts";
import { assertGradient, distinct } from "../_finite_differences.ts";

type T = tf.Tensor;

/** One function to differentiate: the kernel under test, the function, its inputs. */
type Case = [kernel: string, f: (...inputs: T[]) => T, ...inputs: T[]];

const line = distinct([6], -2, 2.3);
const positive = distinct([6], 0.5, 3);
const table = distinct([3, 4], -2, 2.3);
const row = distinct([4], -1.5, 1.7, 1);
const column = distinct([3, 1], -1.5, 1.7, 2);
const cube = distinct([2, 3, 4], -2, 2.3);
const nonZero = tf.tensor2d([[1.2, -0.8, 1.9], [-1.5, 0.7, 0.9]]);
const indices = tf.tensor1d([2, 0, 2, 1], "int32");

const cases: Case[] = [
  ["Abs", tf.abs, nonZero],
  ["Cos", tf.cos, line],
  ["Cosh", tf.cosh, line],
  ["Erf", tf.erf, line],
  ["Exp", tf.exp, line],
  ["Expm1", tf.expm1, line],
  ["Identity", (x) => tf.mul(tf.clone(x), 3), line],
  ["Log", tf.log, positive],
  ["Log1p", tf.log1p, positive],
  ["Neg", tf.neg, line],
  ["Reciprocal", tf.reciprocal, positive],
  ["Relu", tf.relu, nonZero],
  ["Rsqrt", tf.rsqrt, positive],
  ["Sigmoid", tf.sigmoid, line],
  ["Sin", tf.sin, line],
  ["Sinh", tf.sinh, line],
  ["Softplus", tf.softplus, line],
  ["Sqrt", tf.sqrt, positive],
  ["Square", tf.square, line],
  ["Tanh", tf.tanh, line],
  ["Cast", (x) => tf.mul(tf.cast(x, "float32"), 2), line],
  ["Cast", (x) => tf.mul(tf.cast(tf.cast(x, "int32"), "float32"), x), nonZero],
  ["ClipByValue", (x) => tf.clipByValue(x, -1, 1), nonZero],

  ["Add", tf.add, table, row],
  ["Add", tf.add, column, row],
  ["Add", (x) => tf.add(x, x), line],
  ["Sub", tf.sub, row, table],
  ["Sub", tf.sub, tf.scalar(0.5), table],
  ["Multiply", tf.mul, table, column],
  ["Multiply", tf.mul, cube, column],
  ["RealDiv", tf.div, table, tf.tensor1d([1.2, -0.8, 2, 3])],
  ["RealDiv", tf.div, tf.scalar(2), positive],
  ["SquaredDifference", tf.squaredDifference, table, column],
  ["Maximum", tf.maximum, distinct([2, 3], -2, 2), tf.scalar(0.01)],
  ["Minimum", tf.minimum, tf.tensor2d([[0.3], [-0.4]]), tf.tensor1d([0.1, -0.7, 0.6])],
  ["Pow", tf.pow, positive, tf.scalar(2.5)],
  ["Pow", (x) => tf.pow(x, 3), nonZero],
  ["Pow", tf.pow, tf.tensor1d([0.7, 1.6]), tf.tensor2d([[1.5], [-0.7]])],

  [
    "AddN",
    (a, b) => tf.addN([a!, b!, a!]),
    table,
    distinct([3, 4], -1, 1, 3),
  ],
  ["Select", (a, b) => tf.where([[true], [false], [true]], a!, b!), table, row],
  ["Select", (x) => tf.where(tf.greater(x, 0), tf.square(x), tf.neg(x)), nonZero],
  ["Concat", (a, b) => tf.concat([tf.square(a!), b!], 1), table, column],
  ["Concat", (a, b) => tf.concat([a!, b!, a!], -1), table, column],
  ["SplitV", (x) => tf.mul(...tf.split(x, 2, 1) as [T, T]), table],
  ["SplitV", (x) => tf.split(x, [1, 3], -1)[1]!, table],
  ["SplitV", (x) => tf.split(x, 1)[0]!, table],
  ["Pack", (a, b) => tf.stack([a!, b!, a!], 1), row, distinct([4], -1, 1, 3)],
  ["Unpack", (x) => tf.mul(...tf.unstack(x, 0).slice(1) as [T, T]), table],
  ["Unpack", (x) => tf.unstack(x, -1)[2]!, cube],

  ["Sum", (x) => tf.square(tf.sum(x)), table],
  ["Sum", (x) => tf.square(tf.sum(x, 1)), cube],
  ["Sum", (x) => tf.square(tf.sum(x, [0, -1], true)), cube],
  ["Mean", (x) => tf.square(tf.mean(x)), table],
  ["Mean", (x) => tf.square(tf.mean(x, 0)), cube],
  ["Mean", (x) => tf.square(tf.mean(x, [1, 2], true)), cube],
  ["Max", (x) => tf.square(tf.max(x)), table],
  ["Max", (x) => tf.square(tf.max(x, -1)), table],
  ["Max", (x) => tf.logSumExp(x, 1), cube],
  ["Max", (x) => tf.logSoftmax(x), table],
  ["Min", (x) => tf.square(tf.min(x, 0, true)), table],
  ["Softmax", (x) => tf.softmax(x), cube],
  ["Cumsum", (x) => tf.cumsum(x, 1), table],
  ["Cumsum", (x) => tf.cumsum(x, 0, true, true), table],

  ["Reshape", (x) => tf.square(tf.reshape(x, [2, -1])), table],
  ["Reshape", (x) => tf.square(tf.squeeze(x)), column],
  ["ExpandDims", (x) => tf.square(tf.expandDims(x, 1)), table],
  ["Transpose", (x) => tf.matMul(tf.transpose(x), x), table],
  ["Transpose", (x) => tf.square(tf.transpose(x, [1, 2, 0])), cube],
  ["Reverse", (x) => tf.square(tf.reverse(x, [0, -1])), table],
  ["Reverse", (x) => tf.square(tf.reverse(x)), table],
  ["Tile", (x) => tf.square(tf.tile(x, [2, 3])), table],
  ["Tile", (x) => tf.broadcastTo(x, [2, 3, 4]), row],
  ["Tile", (x) => tf.broadcastTo(x, [3, 4]), column],
  ["Slice", (x) => tf.square(tf.slice(x, [1, 0, 2], [1, 2, 2])), cube],
  ["Slice", (x) => tf.slice(x, 2), line],
  ["Slice", (x) => tf.slice(x, [1], [2]), table],
  ["PadV2", (x) => tf.square(tf.pad(x, [[1, 0], [2, 1]], 0.5)), table],
  ["GatherV2", (x) => tf.square(tf.gather(x, indices)), table],
  ["GatherV2", (x) => tf.square(tf.gather(x, indices, 1)), table],
  ["GatherV2", (x) => tf.gather(x, tf.tensor2d([[0, 1], [1, 1]], [2, 2], "int32"), -2), cube],
];
for (const [tA, tB] of [[false, false], [true, false], [false, true], [true, true]] as const) {
  const a = distinct(tA ? [3, 2] : [2, 3], -1, 1), b = distinct(tB ? [4, 3] : [3, 4], -1, 1, 1);
  const batch = distinct([2, ...a.shape], -1, 1, 2);
  cases.push(["BatchMatMul", (a, b) => tf.matMul(a!, b!, tA, tB), a, b]);
  cases.push(["BatchMatMul", (a, b) => tf.matMul(a!, b!, tA, tB), batch, b]);
}

for (const [i, [kernel, f, ...inputs]] of cases.entries()) {
  const shapes = inputs.map(({ shape }) => `[${shape}]`).join(", ");
  Deno.test(`the rule of ${kernel} equals finite differences: case ${i}, ${shapes}`, async () => {
    const { kernelNames } = await tf.profile(() => f(...inputs));
    assert.ok(kernelNames.includes(kernel), `it ran ${kernelNames}`);
    assertGradient(f, inputs);
  });
}

/** Steps: the gradient is 0 wherever it is one. */
const steps: Case[] = [
  ["ZerosLike", tf.zerosLike, line],
  ["OnesLike", tf.onesLike, line],
  ["Sign", tf.sign, nonZero],
  ["Step", (x) => tf.step(x), nonZero],
  ["Floor", tf.floor, nonZero],
  ["Ceil", tf.ceil, nonZero],
  ["Round", tf.round, nonZero],
  ["Equal", tf.equal, line, line],
  ["NotEqual", tf.notEqual, line, positive],
  ["Greater", tf.greater, line, positive],
  ["GreaterEqual", tf.greaterEqual, line, positive],
  ["Less", tf.less, line, positive],
  ["LessEqual", tf.lessEqual, line, positive],
  ["LogicalAnd", (a, b) => tf.logicalAnd(tf.greater(a!, 0), tf.less(b!, 1)), line, positive],
  ["LogicalOr", (a, b) => tf.logicalOr(tf.greater(a!, 0), tf.less(b!, 1)), line, positive],
  ["LogicalNot", (x) => tf.logicalNot(tf.greater(x, 0)), line],
];

for (const [kernel, f, ...inputs] of steps) {
  Deno.test(`the rule of ${kernel} is 0`, () => {
    const grads = tf.grads((...xs: T[]) => tf.sum(tf.cast(f(...xs), "float32")))(inputs);
    for (const grad of grads) assert.ok(grad.dataSync().every((slope) => slope === 0));
  });
}

Deno.test("every rule has a case here", () => {
  const tested = new Set([...cases, ...steps].map(([kernel]) => kernel));
  assert.deepEqual(Object.keys(rules).filter((kernel) => !tested.has(kernel)), []);
});

Deno.test("ties of minimum and maximum share the gradient equally", () => {
  const a = tf.tensor1d([1, 2, 3]), b = tf.tensor1d([1, 3, 2]);
  for (const [f, wanted] of [[tf.minimum, [0.5, 1, 0]], [tf.maximum, [0.5, 0, 1]]] as const) {
    const [dA, dB] = tf.grads((a: T, b: T) => f(a, b))([a, b]);
    assert.deepEqual(Array.from(dA!.dataSync()), wanted);
    assert.deepEqual(Array.from(dB!.dataSync()), wanted.map((share) => 1 - share));
  }
});

Deno.test("the clipped surrogate has the gradient of rho A inside the interval", () => {
  // What the fixture of Ent-PPO wants: at the tie the branches share, and their sum is that of rho A.
  const advantage = tf.tensor1d([2, -3, 2, -3, 2, -3]);
  const rho = tf.tensor1d([1, 1, 1.5, 1.5, 0.5, 0.5]);
  const slope = tf.grad((rho: T) =>
    tf.minimum(tf.mul(rho, advantage), tf.mul(tf.clipByValue(rho, 0.8, 1.2), advantage))
  )(rho);
  assert.deepEqual(Array.from(slope.dataSync()), [2, -3, 0, -3, 2, 0]);
});

Deno.test("equal maxima and minima share the gradient equally", () => {
  const x = tf.tensor2d([[1, 3, 3], [2, 2, 2]]);
  const slope = tf.grad((x: T) => tf.max(x, 1))(x, tf.tensor1d([1, 6]));
  assert.deepEqual(Array.from(slope.dataSync()), [0, 0.5, 0.5, 2, 2, 2]);
});

Deno.test("clipByValue passes the gradient at its bounds, relu at 0 does not", () => {
  const x = tf.tensor1d([-2, -1, 0, 1, 2]);
  const clip = tf.grad((x: T) => tf.clipByValue(x, -1, 1))(x);
  assert.deepEqual(Array.from(clip.dataSync()), [0, 1, 1, 1, 0]);
  assert.deepEqual(Array.from(tf.grad((x: T) => tf.relu(x))(x).dataSync()), [0, 0, 0, 1, 1]);
});

Deno.test("where() lets no infinity through from the branch not taken", () => {
  const x = tf.tensor1d([0, 1, 4]);
  const slope = tf.grad((x: T) => tf.where(tf.greater(x, 0), tf.sqrt(tf.maximum(x, 1)), x))(x);
  assert.deepEqual(Array.from(slope.dataSync()), [1, 0.25, 0.25]);
});

Deno.test("pow() is finite in the gradient at 0", () => {
  const [dA, dB] = tf.grads((a: T, b: T) => tf.pow(a, b))([
    tf.tensor1d([0, 0, 0]),
    tf.tensor1d([0, 1, 2]),
  ]);
  assert.deepEqual(Array.from(dA!.dataSync()), [0, 1, 0]);
  assert.deepEqual(Array.from(dB!.dataSync()), [0, 0, 0]);
});

Deno.test("one gradient shared by many inputs is added up, not disposed", () => {
  // The tape disposes gradients that it adds to; a rule that hands on dy itself breaks its siblings.
  const [dA, dB, dC] = tf.grads((a: T, b: T, c: T) =>
    tf.addN([tf.add(a, b), tf.add(tf.clone(b), tf.reshape(c, [2])), tf.sub(c, a), a, c])
  )([tf.tensor1d([1, 2]), tf.tensor1d([3, 4]), tf.tensor1d([5, 6])]);
  assert.deepEqual([dA, dB, dC].map((slope) => Array.from(slope!.dataSync())), [
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
});

Deno.test("gradients give all their memory back", () => {
  const { numTensors } = tf.memory(), used = inUse();
  for (const [, f, ...inputs] of cases) {
    tf.tidy(() => {
      tf.grads((...xs: T[]) => f(...xs))(inputs);
    });
  }
  assert.equal(tf.memory().numTensors, numTensors);
  assert.equal(inUse(), used);
});

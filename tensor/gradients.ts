/**
 * The derivative rules of tfjs's ops, one row each: tfjs's npm bundle has none that loads.
 *
 * A row says what the tape saves and how the gradient dy of the output becomes that of each input: a new
 * tensor of the input's shape, since the tape disposes gradients that it adds up. At kinks a rule gives
 * what PyTorch gives: ties of maximum and minimum share dy equally, the bounds of clipByValue pass it,
 * relu at 0 does not.
 *
 * @module
 */
import {
  fresh,
  scatter,
  spread,
  sumTo,
  toExtremes,
  unslice,
  untile,
  wonBy,
} from "./_gradient_tools.ts";
import { tf } from "./_tfjs.ts";

type T = tf.Tensor;
type Gradients = Record<string, () => T> | (() => T)[];

/** One row. */
interface Rule {
  /** Inputs that the tape saves; `all` where the op takes a list. */
  inputs?: string[] | "all";
  /** Whether it saves the output, behind the inputs. */
  output?: true;
  /** From dy (a list for an op with several outputs) to the gradients, by input. */
  of: (dy: T, saved: Saved, settings: Settings) => Gradients;
}

/** As many as a row asks for. */
type Saved = [T, T];

/** Settings of a node by the names that tfjs gives them; each kernel has a few of these. */
interface Settings {
  axis: number;
  batchDims: number;
  begin: number | number[];
  clipValueMax: number;
  clipValueMin: number;
  dim: number;
  dims: number | number[];
  dtype: tf.DataType;
  exclusive: boolean;
  paddings: [number, number][];
  perm: number[];
  reductionIndices: number | number[] | null;
  reps: number[];
  reverse: boolean;
  transposeA: boolean;
  transposeB: boolean;
}

/** The derivative rules by the names of tfjs's kernels. */
export const rules: Readonly<Record<string, Rule>> = {
  // One input, elementwise.
  Abs: byInput((dy, x) => tf.mul(dy, tf.sign(x))),
  Cos: byInput((dy, x) => tf.neg(tf.mul(dy, tf.sin(x)))),
  Cosh: byInput((dy, x) => tf.mul(dy, tf.sinh(x))),
  Erf: byInput((dy, x) => tf.mul(dy, tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(x)))))),
  Exp: byOutput((dy, y) => tf.mul(dy, y)),
  Expm1: byOutput((dy, y) => tf.mul(dy, tf.add(y, 1))),
  Identity: byInput((dy) => fresh(dy)),
  Log: byInput((dy, x) => tf.div(dy, x)),
  Log1p: byInput((dy, x) => tf.div(dy, tf.add(x, 1))),
  Neg: byInput((dy) => tf.neg(dy)),
  Reciprocal: byOutput((dy, y) => tf.neg(tf.mul(dy, tf.square(y)))),
  Relu: byInput((dy, x) => tf.where(tf.greater(x, 0), dy, tf.zerosLike(dy))),
  Rsqrt: byOutput((dy, y) => tf.mul(-0.5, tf.mul(dy, tf.mul(y, tf.square(y))))),
  Sigmoid: byOutput((dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  Sin: byInput((dy, x) => tf.mul(dy, tf.cos(x))),
  Sinh: byInput((dy, x) => tf.mul(dy, tf.cosh(x))),
  Softplus: byInput((dy, x) => tf.mul(dy, tf.sigmoid(x))),
  Sqrt: byOutput((dy, y) => tf.div(tf.mul(dy, 0.5), y)),
  Square: byInput((dy, x) => tf.mul(dy, tf.mul(x, 2))),
  Tanh: byOutput((dy, y) => tf.mul(dy, tf.sub(1, tf.square(y)))),
  Cast: byInput((dy, x, { dtype }) => dtype === "float32" ? fresh(dy) : zeros(x)),
  ClipByValue: byInput((dy, x, { clipValueMin: low, clipValueMax: high }) =>
    tf.where(
      tf.logicalAnd(tf.greaterEqual(x, low), tf.lessEqual(x, high)),
      dy,
      tf.zerosLike(dy),
    )
  ),

  // Two inputs, elementwise, broadcast to one shape.
  Add: byPair((dy) => dy, (dy) => dy),
  Sub: byPair((dy) => dy, (dy) => tf.neg(dy)),
  Multiply: byPair((dy, _a, b) => tf.mul(dy, b), (dy, a) => tf.mul(dy, a)),
  RealDiv: byPair(
    (dy, _a, b) => tf.div(dy, b),
    (dy, a, b) => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
  ),
  SquaredDifference: byPair(
    (dy, a, b) => tf.mul(dy, tf.mul(tf.sub(a, b), 2)),
    (dy, a, b) => tf.mul(dy, tf.mul(tf.sub(b, a), 2)),
  ),
  Maximum: byPair(
    (dy, a, b) => wonBy(a, b, dy, tf.greater),
    (dy, a, b) => wonBy(b, a, dy, tf.greater),
  ),
  Minimum: byPair(
    (dy, a, b) => wonBy(a, b, dy, tf.less),
    (dy, a, b) => wonBy(b, a, dy, tf.less),
  ),
  // a^0 is 1 for every a, and a^b with b > 0 stays 0 at a = 0: no 0 * Infinity may arise from either.
  Pow: byPair(
    (dy, a, b) =>
      tf.where(
        tf.equal(b, 0),
        tf.zerosLike(dy),
        tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
      ),
    (dy, a, b) =>
      tf.where(
        tf.greater(a, 0),
        tf.mul(dy, tf.mul(tf.pow(a, b), tf.log(a))),
        tf.zerosLike(dy),
      ),
  ),

  // Several inputs.
  AddN: { inputs: "all", of: (dy, all) => all.map(() => () => fresh(dy)) },
  Select: {
    inputs: ["condition"],
    of: (dy, [condition]) => ({
      condition: () => zeros(condition),
      t: () => tf.where(condition, dy, tf.zerosLike(dy)),
      e: () => tf.where(condition, tf.zerosLike(dy), dy),
    }),
  },
  BatchMatMul: {
    inputs: ["a", "b"],
    of: (dy, [a, b], { transposeA, transposeB }) => ({
      a: () =>
        sumTo(
          transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB),
          a.shape,
        ),
      b: () =>
        sumTo(
          transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false),
          b.shape,
        ),
    }),
  },

  // Reductions.
  Sum: byInput((dy, x, { axis }) => spread(dy, x.shape, axis)),
  Mean: byInput((dy, x, { axis }) => spread(tf.mul(dy, dy.size / x.size), x.shape, axis)),
  Max: {
    inputs: ["x"],
    output: true,
    of: (dy, [x, y], { reductionIndices }) => ({ x: () => toExtremes(dy, x, y, reductionIndices) }),
  },
  Min: {
    inputs: ["x"],
    output: true,
    of: (dy, [x, y], { axis }) => ({ x: () => toExtremes(dy, x, y, axis) }),
  },
  Softmax: {
    output: true,
    of: (dy, [y], { dim }) => ({
      logits: () => tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), dim, true))),
    }),
  },
  Cumsum: byInput((dy, _x, { axis, exclusive, reverse }) =>
    tf.cumsum(dy, axis, exclusive, !reverse)
  ),

  // Moving numbers about.
  Reshape: byInput((dy, x) => tf.reshape(dy, x.shape)),
  ExpandDims: { inputs: ["input"], of: (dy, [x]) => ({ input: () => tf.reshape(dy, x.shape) }) },
  Transpose: byInput((dy, _x, { perm }) =>
    tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(perm))
  ),
  Reverse: byInput((dy, _x, { dims }) => tf.reverse(dy, dims)),
  Tile: byInput((dy, x, { reps }) => untile(dy, x.shape, reps)),
  Slice: byInput((dy, x, { begin }) => unslice(dy, x.shape, begin)),
  PadV2: byInput((dy, x, { paddings }) =>
    tf.slice(dy, paddings.map(([before]) => before), x.shape)
  ),
  Concat: {
    inputs: "all",
    of: (dy, all, { axis }) => {
      const along = tf.util.parseAxisParam(axis, dy.shape)[0]!;
      return tf.split(dy, all.map(({ shape }) => shape[along]!), along).map((part) => () => part);
    },
  },
  SplitV: { of: (dys, _, { axis }) => ({ x: () => tf.concat([dys].flat(), axis) }) },
  Pack: { of: (dy, _, { axis }) => tf.unstack(dy, axis).map((part) => () => part) },
  Unpack: {
    inputs: ["value"],
    of: (dys, [x], { axis }) => ({
      value: () => tf.stack([dys].flat(), tf.util.parseAxisParam(axis, x.shape)[0]!),
    }),
  },
  GatherV2: {
    inputs: ["x", "indices"],
    of: (dy, [x, indices], settings) => ({
      x: () => scatter(dy, indices, x.shape, settings),
      indices: () => zeros(indices),
    }),
  },

  // Steps: flat but for the jumps.
  ...flat(["x"], "ZerosLike", "OnesLike", "Sign", "Step", "Floor", "Ceil", "Round", "LogicalNot"),
  ...flat(["a", "b"], "Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"),
  ...flat(["a", "b"], "LogicalAnd", "LogicalOr"),
};

/** Makes the rules known to tfjs, for every backend. */
export function registerGradients(): void {
  for (const [kernelName, { inputs, output, of }] of Object.entries(rules)) {
    tf.registerGradient({
      kernelName,
      ...(inputs === "all" ? { saveAllInputs: true } : inputs && { inputsToSave: inputs }),
      ...(output && { outputsToSave: [true] }),
      // tfjs's types know neither that a node's saved tensors are those asked for, nor its settings.
      gradFunc: of as unknown as tf.GradConfig["gradFunc"],
    });
  }
}

/** One input, gradient by its value. */
function byInput(of: (dy: T, x: T, settings: Settings) => T): Rule {
  return { inputs: ["x"], of: (dy, [x], settings) => ({ x: () => of(dy, x, settings) }) };
}

/** One input, gradient by the value of the output. */
function byOutput(of: (dy: T, y: T) => T): Rule {
  return { output: true, of: (dy, [y]) => ({ x: () => of(dy, y) }) };
}

/** Two inputs of shapes that broadcasting may have changed. */
function byPair(ofA: (dy: T, a: T, b: T) => T, ofB: (dy: T, a: T, b: T) => T): Rule {
  return {
    inputs: ["a", "b"],
    of: (dy, [a, b]) => ({
      a: () => sumTo(ofA(dy, a, b), a.shape),
      b: () => sumTo(ofB(dy, a, b), b.shape),
    }),
  };
}

/** The same rule for several ops: a gradient of 0 for every input. */
function flat(inputs: string[], ...kernels: string[]): Record<string, Rule> {
  const rule: Rule = {
    inputs,
    of: (_dy, saved) => Object.fromEntries(inputs.map((name, i) => [name, () => zeros(saved[i]!)])),
  };
  return Object.fromEntries(kernels.map((kernel) => [kernel, rule]));
}

/** Zeros for an input of any type. */
function zeros({ shape }: T): T {
  return tf.zeros(shape);
}

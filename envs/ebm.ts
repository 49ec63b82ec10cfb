/**
 * Discrete energies of pairs: n variables of q values, each set once in any order; log R = -beta E.
 *
 * The instance is a JSON file, {"kind", "size", "values", "fields", "couplings", "constant"}, where each
 * of "couplings" is [i, j, w]: a pair counts as often as it is listed. By kind, for the variables x_i,
 *
 * - "qubo":  x_i in {0, 1},   E = constant + sum_i h_i x_i   + sum w x_i x_j
 * - "ising": c_i in {-1, 1},  E = constant - sum_i h_i c_i   - sum w c_i c_j
 * - "potts": x_i in 0..q-1,   E = constant - sum_i h_i[x_i]  - sum w [x_i = x_j]
 *
 * "fields" holds h, n numbers, or n lists of q for Potts; it and "constant" may be left out, and only
 * Potts has "values", q. Without a file, E = -(sum_i c_i)^2, as torchgfn has where no couplings are given.
 *
 * Forward action v n + i sets variable i to its value number v, backward action i takes it back. No stop
 * action. A word is 0 where the variable is not set, else 1 + v.
 *
 * @module
 */
import type {
  Environment,
  EnvironmentPlugin,
  EnvironmentTools,
  OptionsOf,
  OptionSpecs,
} from "../plugins/contract.ts";

const config = {
  instance: {
    file: 'JSON: {"kind": "qubo", "ising" or "potts", "size", "couplings", "fields"}',
    default: null,
    help: "file of couplings and fields; all spins coupled with 1 unless given",
  },
  size: { int: [1, 4096], default: 4, help: "n, spins where no file is given" },
  beta: { number: [0, 1e4], default: 1, help: "inverse temperature: log R = -beta E" },
} as const satisfies OptionSpecs;

/** -E is `base` + sum_i own[i q + v_i] + sum over pairs of weight * pair[v_i q + v_j]. */
interface Instance {
  n: number;
  q: number;
  base: number;
  own: Float64Array;
  pair: Float64Array;
  pairs: { i: number; j: number; weight: number }[];
  /** A value as a character. */
  letters: string;
}

/** Values of each kind: what x_i or c_i is, and the sign of what stands before it in -E. */
const KINDS = {
  qubo: { values: [0, 1], sign: -1, letters: "01" },
  ising: { values: [-1, 1], sign: 1, letters: "-+" },
} as const;

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

/** All spins coupled: E = -(sum c)^2 = -n - 2 sum over pairs. */
function allOnes(n: number): unknown {
  const couplings: number[][] = [];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) couplings.push([i, j, 2]);
  return { kind: "ising", size: n, couplings, constant: -n };
}

function parse(bytes: Uint8Array, tools: EnvironmentTools): unknown {
  try {
    return JSON.parse(tools.text(bytes));
  } catch {
    return tools.fail("instance is no JSON, want an object with kind, size and couplings");
  }
}

function read(found: unknown, tools: EnvironmentTools): Instance {
  const fail = (key: string, value: unknown, want: string): never =>
    tools.fail(`${key} of instance is ${JSON.stringify(value)?.slice(0, 60)}, want ${want}`);
  const isObject = typeof found === "object" && found !== null && !Array.isArray(found);
  const file = isObject ? found as Record<string, unknown> : tools.fail("instance is no object");
  const { kind, size: n, values: q = 2, couplings, constant = 0 } = file;
  const extra = Object.keys(file).find((key) =>
    !["kind", "size", "values", "fields", "couplings", "constant"].includes(key)
  );
  if (extra !== undefined) fail(extra, file[extra], "no such key");
  if (kind !== "qubo" && kind !== "ising" && kind !== "potts") {
    return fail("kind", kind, '"qubo", "ising" or "potts"');
  }
  const isCount = (x: unknown, from: number, to: number): x is number =>
    Number.isInteger(x) && Number(x) >= from && Number(x) <= to;
  if (!isCount(n, 1, 4096)) return fail("size", n, "a whole number from 1 to 4096");
  if (!isCount(q, 2, kind === "potts" ? 36 : 2)) {
    return fail("values", q, kind === "potts" ? "a whole number from 2 to 36" : "none, or 2");
  }
  if (!Number.isFinite(constant)) fail("constant", constant, "a number");
  const isPair = (x: unknown) =>
    Array.isArray(x) && x.length === 3 && isCount(x[0], 0, n - 1) && isCount(x[1], 0, n - 1) &&
    x[0] !== x[1] && Number.isFinite(x[2]);
  if (!Array.isArray(couplings) || !couplings.every(isPair)) {
    const bad = Array.isArray(couplings) ? couplings.find((x) => !isPair(x)) : couplings;
    return fail("couplings", bad, `[i, j, w] with two variables of 0..${n - 1} and a number`);
  }
  const fields = file.fields ?? Array.from({ length: n }, () => kind === "potts" ? zeros(q) : 0);
  const isField = (x: unknown) =>
    kind !== "potts"
      ? Number.isFinite(x)
      : Array.isArray(x) && x.length === q && x.every((y) => Number.isFinite(y));
  if (!Array.isArray(fields) || fields.length !== n || !fields.every(isField)) {
    return fail("fields", fields, `${n} ${kind === "potts" ? `lists of ${q} numbers` : "numbers"}`);
  }
  const pairs = couplings.map(([i, j, weight]) => ({ i, j, weight }));
  const shared = { n, q, base: -Number(constant), pairs };
  if (kind === "potts") {
    const pair = Float64Array.from({ length: q * q }, (_, vw) => vw % (q + 1) === 0 ? 1 : 0);
    return { ...shared, own: Float64Array.from(fields.flat()), pair, letters: DIGITS };
  }
  const { values, sign, letters } = KINDS[kind];
  return {
    ...shared,
    own: Float64Array.from(fields.flatMap((h: number) => values.map((x) => sign * h * x))),
    pair: Float64Array.from(values.flatMap((x) => values.map((y) => sign * x * y))),
    letters,
  };
}

function zeros(q: number): number[] {
  return new Array<number>(q).fill(0);
}

function create(options: OptionsOf<typeof config>, tools: EnvironmentTools): Environment {
  const { beta, instance } = options;
  const { n, q, base, own, pair, pairs, letters } = read(
    instance === null ? allOnes(options.size) : parse(instance, tools),
    tools,
  );
  const levels = q + 1, listed = levels ** n;

  /** -E, of the terms whose variables are set. */
  function goodness(states: Int32Array, at: number): number {
    let sum = base;
    for (let i = 0; i < n; i++) {
      const word = states[at + i]!;
      if (word > 0) sum += own[i * q + word - 1]!;
    }
    for (const { i, j, weight } of pairs) {
      const a = states[at + i]!, b = states[at + j]!;
      if (a > 0 && b > 0) sum += weight * pair[(a - 1) * q + b - 1]!;
    }
    return sum;
  }

  return {
    stateWords: n,
    forwardActions: q * n,
    backwardActions: n,
    stopAction: null,
    maxTrajectory: n,
    observation: {
      kind: "categorical",
      sizes: new Array<number>(n).fill(levels),
      write(states, at, out, outAt) {
        for (let i = 0; i < n; i++) out[outAt + i] = states[at + i]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + n);
    },
    step(states, at, action) {
      states[at + action % n] = 1 + Math.floor(action / n);
    },
    unstep(states, at, variable) {
      states[at + variable] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      for (let a = 0; a < q * n; a++) mask[maskAt + a] = states[at + a % n] === 0 ? 1 : 0;
    },
    backwardMask(states, at, mask, maskAt) {
      for (let i = 0; i < n; i++) mask[maskAt + i] = states[at + i] === 0 ? 0 : 1;
    },
    backwardOf: (_states, _at, action) => action % n,
    forwardOf: (states, at, variable) => (states[at + variable]! - 1) * n + variable,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) out[x] = beta * goodness(states, x * n);
    },
    partialLogReward(states, count, out) {
      this.logReward(states, count, out);
    },
    text: (states, at) =>
      Array.from(states.subarray(at, at + n), (word) => word === 0 ? "." : letters[word - 1])
        .join(""),
    ...(listed <= Number.MAX_SAFE_INTEGER && {
      enumeration: {
        size: listed,
        index(states, at) {
          let index = 0;
          for (let i = 0; i < n; i++) index = levels * index + states[at + i]!;
          return index;
        },
        state(index, states, at) {
          for (let i = n - 1; i >= 0; i--, index = Math.floor(index / levels)) {
            states[at + i] = index % levels;
          }
        },
      },
    }),
  };
}

export default {
  apiVersion: 1,
  name: "ebm",
  summary: "energies of pairs of variables: QUBO, Ising or Potts, from a file",
  source: "Zhang et al. 2022, arXiv:2202.01361; torchgfn, gym/discrete_ebm.py",
  config,
  create,
} satisfies EnvironmentPlugin;

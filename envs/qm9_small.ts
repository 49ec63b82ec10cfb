/**
 * QM9-small: strings of five out of eleven molecular blocks, put in front or at the end, with the score
 * that a proxy of a molecule's HOMO-LUMO gap gives to each of the 161,051.
 *
 * R(x) = scale max(s(x), min)^e / max s^e: unlike in TFBind8 the score is cut off before the power.
 *
 * With b blocks, forward action a < b puts block a in front, b + a at the end; backward action 0 takes
 * the first block off, 1 the last. At the empty string both forward actions of a block lead to the same
 * state and stay two, and so do their ways back: uniform P_B is 1/2 at every step. No stop action. A
 * word is 0 where there is no block, else 1 + a.
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
  length: { int: [1, 8], default: 5, help: "blocks of a string; 5 with the scores shipped" },
  blocks: { int: [2, 11], default: 11, help: "b, different blocks; 11 with the scores shipped" },
  scores: {
    file: "JSON: a list of the scores of all blocks^length strings, 00... first",
    default: null,
    help: "file of scores, in place of those shipped",
  },
  exponent: { number: [0, 100], default: 5, help: "e, power of the score" },
  scale: { number: [1e-6, 1e6], default: 100, help: "largest reward" },
  minScore: { number: [1e-12, 1e6], default: 1e-3, help: "score that smaller ones count as" },
} as const satisfies OptionSpecs;

/** C, O, N, C-F, C=O, C=C, C#C, benzene, cyclohexane, pyrrolidine, CCC. */
const NAMES = "0123456789a";

/** Share of all strings that the benchmark counts as modes: those with the largest rewards. */
const MODE_SHARE = 0.005;

/** The scores shipped. */
async function shipped(): Promise<Float64Array> {
  const { base64 } = await import("./data/qm9_small.ts");
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

function fromFile(bytes: Uint8Array, count: number, tools: EnvironmentTools): Float64Array {
  let found: unknown = null;
  try {
    found = JSON.parse(tools.text(bytes));
  } catch { /* what is no JSON is no list */ }
  const isTable = Array.isArray(found) && found.length === count &&
    found.every((x) => Number.isFinite(x));
  if (!isTable) tools.fail(`scores is no JSON list of ${count} numbers`);
  return Float64Array.from(found as number[]);
}

async function create(
  options: OptionsOf<typeof config>,
  tools: EnvironmentTools,
): Promise<Environment> {
  const { length: n, blocks: b, exponent, scale, minScore } = options;
  if (options.scores === null && (n !== 5 || b !== 11)) {
    tools.fail(`length is ${n} and blocks is ${b}, want 5 and 11 with the scores shipped`);
  }
  const scores = options.scores === null
    ? await shipped()
    : fromFile(options.scores, b ** n, tools);
  const best = scores.reduce((a, b) => Math.max(a, b), minScore);
  // In logarithms: the smallest reward is about 6e-20.
  const logRewards = scores.map((s) =>
    Math.log(scale) + exponent * Math.log(Math.max(s, minScore) / best)
  );
  const modes = Math.floor(MODE_SHARE * scores.length);
  const leastMode = modes === 0 ? Infinity : scores.toSorted()[scores.length - modes]!;

  function count(states: Int32Array, at: number): number {
    let filled = 0;
    while (filled < n && states[at + filled] !== 0) filled++;
    return filled;
  }
  /** The index of a full string among all of them. */
  function rank(states: Int32Array, at: number): number {
    let index = 0;
    for (let i = 0; i < n; i++) index = b * index + states[at + i]! - 1;
    return index;
  }

  return {
    stateWords: n,
    forwardActions: 2 * b,
    backwardActions: 2,
    stopAction: null,
    maxTrajectory: n,
    observation: {
      kind: "categorical",
      sizes: new Array<number>(n).fill(b + 1),
      write(states, at, out, outAt) {
        for (let i = 0; i < n; i++) out[outAt + i] = states[at + i]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + n);
    },
    step(states, at, action) {
      const filled = count(states, at);
      if (action < b) states.copyWithin(at + 1, at, at + filled);
      states[at + (action < b ? 0 : filled)] = 1 + action % b;
    },
    unstep(states, at, end) {
      const last = at + count(states, at) - 1;
      if (end === 0) states.copyWithin(at, at + 1, last + 1);
      states[last] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      mask.fill(states[at + n - 1] === 0 ? 1 : 0, maskAt, maskAt + 2 * b);
    },
    backwardMask(states, at, mask, maskAt) {
      mask.fill(states[at] === 0 ? 0 : 1, maskAt, maskAt + 2);
    },
    backwardOf: (_states, _at, action) => action < b ? 0 : 1,
    forwardOf: (states, at, end) =>
      end === 0 ? states[at]! - 1 : b + states[at + count(states, at) - 1]! - 1,
    logReward(states, rows, out) {
      for (let x = 0; x < rows; x++) out[x] = logRewards[rank(states, x * n)]!;
    },
    isMode: (states, at) => scores[rank(states, at)]! >= leastMode,
    text(states, at) {
      let blocks = "";
      for (let i = 0; i < n && states[at + i] !== 0; i++) blocks += NAMES[states[at + i]! - 1];
      return blocks || "(empty)";
    },
    // Strings by length, so that every move leads to a higher index, then in order.
    enumeration: {
      size: (b ** (n + 1) - 1) / (b - 1),
      index(states, at) {
        let index = 0;
        for (let i = 0; i < n && states[at + i] !== 0; i++) index = b * index + states[at + i]!;
        return index;
      },
      state(index, states, at) {
        states.fill(0, at, at + n);
        let filled = 0;
        for (let rest = index; rest > 0; rest = Math.floor((rest - 1) / b)) filled++;
        for (let i = filled - 1; i >= 0; i--, index = Math.floor((index - 1) / b)) {
          states[at + i] = 1 + (index - 1) % b;
        }
      },
    },
  };
}

export default {
  apiVersion: 1,
  name: "qm9-small",
  summary: "strings of five molecular blocks, put in front or at the end",
  source: "Shen et al. 2023, arXiv:2305.07170; scores and rewards as gfnx, arXiv:2511.16592",
  config,
  create,
} satisfies EnvironmentPlugin;

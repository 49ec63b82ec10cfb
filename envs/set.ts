/**
 * Set addition: items are added one by one, in any order, to a set of at most k of n items.
 *
 * log R = sum of the weights of the items, or a table of R over all sets. With `fixed` a set is done when
 * it has k items; else it may stop at any size, the empty set included, and has to at k.
 *
 * Forward action i adds item i, n stops; backward action i takes item i out. A word is 1 where the item
 * is in.
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
  items: { int: [1, 1024], default: 8, help: "n, items to choose from" },
  size: { int: [1, 1024], default: 4, help: "k, most items of a set" },
  fixed: { boolean: true, default: false, help: "whether every set has k items" },
  weights: {
    list: { of: "number", min: -1e3, max: 1e3, maxLength: 1024 },
    default: null,
    help: "what each item adds to log R; drawn from [-1, 1] by instance unless given",
  },
  instance: { int: [0, 4294967295], default: 0, help: "seed of the drawn weights" },
  rewards: {
    file: "JSON: a list of R of the 2^n sets, in binary order, item 0 most significant",
    default: null,
    help: "file of rewards, in place of weights",
  },
} as const satisfies OptionSpecs;

/** Most items of which a table is taken. */
const TABLE_ITEMS = 24;

function create(options: OptionsOf<typeof config>, tools: EnvironmentTools): Environment {
  const { items: n, size: k, fixed } = options;
  if (k > n) tools.fail(`size is ${k}, want at most items = ${n}`);
  const { logReward: logRewardOf, isPositive } = options.rewards === null
    ? ofWeights(options, tools)
    : ofTable(options.rewards, n, k, tools);
  const stop = fixed ? null : n, actions = fixed ? n : n + 1;

  function count(states: Int32Array, at: number): number {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += states[at + i]!;
    return sum;
  }
  // Sets by size, then by their items from the largest on: choose[i][j] is "i choose j".
  const choose = Array.from({ length: n + 1 }, () => new Float64Array(k + 2));
  choose.forEach((row, i) => {
    row[0] = 1;
    for (let j = 1; j <= k + 1 && i > 0; j++) row[j] = choose[i - 1]![j - 1]! + choose[i - 1]![j]!;
  });
  const first = [0];
  for (let j = 0; j <= k; j++) first.push(first[j]! + choose[n]![j]!);
  const listed = first[k + 1]!;

  return {
    stateWords: n,
    forwardActions: actions,
    backwardActions: n,
    stopAction: stop,
    maxTrajectory: fixed ? k : k + 1,
    observation: {
      kind: "categorical",
      sizes: new Array<number>(n).fill(2),
      write(states, at, out, outAt) {
        for (let i = 0; i < n; i++) out[outAt + i] = states[at + i]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + n);
    },
    step(states, at, item) {
      states[at + item] = 1;
    },
    unstep(states, at, item) {
      states[at + item] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      const open = count(states, at) < k;
      for (let i = 0; i < n; i++) mask[maskAt + i] = open && states[at + i] === 0 ? 1 : 0;
      if (stop !== null) mask[maskAt + stop] = 1;
    },
    backwardMask(states, at, mask, maskAt) {
      for (let i = 0; i < n; i++) mask[maskAt + i] = states[at + i]!;
    },
    backwardOf: (_states, _at, item) => item,
    forwardOf: (_states, _at, item) => item,
    logReward(states, rows, out) {
      for (let x = 0; x < rows; x++) out[x] = logRewardOf(states, x * n);
    },
    ...(isPositive && {
      partialLogReward(states: Int32Array, rows: number, out: Float64Array) {
        for (let x = 0; x < rows; x++) out[x] = logRewardOf(states, x * n);
      },
    }),
    text(states, at) {
      const items = Array.from(states.subarray(at, at + n)).flatMap((is, i) => is ? [i] : []);
      return `{${items.join(", ")}}`;
    },
    ...(listed <= Number.MAX_SAFE_INTEGER && {
      enumeration: {
        size: listed,
        index(states, at) {
          let rank = 0, size = 0;
          for (let i = 0; i < n; i++) if (states[at + i] === 1) rank += choose[i]![++size]!;
          return first[size]! + rank;
        },
        state(index, states, at) {
          states.fill(0, at, at + n);
          let size = 0;
          while (index >= first[size + 1]!) size++;
          let rank = index - first[size]!;
          for (let i = n - 1; size > 0; i--) {
            if (choose[i]![size]! > rank) continue;
            rank -= choose[i]![size--]!;
            states[at + i] = 1;
          }
        },
      },
    }),
  };
}

interface Reward {
  logReward(states: Int32Array, at: number): number;
  /** Whether no set of at most k items has R = 0: what log R of a partial object wants. */
  isPositive: boolean;
}

function ofWeights(options: OptionsOf<typeof config>, tools: EnvironmentTools): Reward {
  const { items: n, instance } = options, random = tools.random(instance);
  const weights = options.weights ?? Array.from({ length: n }, () => 2 * random() - 1);
  if (weights.length !== n) tools.fail(`weights has ${weights.length} numbers, want ${n}`);
  return {
    isPositive: true,
    logReward(states, at) {
      let sum = 0;
      for (let i = 0; i < n; i++) if (states[at + i] === 1) sum += weights[i]!;
      return sum;
    },
  };
}

function ofTable(bytes: Uint8Array, n: number, k: number, tools: EnvironmentTools): Reward {
  if (n > TABLE_ITEMS) tools.fail(`items is ${n}, want at most ${TABLE_ITEMS} with a table`);
  let found: unknown = null;
  try {
    found = JSON.parse(tools.text(bytes));
  } catch { /* what is no JSON is no list */ }
  const isTable = Array.isArray(found) && found.length === 2 ** n &&
    found.every((x) => Number.isFinite(x) && x >= 0);
  if (!isTable) tools.fail(`rewards is no JSON list of ${2 ** n} numbers of at least 0`);
  const table = Float64Array.from(found as number[], Math.log);
  const items = (index: number) => {
    let count = 0;
    for (let rest = index; rest > 0; rest >>= 1) count += rest & 1;
    return count;
  };
  return {
    isPositive: table.every((logR, index) => logR > -Infinity || items(index) > k),
    logReward(states, at) {
      let index = 0;
      for (let i = 0; i < n; i++) index = 2 * index + states[at + i]!;
      return table[index]!;
    },
  };
}

export default {
  apiVersion: 1,
  name: "set",
  summary: "sets of items, added one by one",
  source: "torchgfn, gym/set_addition.py",
  config,
  create,
} satisfies EnvironmentPlugin;

/**
 * Perfect binary tree: from the root one goes left or right until a leaf is reached. Every object has one
 * trajectory, so that P_B is 1 and only P_F is to be learned.
 *
 * Nodes are numbered from the root, 0, by level; the children of v are 2 v + 1 (forward action 0) and
 * 2 v + 2 (action 1). Backward action 0 leaves a left child, 1 a right one. The word is the node.
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
  depth: { int: [1, 16], default: 4, help: "moves from the root to a leaf" },
  rewards: {
    file: "JSON: a list of R of the 2^depth leaves, from left to right",
    default: null,
    help: "file of rewards; drawn by instance unless given",
  },
  spread: { number: [0, 1e3], default: 4, help: "drawn log R lie uniformly between 0 and this" },
  instance: { int: [0, 4294967295], default: 0, help: "seed of the drawn rewards" },
} as const satisfies OptionSpecs;

function logRewards(options: OptionsOf<typeof config>, tools: EnvironmentTools): Float64Array {
  const leaves = 2 ** options.depth;
  if (options.rewards === null) {
    const random = tools.random(options.instance);
    return Float64Array.from({ length: leaves }, () => options.spread * random());
  }
  let found: unknown = null;
  try {
    found = JSON.parse(tools.text(options.rewards));
  } catch { /* what is no JSON is no list */ }
  const isTable = Array.isArray(found) && found.length === leaves &&
    found.every((x) => Number.isFinite(x) && x >= 0);
  if (!isTable) tools.fail(`rewards is no JSON list of ${leaves} numbers of at least 0`);
  return Float64Array.from(found as number[], Math.log);
}

function create(options: OptionsOf<typeof config>, tools: EnvironmentTools): Environment {
  const { depth } = options, table = logRewards(options, tools);
  const firstLeaf = 2 ** depth - 1, nodes = 2 ** (depth + 1) - 1;
  return {
    stateWords: 1,
    forwardActions: 2,
    backwardActions: 2,
    stopAction: null,
    maxTrajectory: depth,
    observation: {
      kind: "categorical",
      sizes: [nodes],
      write(states, at, out, outAt) {
        out[outAt] = states[at]!;
      },
    },
    initial(states, at) {
      states[at] = 0;
    },
    step(states, at, side) {
      states[at] = 2 * states[at]! + 1 + side;
    },
    unstep(states, at) {
      states[at] = (states[at]! - 1) >> 1;
    },
    forwardMask(states, at, mask, maskAt) {
      mask.fill(states[at]! < firstLeaf ? 1 : 0, maskAt, maskAt + 2);
    },
    backwardMask(states, at, mask, maskAt) {
      const node = states[at]!;
      mask[maskAt] = node % 2 === 1 ? 1 : 0;
      mask[maskAt + 1] = node > 0 && node % 2 === 0 ? 1 : 0;
    },
    backwardOf: (_states, _at, side) => side,
    forwardOf: (_states, _at, side) => side,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) out[x] = table[states[x]! - firstLeaf]!;
    },
    text: (states, at) =>
      (states[at]! + 1).toString(2).slice(1).replaceAll("0", "L").replaceAll("1", "R") || "(root)",
    enumeration: {
      size: nodes,
      index: (states, at) => states[at]!,
      state(index, states, at) {
        states[at] = index;
      },
    },
  };
}

export default {
  apiVersion: 1,
  name: "perfect-tree",
  summary: "left or right down a binary tree, to its leaves",
  source: "torchgfn, gym/perfect_tree.py",
  config,
  create,
} satisfies EnvironmentPlugin;

/**
 * sEH: molecules of up to eight blocks out of 105, rewarded for how well a network thinks them to bind to
 * soluble epoxide hydrolase: R(x) = max(score, 0.1) / 8, of which the benchmark takes the tenth power.
 *
 * A molecule is a tree of blocks. Ports are the atoms of a block that others can be bound to, some more than
 * once; blocks of the library are one *kind* where molecule and ports are the same, entered by different
 * ports. A tree is stored in an order that does not depend on how it came about (`molecules/block_tree.ts`),
 * and of actions that a symmetry exchanges the first alone is allowed.
 *
 * Forward: 0 stops; then a first block, by its kind; then, slot after slot and port after port of it, each
 * of the blocks, bound by the port that it is entered by. Backward action s takes the block of slot s off:
 * any with one bond that a block of the library could have made. Molecules with as many blocks as they may
 * have, or without a free port, are full.
 *
 * Two words a slot: 1 + kind, and how it is bound: 1 + (slot * P + port) * P + own port, 0 for the first.
 *
 * @module
 */
import type {
  Enumeration,
  Environment,
  EnvironmentPlugin,
  OptionsOf,
  OptionSpecs,
} from "../plugins/contract.ts";
import type { EnvironmentTools } from "../plugins/contract.ts";
import type { BlockMoves } from "../molecules/block_moves.ts";

const config = {
  library: {
    enum: ["blocks", "fragments"],
    default: "blocks",
    help: "the 105 blocks, each bound by one of its atoms, or their 72 molecules, bound by any",
  },
  blocks: {
    int: [2, 105],
    default: 105,
    help: "use the first so many blocks of the library; of 72 fragments all if it is more",
  },
  minBlocks: { int: [1, 16], default: 2, help: "fewest blocks of a molecule that may stop" },
  maxBlocks: { int: [1, 16], default: 8, help: "most blocks of a molecule" },
  stemMask: {
    enum: ["free-stems", "none"],
    default: "free-stems",
    help: "atoms that the score is told to be free: those of free ports, or none",
  },
  minScore: { number: [1e-6, 8], default: 0.1, help: "scores below this count as this" },
  modeScore: { number: [-100, 100], default: 7.2, help: "least score of a mode" },
} as const satisfies OptionSpecs;

/** Scores are divided by this. */
const SCALE = 8;

/** Modes are less alike than this. */
const APART = 0.7;

/** Scores that are kept for `isMode`. */
const KEPT = 4096;

/** Most molecules that are listed, by an estimate from above. */
const FEW = 100_000;

async function create(
  options: OptionsOf<typeof config>,
  tools: EnvironmentTools,
): Promise<Environment> {
  const { blocks, minBlocks, maxBlocks: n, stemMask, minScore, modeScore } = options;
  if (minBlocks > n) tools.fail(`minBlocks is ${minBlocks}, want at most maxBlocks, ${n}`);
  const [library, weights, { SehMolecules }] = await Promise.all([
    import("./data/seh_blocks.ts"),
    import("./data/seh_proxy.ts"),
    import("../molecules/seh.ts"),
  ]);
  const bytes = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const molecules = new SehMolecules(
    bytes(library.base64),
    bytes(weights.base64),
    blocks,
    n,
    options.library,
  );
  const { moves } = molecules, { ports: P } = moves;
  const K = moves.library.kinds.length, B = moves.library.blocks.length, W = 2 * n;
  const known = (states: Int32Array, at: number) => moves.at(states, at);

  const scores = new Map<string, number>();
  function scoresOf(states: Int32Array, count: number): Float64Array {
    const trees = Array.from({ length: count }, (_, x) => known(states, x * W));
    const found = molecules.scores(trees, stemMask);
    if (scores.size + count > KEPT) scores.clear();
    found.forEach((score, x) => scores.set(states.subarray(x * W, (x + 1) * W).join(" "), score));
    return found;
  }
  const logOf = (score: number) => Math.log(Math.max(minScore, score) / SCALE);

  function forwardMask(states: Int32Array, at: number, mask: Uint8Array, maskAt: number): void {
    const { tree, places } = known(states, at), count = tree.kinds.length;
    mask.fill(0, maskAt, maskAt + 1 + K + n * P * B);
    if (count === 0) mask.fill(1, maskAt + 1, maskAt + 1 + K);
    if (count === n) return;
    places.forEach((first, place) => {
      if (first !== place) return;
      const from = maskAt + 1 + K + place * B;
      mask.fill(1, from, from + B);
      // A molecule without a free port is full, whether it may stop or not.
      if (count >= minBlocks) mask[maskAt] = 1;
    });
  }

  return {
    stateWords: W,
    forwardActions: 1 + K + n * P * B,
    backwardActions: n,
    stopAction: 0,
    maxTrajectory: n,
    observation: {
      kind: "graph",
      nodes: n,
      nodeTypes: K,
      edgeTypes: P * P,
      directed: false,
      reversed: Array.from({ length: P * P }, (_, type) => type % P * P + Math.floor(type / P)),
      layout: { perGraph: 1 + K, perNode: P * B, perPair: 0 },
      backwardLayout: { perGraph: 0, perNode: 1, perPair: 0 },
      write(states, at, out, outAt) {
        out.fill(0, outAt, outAt + n + n * (n - 1) / 2);
        for (let j = 0; j < n; j++) {
          out[outAt + j] = states[at + 2 * j]!;
          const bound = states[at + 2 * j + 1]! - 1;
          if (bound < 0) continue;
          const i = Math.floor(bound / (P * P)); // i < j
          out[outAt + n + i * n - i * (i + 3) / 2 + j - 1] = 1 + bound % (P * P);
        }
      },
    },
    initial(states, at) {
      states.fill(0, at, at + W);
    },
    step(states, at, action) {
      states.set(moves.add(known(states, at), action - 1).words, at);
    },
    unstep(states, at, leaf) {
      states.set(moves.remove(known(states, at), leaf).words, at);
    },
    forwardMask,
    backwardMask(states, at, mask, maskAt) {
      const { leaves } = known(states, at);
      for (let slot = 0; slot < n; slot++) mask[maskAt + slot] = leaves[slot] === slot ? 1 : 0;
    },
    backwardOf: (states, at, action) => moves.add(known(states, at), action - 1).back,
    forwardOf: (states, at, leaf) => 1 + moves.remove(known(states, at), leaf).back,
    logReward(states, count, out) {
      scoresOf(states, count).forEach((score, x) => out[x] = logOf(score));
    },
    // What is there so far, as a molecule of its own; nothing has the smallest score.
    partialLogReward(states, count, out) {
      const rows = Array.from({ length: count }, (_, x) => x).filter((x) => states[x * W]! > 0);
      const some = new Int32Array(rows.length * W);
      rows.forEach((x, i) => some.set(states.subarray(x * W, (x + 1) * W), i * W));
      out.fill(logOf(minScore), 0, count);
      scoresOf(some, rows.length).forEach((score, i) => out[rows[i]!] = logOf(score));
    },
    isMode(states, at) {
      const state = states.subarray(at, at + W);
      return (scores.get(state.join(" ")) ?? scoresOf(state, 1)[0]!) >= modeScore;
    },
    fingerprint: {
      words: molecules.fingerprintWords,
      apart: APART,
      write: (states, at, out, outAt) => molecules.writeFingerprint(known(states, at), out, outAt),
    },
    text: (states, at) => states[at] === 0 ? "(empty)" : molecules.smiles(known(states, at)),
    drawing: (states, at) => molecules.svg(known(states, at)),
    ...(estimate(moves) <= FEW && { enumeration: listed(moves) }),
  };
}

/** At least as many trees as there are. */
function estimate({ library: { kinds, blocks }, slots, ports }: BlockMoves): number {
  let level = kinds.length, all = 1 + level;
  for (let n = 1; n < slots; n++) all += level *= n * ports * blocks.length;
  return all;
}

/** All trees by their number of blocks. */
function listed(moves: BlockMoves): Enumeration {
  const W = 2 * moves.slots, { kinds, blocks } = moves.library;
  const list: Int32Array[] = [new Int32Array(W)], indices = new Map([[list[0]!.join(" "), 0]]);
  const note = (words: Int32Array) => {
    const key = words.join(" ");
    if (indices.has(key)) return;
    indices.set(key, list.length);
    list.push(words);
  };
  for (let s = 0; s < list.length; s++) {
    const known = moves.at(list[s]!, 0), count = known.tree.kinds.length;
    if (count === 0) kinds.forEach((_, kind) => note(moves.add(known, kind).words));
    if (count === moves.slots) continue;
    known.places.forEach((first, place) => {
      if (first !== place) return;
      blocks.forEach((_, block) =>
        note(moves.add(known, kinds.length + place * blocks.length + block).words)
      );
    });
  }
  return {
    size: list.length,
    index: (states, at) => indices.get(states.subarray(at, at + W).join(" "))!,
    state(index, states, at) {
      states.set(list[index]!, at);
    },
  };
}

export default {
  apiVersion: 1,
  name: "seh",
  summary: "molecules of up to eight blocks, by how well they bind to soluble epoxide hydrolase",
  source: "Bengio et al. 2021, arXiv:2106.04399; blocks and network of gflownet-rl",
  config,
  create,
} satisfies EnvironmentPlugin;

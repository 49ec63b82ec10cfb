/**
 * Phylogeny: rooted binary trees over n taxa. From n trees of one taxon each, two are joined under a new
 * root until one is left.
 *
 * log R = (C - M) / scale, M the parsimony of the tree: the fewest mutations that explain the alignment
 * of the taxa (Fitch 1971). A gap is a fifth letter.
 *
 * A tree stands in the slot of its smallest taxon. Action (i, j), i < j in row order, joins the tree of
 * slot j to that of slot i, as the right child; backward action i parts the root of slot i. The order in
 * which distant trees are joined leaves no trace, so that a forest is one state. No stop action. Word j
 * is 0 where slot j has a tree, else 1 + i n + how many trees slot i had taken in before.
 *
 * @module
 */
import type { Forests } from "../phylogeny/forest.ts";
import type {
  CategoricalObservation,
  Enumeration,
  Environment,
  EnvironmentPlugin,
  EnvironmentTools,
  GraphObservation,
  OptionsOf,
  OptionSpecs,
} from "../plugins/contract.ts";

const config = {
  dataset: {
    enum: ["DS1", "DS2", "DS3", "DS4", "DS5", "DS6", "DS7", "DS8"],
    default: "DS5",
    help: "alignment of the benchmark; DS5 has the fewest sites",
  },
  alignment: {
    file: "FASTA: aligned DNA sequences of the same length",
    default: null,
    help: "file of an alignment, in place of dataset",
  },
  taxa: {
    int: [3, 128],
    default: null,
    help: "take the first so many taxa; unless given 6 of dataset, all of alignment",
  },
  offset: {
    number: [-1e9, 1e9],
    default: null,
    help: "C; unless given the benchmark's, or the mutations of the tree that takes taxa in order",
  },
  scale: { number: [1e-6, 1e9], default: 4, help: "mutations that divide R by e" },
  sees: {
    enum: ["joins", "costs"],
    default: "joins",
    help: "what a policy sees: which slot took in which, or, as a graph, what joins would cost",
  },
} as const satisfies OptionSpecs;

type Options = OptionsOf<typeof config>;

/** C of the benchmark and where the alignment is. */
const BENCHMARK: Record<string, { offset: number; load: () => Promise<{ base64: string }> }> = {
  DS1: { offset: 5800, load: () => import("./data/phylo_ds1.ts") },
  DS2: { offset: 8000, load: () => import("./data/phylo_ds2.ts") },
  DS3: { offset: 8800, load: () => import("./data/phylo_ds3.ts") },
  DS4: { offset: 3500, load: () => import("./data/phylo_ds4.ts") },
  DS5: { offset: 2300, load: () => import("./data/phylo_ds5.ts") },
  DS6: { offset: 2300, load: () => import("./data/phylo_ds6.ts") },
  DS7: { offset: 12_500, load: () => import("./data/phylo_ds7.ts") },
  DS8: { offset: 2800, load: () => import("./data/phylo_ds8.ts") },
};

/** Forests of n taxa, as far as they are listed. */
const COUNTS = [0, 1, 2, 7, 37, 266, 2431, 27_007];

/** Taxa of a benchmark unless told otherwise: few enough for exact measures. */
const FEW = 6;

/** Edge types of a graph of costs: 6 mutations each on DS1. */
const STEPS = 128;

async function alignmentOf(options: Options): Promise<Uint8Array> {
  if (options.alignment !== null) return options.alignment;
  const { base64 } = await BENCHMARK[options.dataset]!.load();
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

async function create(options: Options, tools: EnvironmentTools): Promise<Environment> {
  const [{ readFasta, firstTaxa }, { Forests }] = await Promise.all([
    import("../phylogeny/alignment.ts"),
    import("../phylogeny/forest.ts"),
  ]);
  const all = readFasta(tools.text(await alignmentOf(options)), tools.fail);
  const most = all.names.length;
  const n = options.taxa ?? (options.alignment === null ? FEW : most);
  if (n > most) tools.fail(`taxa is ${n}, want at most ${most}`);
  const alignment = firstTaxa(all, n), { names } = alignment, forests = new Forests(alignment);
  const from = names.flatMap((_, i) => names.slice(i + 1).map(() => i));
  const to = names.flatMap((_, i) => names.slice(i + 1).map((_, k) => i + 1 + k));
  const firstPair = names.map((_, i) => i * n - i * (i + 3) / 2 - 1); // of slot i, less j
  const inOrder = Int32Array.from({ length: n }, (_, j) => j); // word j = 1 + (j - 1): slot 0 takes all
  const benchmark = options.alignment === null && n === most;
  const offset = options.offset ??
    (benchmark ? BENCHMARK[options.dataset]!.offset : forests.mutations(inOrder, 0));
  function partial(states: Int32Array, at: number): number {
    let joined = 0;
    for (let j = 1; j < n; j++) if (states[at + j] !== 0) joined++;
    return (offset * joined / (n - 1) - forests.mutations(states, at)) / options.scale;
  }
  function forwardMask(states: Int32Array, at: number, mask: Uint8Array, maskAt: number): void {
    for (let a = 0; a < from.length; a++) {
      mask[maskAt + a] = states[at + from[a]!] === 0 && states[at + to[a]!] === 0 ? 1 : 0;
    }
  }
  function step(states: Int32Array, at: number, action: number): void {
    const i = from[action]!;
    states[at + to[action]!] = 1 + i * n + forests.taken(states, at)[i]!;
  }

  return {
    stateWords: n,
    forwardActions: from.length,
    backwardActions: n - 1,
    stopAction: null,
    maxTrajectory: n - 1,
    observation: options.sees === "joins" ? joinsSeen(n) : costsSeen(n, forests),
    initial(states, at) {
      states.fill(0, at, at + n);
    },
    step,
    unstep(states, at, i) {
      states[at + forests.lastOf(states, at, i)] = 0;
    },
    forwardMask,
    backwardMask(states, at, mask, maskAt) {
      const taken = forests.taken(states, at);
      for (let i = 0; i < n - 1; i++) {
        mask[maskAt + i] = states[at + i] === 0 && taken[i]! > 0 ? 1 : 0;
      }
    },
    backwardOf: (_states, _at, action) => from[action]!,
    forwardOf: (states, at, i) => firstPair[i]! + forests.lastOf(states, at, i),
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) {
        out[x] = (offset - forests.mutations(states, x * n)) / options.scale;
      }
    },
    // Each of the n - 1 joins has its share of C, so that a whole tree has its own log R.
    partialLogReward(states, count, out) {
      for (let x = 0; x < count; x++) out[x] = partial(states, x * n);
    },
    text: (states, at) => forests.text(states, at),
    drawing: (states, at) => forests.drawing(states, at),
    ...(n < COUNTS.length && { enumeration: listed(n, from.length, forwardMask, step) }),
  };
}

/** Of each slot but 0: who took it in, 0 for nobody, and as which in order. Tells all forests apart. */
function joinsSeen(n: number): CategoricalObservation {
  return {
    kind: "categorical",
    sizes: Array.from({ length: n - 1 }, (_, k) => [k + 2, n - 1]).flat(),
    write(states, at, out, outAt) {
      for (let j = 1; j < n; j++) {
        const word = states[at + j]!, place = outAt + 2 * (j - 1);
        out[place] = word === 0 ? 0 : 1 + Math.floor((word - 1) / n);
        out[place + 1] = word === 0 ? 0 : (word - 1) % n;
      }
    },
  };
}

/**
 * The trees as nodes, each of its slot's type, and between any two an edge by what joining them would cost,
 * in steps of a share of what the taxa furthest apart cost; the last step is that and more.
 */
function costsSeen(n: number, forests: Forests): GraphObservation {
  const costs = new Int32Array(n * (n - 1) / 2), step = (forests.farthest + 1) / STEPS;
  return {
    kind: "graph",
    nodes: n,
    nodeTypes: n,
    edgeTypes: STEPS,
    directed: false,
    layout: { perGraph: 0, perNode: 0, perPair: 1 },
    write(states, at, out, outAt) {
      for (let i = 0; i < n; i++) out[outAt + i] = states[at + i] === 0 ? 1 + i : 0;
      forests.joinCosts(states, at, costs);
      for (let pair = 0; pair < costs.length; pair++) {
        const cost = costs[pair]!;
        out[outAt + n + pair] = cost < 0 ? 0 : 1 + Math.min(STEPS - 1, Math.floor(cost / step));
      }
    },
  };
}

/** All forests by their number of joins, then by their words; the list is made when first asked for. */
function listed(
  n: number,
  actions: number,
  forwardMask: Environment["forwardMask"],
  step: Environment["step"],
): Enumeration {
  const list: Int32Array[] = [], places = new Map<string, number>(), mask = new Uint8Array(actions);
  function build(): void {
    for (let level: Int32Array[] = [new Int32Array(n)]; level.length > 0;) {
      const next = new Map<string, Int32Array>();
      for (const state of level) {
        places.set(state.join(), list.length);
        list.push(state);
        forwardMask(state, 0, mask, 0);
        for (let a = 0; a < actions; a++) {
          if (mask[a] === 0) continue;
          const child = state.slice();
          step(child, 0, a);
          next.set(child.join(), child);
        }
      }
      level = Array.from(next.values());
    }
  }
  return {
    size: COUNTS[n]!,
    index(states, at) {
      if (list.length === 0) build();
      return places.get(states.subarray(at, at + n).join())!;
    },
    state(index, states, at) {
      if (list.length === 0) build();
      states.set(list[index]!, at);
    },
  };
}

export default {
  apiVersion: 1,
  name: "phylo",
  summary: "phylogenetic trees by joining pairs, by their parsimony",
  source: "Zhou et al. 2024, arXiv:2310.08774; rewards as gfnx, arXiv:2511.16592",
  config,
  create,
} satisfies EnvironmentPlugin;

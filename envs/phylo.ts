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
import type {
  Enumeration,
  Environment,
  EnvironmentPlugin,
  EnvironmentTools,
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

/** Sets of A, C, G, T and the gap, from the highest of five bits on; the rest are IUPAC's codes. */
const LETTERS: Readonly<Record<string, number>> = {
  ...{ A: 16, C: 8, G: 4, T: 2, U: 2, "-": 1, N: 30, "?": 30, X: 30 },
  ...{ R: 20, Y: 10, S: 12, W: 18, K: 6, M: 24, B: 14, D: 22, H: 26, V: 28 },
};

/** Sites in a word of packed sets, and the lowest bit of each. */
const LANES = 6, LOW = 0b000010000100001000010000100001;

/** Forests of n taxa, as far as they are listed. */
const COUNTS = [0, 1, 2, 7, 37, 266, 2431, 27_007];

const MOST = 128;

/** Taxa of a benchmark unless told otherwise: few enough for exact measures. */
const FEW = 6;

interface Alignment {
  /** How many taxa the file has; those after the first `names.length` are left out. */
  all: number;
  names: readonly string[];
  /** A set of letters for each taxon and site. */
  sets: readonly (readonly number[])[];
}

/** A taxon, or what is left and right of a root. */
type Tree = number | readonly [Tree, Tree];

function readFasta(bytes: Uint8Array, tools: EnvironmentTools): Alignment {
  const names: string[] = [], sequences: string[] = [];
  for (const line of tools.text(bytes).split(/\r?\n/).map((line) => line.trim())) {
    if (line.startsWith(">")) {
      names.push(line.slice(1).trim());
      sequences.push("");
    } else if (line !== "") {
      if (names.length === 0) tools.fail(`alignment begins with "${line.slice(0, 20)}", want ">"`);
      sequences[sequences.length - 1] += line.toUpperCase();
    }
  }
  const length = sequences[0]?.length ?? 0;
  if (names.length < 3 || names.length > MOST) {
    tools.fail(`alignment has ${names.length} taxa, want 3 to ${MOST}`);
  }
  if (new Set(names).size < names.length) tools.fail("alignment has a name twice, want each once");
  for (const [i, sequence] of sequences.entries()) {
    if (sequence.length !== length || length === 0) {
      tools.fail(`alignment has ${sequence.length} letters of ${names[i]}, want ${length || 1}`);
    }
    const odd = Array.from(sequence).find((letter) => !Object.hasOwn(LETTERS, letter));
    if (odd) tools.fail(`alignment has "${odd}" in ${names[i]}, want DNA letters, "-", "?"`);
  }
  const sets = sequences.map((letters) => Array.from(letters, (letter) => LETTERS[letter]!));
  return { all: names.length, names, sets };
}

async function alignmentOf(options: Options, tools: EnvironmentTools): Promise<Alignment> {
  let bytes = options.alignment;
  if (bytes === null) {
    const { base64 } = await BENCHMARK[options.dataset]!.load();
    bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  }
  const all = readFasta(bytes, tools), most = all.names.length;
  const taxa = options.taxa ?? (options.alignment === null ? FEW : most);
  if (taxa > most) tools.fail(`taxa is ${taxa}, want at most ${most}`);
  return { all: most, names: all.names.slice(0, taxa), sets: all.sets.slice(0, taxa) };
}

/** Sets of each taxon, six sites a word; sites with a letter that all have can never cost anything. */
function packed({ sets }: Alignment): Int32Array[] {
  const sites = sets[0]!.flatMap((_, s) => sets.reduce((all, set) => all & set[s]!, 31) ? [] : [s]);
  return sets.map((set) => {
    const words = new Int32Array(Math.ceil(sites.length / LANES)).fill(2 ** 30 - 1);
    sites.forEach((s, k) => words[Math.floor(k / LANES)]! &= ~((31 ^ set[s]!) << 5 * (k % LANES)));
    return words;
  });
}

/** Joins b to a in place: the intersection of their sets where there is one, else the union, which costs 1. */
function join(a: Int32Array, b: Int32Array): number {
  let cost = 0;
  for (let k = 0; k < a.length; k++) {
    const both = a[k]! & b[k]!;
    const empty = ~(both | both >> 1 | both >> 2 | both >> 3 | both >> 4) & LOW;
    a[k] = both | (a[k]! | b[k]!) & empty * 31;
    // The sum of its digits in base 32, which is 1 modulo 31.
    cost += empty % 31;
  }
  return cost;
}

async function create(options: Options, tools: EnvironmentTools): Promise<Environment> {
  const alignment = await alignmentOf(options, tools), { names } = alignment, n = names.length;
  const leaves = packed(alignment), sets = leaves.map((leaf) => leaf.slice());
  const from = names.flatMap((_, i) => names.slice(i + 1).map(() => i));
  const to = names.flatMap((_, i) => names.slice(i + 1).map((_, k) => i + 1 + k));
  const firstPair = names.map((_, i) => i * n - i * (i + 3) / 2 - 1); // of slot i, less j
  const parentOf = (word: number) => Math.floor((word - 1) / n);
  const taken = new Int32Array(n), children = new Int32Array(n * n);

  /** Fills `taken`, the trees that each slot has taken in, and `children`, these in order. */
  function read(states: Int32Array, at: number): void {
    taken.fill(0);
    for (let j = 1; j < n; j++) {
      const word = states[at + j]!;
      if (word === 0) continue;
      taken[parentOf(word)]!++;
      children[word - 1] = j;
    }
  }
  /** Mutations of all trees. Slots only take in higher ones, which are whole by then. */
  function mutations(states: Int32Array, at: number): number {
    read(states, at);
    let sum = 0;
    for (let i = n - 1; i >= 0; i--) {
      sets[i]!.set(leaves[i]!);
      for (let k = 0; k < taken[i]!; k++) sum += join(sets[i]!, sets[children[i * n + k]!]!);
    }
    return sum;
  }
  const lastOf = (states: Int32Array, at: number, i: number) => {
    read(states, at);
    return children[i * n + taken[i]! - 1]!;
  };
  const inOrder = Int32Array.from({ length: n }, (_, j) => j); // word j = 1 + (j - 1): slot 0 takes all
  const benchmark = options.alignment === null && n === alignment.all;
  const offset = options.offset ??
    (benchmark ? BENCHMARK[options.dataset]!.offset : mutations(inOrder, 0));
  function partial(states: Int32Array, at: number): number {
    let joined = 0;
    for (let j = 1; j < n; j++) if (states[at + j] !== 0) joined++;
    return (offset * joined / (n - 1) - mutations(states, at)) / options.scale;
  }
  function trees(states: Int32Array, at: number): Tree[] {
    read(states, at);
    const tree: Tree[] = names.map((_, i) => i);
    for (let i = n - 1; i >= 0; i--) {
      for (let k = 0; k < taken[i]!; k++) tree[i] = [tree[i]!, tree[children[i * n + k]!]!];
    }
    return tree.filter((_, j) => states[at + j] === 0);
  }
  function forwardMask(states: Int32Array, at: number, mask: Uint8Array, maskAt: number): void {
    for (let a = 0; a < from.length; a++) {
      mask[maskAt + a] = states[at + from[a]!] === 0 && states[at + to[a]!] === 0 ? 1 : 0;
    }
  }
  function step(states: Int32Array, at: number, action: number): void {
    const i = from[action]!;
    let rank = 0;
    for (let j = 1; j < n; j++) {
      if (states[at + j]! > 0 && parentOf(states[at + j]!) === i) rank++;
    }
    states[at + to[action]!] = 1 + i * n + rank;
  }

  return {
    stateWords: n,
    forwardActions: from.length,
    backwardActions: n - 1,
    stopAction: null,
    maxTrajectory: n - 1,
    observation: {
      kind: "categorical",
      // Of each slot but 0: who took it in, 0 for nobody, and as which in order.
      sizes: names.slice(1).flatMap((_, k) => [k + 2, n - 1]),
      write(states, at, out, outAt) {
        for (let j = 1; j < n; j++) {
          const word = states[at + j]!, place = outAt + 2 * (j - 1);
          out[place] = word === 0 ? 0 : 1 + parentOf(word);
          out[place + 1] = word === 0 ? 0 : (word - 1) % n;
        }
      },
    },
    initial(states, at) {
      states.fill(0, at, at + n);
    },
    step,
    unstep(states, at, i) {
      states[at + lastOf(states, at, i)] = 0;
    },
    forwardMask,
    backwardMask(states, at, mask, maskAt) {
      read(states, at);
      for (let i = 0; i < n - 1; i++) {
        mask[maskAt + i] = states[at + i] === 0 && taken[i]! > 0 ? 1 : 0;
      }
    },
    backwardOf: (_states, _at, action) => from[action]!,
    forwardOf: (states, at, i) => firstPair[i]! + lastOf(states, at, i),
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) {
        out[x] = (offset - mutations(states, x * n)) / options.scale;
      }
    },
    // Each of the n - 1 joins has its share of C, so that a whole tree has its own log R.
    partialLogReward(states, count, out) {
      for (let x = 0; x < count; x++) out[x] = partial(states, x * n);
    },
    text: (states, at) => trees(states, at).map((tree) => `${newick(tree, names)};`).join(" "),
    drawing: (states, at) => draw(trees(states, at), names),
    ...(n < COUNTS.length && { enumeration: listed(n, from.length, forwardMask, step) }),
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

function newick(tree: Tree, names: readonly string[]): string {
  if (typeof tree !== "number") return `(${newick(tree[0], names)},${newick(tree[1], names)})`;
  const name = names[tree]!;
  return /[\s()[\]:;,']/.test(name) ? `'${name.replaceAll("'", "''")}'` : name;
}

/** Trees below each other, roots on the left, taxa in a column. */
function draw(trees: readonly Tree[], names: readonly string[]): string {
  const levels = (tree: Tree): number =>
    typeof tree === "number" ? 0 : 1 + Math.max(levels(tree[0]), levels(tree[1]));
  const column = 14 * Math.max(...trees.map(levels)) + 10,
    lines: string[] = [],
    words: string[] = [];
  let row = 0;
  /** Draws a tree and says where its root is. */
  const place = (tree: Tree): { x: number; y: number } => {
    if (typeof tree === "number") {
      const y = 14 * row++ + 10, name = names[tree]!;
      const escaped = name.replace(/[&<]/g, (char) => `&#${char.charCodeAt(0)};`);
      words.push(`<text x="${column + 4}" y="${y}" dy=".35em">${escaped}</text>`);
      return { x: column, y };
    }
    const a = place(tree[0]), b = place(tree[1]), x = Math.min(a.x, b.x) - 14;
    lines.push(`<path d="M${a.x} ${a.y}H${x}V${b.y}H${b.x}"/>`);
    return { x, y: (a.y + b.y) / 2 };
  };
  trees.forEach(place);
  const width = column + 12 + 6 * Math.max(...names.map((name) => name.length));
  const height = 14 * names.length + 6;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">` +
    `<g fill="none" stroke="#2b6cb0">${lines.join("")}</g>` +
    `<g font-size="10" font-family="sans-serif">${words.join("")}</g></svg>`;
}

export default {
  apiVersion: 1,
  name: "phylo",
  summary: "phylogenetic trees by joining pairs, by their parsimony",
  source: "Zhou et al. 2024, arXiv:2310.08774; rewards as gfnx, arXiv:2511.16592",
  config,
  create,
} satisfies EnvironmentPlugin;

/**
 * DAG: Bayesian structure learning. From n variables without an edge, edges are added one by one; an
 * edge is allowed when it is not there and closes no cycle. Every graph may stop.
 *
 * log R = the sum over variables of local(j, parents of j) + log prior(number of parents); the local
 * scores are log marginal likelihoods of the data (`likelihoods/`).
 *
 * Action 0 stops; then come the pairs as a directed graph observation has them: (i, j), i < j, in row
 * order, then those with i > j. 1 + p adds the edge i -> j of pair p, backward action p takes it out. Word
 * j is the bit set of j's parents.
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
  data: {
    file: "CSV: a column for each variable, a row for each sample, names in the first line or not",
    default: null,
    help: "file of samples, in place of the five variables of gfnx's benchmark",
  },
  score: {
    enum: ["bge", "linear-gaussian", "bde"],
    default: "bge",
    help: "the marginal likelihood; bde is of categories",
  },
  alphaMu: {
    number: [1e-9, 1e9],
    default: 1,
    help: "of BGe: samples that the prior mean counts as",
  },
  alphaW: { number: [2, 1e9], default: null, help: "of BGe, above n + 1; n + 2 unless given" },
  obsScale: { number: [1e-6, 1e6], default: 0.316, help: "of linear-gaussian: noise of a sample" },
  priorScale: {
    number: [1e-6, 1e6],
    default: 1,
    help: "of linear-gaussian: spread of the weights",
  },
  priorMean: { number: [-1e6, 1e6], default: 0, help: "of linear-gaussian: mean of the weights" },
  equivalentSamples: {
    number: [1e-9, 1e9],
    default: 1,
    help: "of BDe: samples that the prior of a variable counts as",
  },
  prior: {
    enum: ["uniform", "erdos-renyi", "fair"],
    default: "uniform",
    help: "of graphs; fair: -log C(n, k) of a variable with k parents",
  },
  edgeProbability: { number: [1e-9, 0.999999999], default: 0.5, help: "of erdos-renyi" },
} as const satisfies OptionSpecs;

type Options = OptionsOf<typeof config>;

/** Most variables, since parents are the bits of a word. */
const MOST = 30;

/** DAGs of n variables, as far as they are listed. */
const COUNTS = [1, 1, 3, 25, 543, 29_281];

/** Most local scores that are kept; the one kept longest goes first. */
const KEPT = 1 << 18;

async function shipped(): Promise<Uint8Array> {
  const { base64 } = await import("./data/dag.ts");
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** log prior of a variable by its number of parents. */
function logPriors(n: number, { prior, edgeProbability: p }: Options): number[] {
  /** log C(n, k) */
  const choose = (k: number): number => k === 0 ? 0 : choose(k - 1) + Math.log((n - k + 1) / k);
  return Array.from({ length: n }, (_, k) => {
    if (prior === "fair") return -choose(k);
    return prior === "uniform" ? 0 : k * Math.log(p) + (n - 1 - k) * Math.log1p(-p);
  });
}

async function create(options: Options, tools: EnvironmentTools): Promise<Environment> {
  if (options.data === null && options.score === "bde") {
    tools.fail("score is bde and data null, want a file: the variables shipped have no categories");
  }
  const { scoreVariables } = await import("../likelihoods/local_score.ts");
  const csv = options.data ?? await shipped();
  const { names, local } = scoreVariables(csv, MOST, options, tools), n = names.length;
  const prior = logPriors(n, options), kept = new Map<number, number>();
  const ordered = names.flatMap((_, i) =>
    names.flatMap((_, j) => i === j ? [] : [[i, j] as const])
  );
  const list = [...ordered.filter(([i, j]) => i < j), ...ordered.filter(([i, j]) => i > j)];
  const from = list.map(([i]) => i), to = list.map(([, j]) => j), pairs = list.length;
  const has = (states: Int32Array, at: number, p: number) => states[at + to[p]!]! >> from[p]! & 1;

  function scoreOf(j: number, set: number): number {
    const key = j * 2 ** n + set, known = kept.get(key);
    if (known !== undefined) return known;
    const parents = names.flatMap((_, i) => set >> i & 1 ? [i] : []);
    const score = local(j, parents) + prior[parents.length]!;
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value!);
    kept.set(key, score);
    return score;
  }
  /** Bit a of `ancestors[v]` where a path leads from a to v, v's own included. */
  const ancestors = new Int32Array(n);
  function forwardMask(states: Int32Array, at: number, mask: Uint8Array, maskAt: number): void {
    for (let v = 0; v < n; v++) ancestors[v] = states[at + v]! | 1 << v;
    for (let k = 0; k < n; k++) {
      for (let v = 0; v < n; v++) if (ancestors[v]! >> k & 1) ancestors[v]! |= ancestors[k]!;
    }
    mask[maskAt] = 1;
    for (let p = 0; p < pairs; p++) {
      const cycle = ancestors[from[p]!]! >> to[p]! & 1;
      mask[maskAt + 1 + p] = cycle === 1 || has(states, at, p) === 1 ? 0 : 1;
    }
  }
  function logReward(states: Int32Array, count: number, out: Float64Array): void {
    for (let x = 0; x < count; x++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += scoreOf(j, states[x * n + j]!);
      out[x] = sum;
    }
  }
  const edges = (states: Int32Array, at: number) =>
    from.flatMap((i, p) => has(states, at, p) ? [[i, to[p]!] as const] : []);

  return {
    stateWords: n,
    forwardActions: 1 + pairs,
    backwardActions: pairs,
    stopAction: 0,
    maxTrajectory: 1 + pairs / 2,
    observation: {
      kind: "graph",
      nodes: n,
      nodeTypes: n, // a variable is not like another
      edgeTypes: 1,
      directed: true,
      layout: { perGraph: 1, perNode: 0, perPair: 1 },
      backwardLayout: { perGraph: 0, perNode: 0, perPair: 1 },
      write(states, at, out, outAt) {
        for (let i = 0; i < n; i++) out[outAt + i] = 1 + i;
        for (let p = 0; p < pairs; p++) out[outAt + n + p] = has(states, at, p);
      },
    },
    initial(states, at) {
      states.fill(0, at, at + n);
    },
    step(states, at, action) {
      states[at + to[action - 1]!]! |= 1 << from[action - 1]!;
    },
    unstep(states, at, p) {
      states[at + to[p]!]! &= ~(1 << from[p]!);
    },
    forwardMask,
    backwardMask(states, at, mask, maskAt) {
      for (let p = 0; p < pairs; p++) mask[maskAt + p] = has(states, at, p);
    },
    backwardOf: (_states, _at, action) => action - 1,
    forwardOf: (_states, _at, p) => p + 1,
    logReward,
    partialLogReward: logReward,
    digraph: {
      names,
      write(states, at, out, outAt) {
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) out[outAt + i * n + j] = states[at + j]! >> i & 1;
        }
      },
    },
    text(states, at) {
      const list = edges(states, at).toSorted(([a, b], [c, d]) => a - c || b - d);
      return list.map(([i, j]) => `${names[i]}->${names[j]}`).join(" ") || "(no edges)";
    },
    drawing: (states, at) => draw(names, edges(states, at)),
    ...(n < COUNTS.length && { enumeration: listed(n, pairs, forwardMask, from, to) }),
  };
}

/** All graphs by their number of edges, then by their words; the list is made when first asked for. */
function listed(
  n: number,
  pairs: number,
  forwardMask: Environment["forwardMask"],
  from: readonly number[],
  to: readonly number[],
): Enumeration {
  let codes: number[] = [];
  const places = new Map<number, number>(),
    state = new Int32Array(n),
    mask = new Uint8Array(1 + pairs);
  const unpack = (code: number, states: Int32Array, at: number) => {
    for (let j = 0; j < n; j++) states[at + j] = code >> n * j & (1 << n) - 1;
  };
  function build(): void {
    for (let level = [0]; level.length > 0;) {
      codes = codes.concat(level);
      const next = new Set<number>();
      for (const code of level) {
        unpack(code, state, 0);
        forwardMask(state, 0, mask, 0);
        for (let p = 0; p < pairs; p++) {
          if (mask[1 + p] === 1) next.add(code | 1 << n * to[p]! + from[p]!);
        }
      }
      level = Array.from(next).toSorted((a, b) => a - b);
    }
    codes.forEach((code, index) => places.set(code, index));
  }
  return {
    size: COUNTS[n]!,
    index(states, at) {
      if (codes.length === 0) build();
      let code = 0;
      for (let j = 0; j < n; j++) code |= states[at + j]! << n * j;
      return places.get(code)!;
    },
    state(index, states, at) {
      if (codes.length === 0) build();
      unpack(codes[index]!, states, at);
    },
  };
}

/** Letters of a name that a drawing has room for. */
const LETTERS = 10;

/**
 * Variables on a circle, wide enough that an arrow past one of a dozen is seen; arrows from rim to rim. All is
 * stretched as far as the longest name needs, so that circles are ellipses and names of one size.
 */
function draw(names: readonly string[], edges: readonly (readonly [number, number])[]): string {
  const letters = (name: string) => Array.from(name);
  const shown = names.map((name) =>
    letters(name).length > LETTERS ? `${letters(name).slice(0, LETTERS - 1).join("")}…` : name
  );
  const longest = Math.max(...shown.map((name) => letters(name).length));
  const high = 16, wide = Math.max(high, 3 + 3.4 * longest), turn = 2 * Math.PI / names.length;
  const ring = Math.max(50, 70 * high / wide, Math.min(200, (high + 4) / (1 - Math.cos(turn))));
  const across = ring * wide / high;
  const x = names.map((_, i) => across * Math.sin(turn * i));
  const y = names.map((_, i) => -ring * Math.cos(turn * i));
  const escaped = (name: string) => name.replace(/[&<]/g, (char) => `&#${char.charCodeAt(0)};`);
  const lines = edges.map(([i, j]) => {
    const length = Math.hypot(x[j]! - x[i]!, y[j]! - y[i]!);
    const u = (x[j]! - x[i]!) / length, v = (y[j]! - y[i]!) / length;
    const rim = 1 / Math.hypot(u / wide, v / high);
    /** A point of the arrow, from its tip backwards and to the side. */
    const point = (back: number, aside: number) =>
      [x[j]! - (rim + back) * u - aside * v, y[j]! - (rim + back) * v + aside * u]
        .map((c) => c.toFixed(1)).join(" ");
    return `<path d="M${point(length - 2 * rim, 0)}L${point(7, 0)}M${point(0.5, 0)}L${
      point(8, 2.5)
    }L${point(8, -2.5)}Z"/>`;
  });
  const nodes = names.map((name, i) => {
    const [cx, cy] = [x[i]!.toFixed(1), y[i]!.toFixed(1)];
    return `<ellipse cx="${cx}" cy="${cy}" rx="${
      wide.toFixed(1)
    }" ry="${high}" fill="#bee3f8" stroke="#2b6cb0"><title>${
      escaped(name)
    }</title></ellipse><text x="${cx}" y="${cy}" dy=".35em">${escaped(shown[i]!)}</text>`;
  });
  const [halfX, halfY] = [across + wide + 9, ring + high + 9];
  const box = [-halfX, -halfY, 2 * halfX, 2 * halfY].map((c) => c.toFixed(1)).join(" ");
  // Grey that is seen on white and on black.
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}"><g fill="#777" stroke="#777">${
    lines.join("")
  }</g><g font-size="12" font-family="sans-serif" text-anchor="middle">${nodes.join("")}</g></svg>`;
}

export default {
  apiVersion: 1,
  name: "dag",
  summary: "directed acyclic graphs, edge by edge, by their posterior given data",
  source: "Deleu et al. 2022, arXiv:2202.13903; data of gfnx, arXiv:2511.16592",
  config,
  create,
} satisfies EnvironmentPlugin;

/**
 * DAG: Bayesian structure learning. From n variables without an edge, edges are added one by one; an
 * edge is allowed when it is not there and closes no cycle. Every graph may stop.
 *
 * log R = the sum over variables of local(j, parents of j) + log prior(number of parents), the log
 * marginal likelihood of the data: BGe (Geiger and Heckerman 1994; Kuipers et al. 2014) with mean 0 and
 * T = t I, t = alphaMu (alphaW - n - 1) / (alphaMu + 1), or that of a linear model with known noise,
 * log N(X_j; priorMean * row sums of X_P, obsScale^2 I + priorScale^2 X_P X_P^T).
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
  score: { enum: ["bge", "linear-gaussian"], default: "bge", help: "the marginal likelihood" },
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

/** Samples row by row, and what the variables are called. */
interface Data {
  names: readonly string[];
  rows: readonly (readonly number[])[];
}

/** log of the marginal likelihood of variable j with these parents. */
type LocalScore = (j: number, parents: readonly number[]) => number;

async function shipped(): Promise<Uint8Array> {
  const { base64 } = await import("./data/dag.ts");
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

function readCsv(bytes: Uint8Array, tools: EnvironmentTools): Data {
  const lines = tools.text(bytes).split(/\r?\n/).filter((line) => line.trim() !== "");
  const cells = lines.map((line) => line.split(",").map((cell) => cell.trim()));
  const isNumber = (cell: string) => cell !== "" && Number.isFinite(Number(cell));
  const n = cells[0]?.length ?? 0, named = cells[0]?.some((cell) => !isNumber(cell)) ?? false;
  if (n < 2 || n > MOST) tools.fail(`data has ${n} columns, want 2 to ${MOST}`);
  const names = named ? cells[0]! : cells[0]!.map((_, i) => `X${i}`);
  if (new Set(names).size < n || names.some((name) => !/^[^\s>]+$/.test(name))) {
    tools.fail(`data has the names ${names.join()}, want different ones without blanks and ">"`);
  }
  const body = named ? cells.slice(1) : cells;
  if (body.length === 0) tools.fail("data has no samples, want one a line");
  const wrong = body.findIndex((row) => row.length !== n || !row.every(isNumber));
  if (wrong >= 0) tools.fail(`data has "${body[wrong]}" as sample ${wrong + 1}, want ${n} numbers`);
  return { names, rows: body.map((row) => row.map(Number)) };
}

/** log Gamma(x), x > 0: Stirling's series where it is exact to a double, by recurrence below. */
function logGamma(x: number): number {
  let shift = 0;
  for (; x < 16; x++) shift += Math.log(x);
  const y = 1 / (x * x);
  const series = (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y / 1188)))) / x;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - shift;
}

function dependent(tools: EnvironmentTools): never {
  return tools.fail("data has columns that depend on each other as far as doubles can tell");
}

/**
 * Of a positive definite matrix: log det of all but its last row and column, and what elimination
 * leaves of its last entry, so that the log of both together is the whole log det.
 */
function eliminate(matrix: number[][], tools: EnvironmentTools): { logDet: number; left: number } {
  const last = matrix.length - 1;
  let logDet = 0;
  for (let k = 0; k < last; k++) {
    const row = matrix[k]!, pivot = row[k]!;
    if (!(pivot > 0)) dependent(tools);
    logDet += Math.log(pivot);
    for (let i = k + 1; i <= last; i++) {
      const factor = matrix[i]![k]! / pivot;
      for (let j = k + 1; j <= last; j++) matrix[i]![j]! -= factor * row[j]!;
    }
  }
  return { logDet, left: matrix[last]![last]! };
}

/** sum over samples of x_i x_j. */
function products(rows: Data["rows"], n: number): number[][] {
  return Array.from(
    { length: n },
    (_, i) =>
      Array.from({ length: n }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  );
}

function bge({ names, rows }: Data, options: Options, tools: EnvironmentTools): LocalScore {
  const n = names.length, N = rows.length, { alphaMu } = options, alphaW = options.alphaW ?? n + 2;
  if (!(alphaW > n + 1)) tools.fail(`alphaW is ${alphaW}, want above n + 1 = ${n + 1}`);
  const t = alphaMu * (alphaW - n - 1) / (alphaMu + 1);
  const means = names.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / N);
  const scatter = products(rows.map((row) => row.map((x, i) => x - means[i]!)), n);
  const R = scatter.map((row, i) =>
    row.map((x, j) => x + (i === j ? t : 0) + N * alphaMu / (N + alphaMu) * means[i]! * means[j]!)
  );
  const constant = Math.log(alphaMu / (N + alphaMu)) / 2 - N / 2 * Math.log(Math.PI);
  return (j, parents) => {
    // Of log p(P + j) - log p(P) all gamma functions cancel but one of each kind.
    const family = [...parents, j], l = parents.length, free = alphaW - n + l;
    const { logDet, left } = eliminate(family.map((a) => family.map((b) => R[a]![b]!)), tools);
    if (!(left > 0)) dependent(tools);
    return constant + logGamma((N + free + 1) / 2) - logGamma((free + 1) / 2) +
      (free + 1 + l) / 2 * Math.log(t) - (N + free + 1) / 2 * Math.log(left) - logDet / 2;
  };
}

function linearGaussian(data: Data, options: Options, tools: EnvironmentTools): LocalScore {
  const N = data.rows.length, { priorMean: m } = options;
  const noise = options.obsScale ** 2, ratio = options.priorScale ** 2 / noise;
  const G = products(data.rows, data.names.length);
  return (j, parents) => {
    // y = X_j - m * row sums; by Woodbury's identity a matrix of parents is enough.
    const sums = parents.map((p) => parents.reduce((sum, q) => sum + G[p]![q]!, 0));
    const withY = parents.map((p, k) => G[p]![j]! - m * sums[k]!);
    const yy = G[j]![j]! +
      parents.reduce((sum, p, k) => sum + m * (m * sums[k]! - 2 * G[p]![j]!), 0);
    const matrix = parents.map((p, k) => [
      ...parents.map((q) => ratio * G[p]![q]! + (p === q ? 1 : 0)),
      withY[k]!,
    ]);
    const { logDet, left } = eliminate([...matrix, [...withY, yy / ratio]], tools);
    return -(left * ratio / noise + logDet + N * Math.log(2 * Math.PI * noise)) / 2;
  };
}

/** log prior of a variable by its number of parents. */
function logPriors(n: number, { prior, edgeProbability: p }: Options): number[] {
  const choose = (k: number) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  return Array.from({ length: n }, (_, k) => {
    if (prior === "fair") return -choose(k);
    return prior === "uniform" ? 0 : k * Math.log(p) + (n - 1 - k) * Math.log1p(-p);
  });
}

async function create(options: Options, tools: EnvironmentTools): Promise<Environment> {
  const data = readCsv(options.data ?? await shipped(), tools), { names } = data, n = names.length;
  const local = (options.score === "bge" ? bge : linearGaussian)(data, options, tools);
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

/** Variables on a circle, wide enough that an arrow past one of a dozen is seen; arrows from rim to rim. */
function draw(names: readonly string[], edges: readonly (readonly [number, number])[]): string {
  const size = 16, turn = 2 * Math.PI / names.length;
  const ring = Math.max(70, Math.min(200, 20 / (1 - Math.cos(turn)))), half = ring + 25;
  const x = names.map((_, i) => ring * Math.sin(turn * i));
  const y = names.map((_, i) => -ring * Math.cos(turn * i));
  const escaped = (name: string) => name.replace(/[&<]/g, (char) => `&#${char.charCodeAt(0)};`);
  const lines = edges.map(([i, j]) => {
    const length = Math.hypot(x[j]! - x[i]!, y[j]! - y[i]!);
    const u = (x[j]! - x[i]!) / length, v = (y[j]! - y[i]!) / length;
    /** A point of the arrow, from its tip backwards and to the side. */
    const point = (back: number, aside: number) =>
      [x[j]! - (size + back) * u - aside * v, y[j]! - (size + back) * v + aside * u]
        .map((c) => c.toFixed(1)).join(" ");
    return `<path d="M${point(length - 2 * size, 0)}L${point(7, 0)}M${point(0, 0)}L${
      point(8, 3.5)
    }L${point(8, -3.5)}Z" fill="#555" stroke="#555"/>`;
  });
  const circles = names.map((name, i) => {
    const [cx, cy] = [x[i]!.toFixed(1), y[i]!.toFixed(1)],
      font = Math.min(12, 2.6 * size / name.length);
    return `<circle cx="${cx}" cy="${cy}" r="${size}" fill="#bee3f8" stroke="#2b6cb0"/>` +
      `<text x="${cx}" y="${cy}" dy=".35em" font-size="${font.toFixed(1)}" ` +
      `font-family="sans-serif" text-anchor="middle">${escaped(name)}</text>`;
  });
  const box = [-half, -half, 2 * half, 2 * half].map((c) => c.toFixed(1)).join(" ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}">${lines.join("")}${
    circles.join("")
  }</svg>`;
}

export default {
  apiVersion: 1,
  name: "dag",
  summary: "directed acyclic graphs, edge by edge, by their posterior given data",
  source: "Deleu et al. 2022, arXiv:2202.13903; data of gfnx, arXiv:2511.16592",
  config,
  create,
} satisfies EnvironmentPlugin;

/**
 * Fixtures of directed acyclic graphs: moves, closures, local scores, all graphs and their marginals.
 *
 * @module
 */
import dag from "../../envs/dag.ts";
import { graphMarginals } from "../../metrics/marginals.ts";
import { type HostedEnvironment, openEnvironment } from "../../plugins/open.ts";
import { type Check, DOUBLE, EXACT, type FileReport, type Values } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";
import { forwardActions, listedRewards, logRewards } from "./trajectories.ts";

const KEYS = [
  ...["library", "n", "nSamples", "data", "nDags", "bge", "linearGaussian", "nForwardActions"],
  ...["stopAction", "localScores", "allDagsListed", "dags", "posterior", "trajectories"],
];

/** The environment under both scores, by the file's names of them. */
type Scored = Record<"bge" | "linearGaussian", HostedEnvironment>;

/** Checks every data set of the file. */
export async function checkDag(fixture: Fixture, report: FileReport): Promise<void> {
  report.leaveOutKeys(fixture, ["kind", "envs"]);
  for (const env of fixture.at("envs").list()) {
    const name = `${env.at("library").text()} ${env.at("n").whole(2)} variables`;
    report.leaveOutKeys(env, KEYS);
    const scored = await open(env);
    await report.case(`${name}, local scores`, (check) => checkLocal(env, scored, check));
    await report.case(`${name}, graphs`, (check) => checkGraphs(env, scored, check));
    await report.case(`${name}, posteriors`, (check) => checkPosteriors(env, scored, check));
    await report.case(`${name}, trajectories`, async (check) => {
      for (const one of env.at("trajectories").list()) {
        await checkTrajectory(env, one, scored.bge, check);
      }
    });
  }
}

async function open(env: Fixture): Promise<Scored> {
  const n = env.at("n").whole(2), bge = env.at("bge"), linear = env.at("linearGaussian");
  const rows = env.at("data").list().map((row) => row.numbers(n));
  if (rows.length !== env.at("nSamples").whole(1)) {
    throw malformed(env.at("data").path, `${rows.length} rows`, "nSamples of them");
  }
  const means = bge.at("meanObs").numbers(n);
  if (means.some((mean) => mean !== 0)) throw malformed(`${env.path}.bge`, `${means}`, "zeros");
  const options = {
    data: new TextEncoder().encode(rows.map((row) => row.join()).join("\n")),
    alphaMu: bge.at("alphaMu").number(),
    alphaW: bge.at("alphaW").number(),
    priorMean: linear.at("priorMean").number(),
    priorScale: linear.at("priorScale").number(),
    obsScale: linear.at("obsScale").number(),
    prior: "uniform",
    edgeProbability: 0.5,
  };
  return {
    bge: await openEnvironment(dag, { ...options, score: "bge" }),
    linearGaussian: await openEnvironment(dag, { ...options, score: "linear-gaussian" }),
  };
}

/** The words of a graph: a bit for each parent. */
function words(n: number, edges: readonly (readonly number[])[]): Int32Array {
  const state = new Int32Array(n);
  for (const [i, j] of edges) state[j!]! |= 1 << i!;
  return state;
}

/**
 * log R tells sums of local scores alone. So the edges into a variable must add the same on top of the
 * same rest for all sets of parents, and the rests of all variables must add up to the graph of no edge.
 */
async function checkLocal(env: Fixture, scored: Scored, check: Check): Promise<void> {
  const n = env.at("n").whole(2), entries = env.at("localScores").list();
  for (const score of ["bge", "linearGaussian"] as const) {
    const [none] = await logRewards(scored[score], [new Int32Array(n)]);
    const rests = new Map<number, number>();
    for (const entry of entries) {
      const j = entry.at("node").whole(0), parents = entry.at("parents").indices();
      const [found] = await logRewards(scored[score], [words(n, parents.map((i) => [i, j]))]);
      const added = found! - none!;
      if (!rests.has(j)) rests.set(j, entry.at(score).number() - added);
      check.equal(added + rests.get(j)!, entry.at(score), DOUBLE);
      const extra = entry.otherKeys(["node", "parents", "bge", "linearGaussian"]);
      check.holds(extra.length === 0, `${entry.path}: found the keys ${extra}`);
    }
    const sum = Array.from(rests.values()).reduce((total, x) => total + x, 0);
    check.holds(
      rests.size === n && Math.abs(sum - none!) < 1e-9,
      `${env.path}.localScores: found ${sum} for ${rests.size} variables, want ${none} for ${n}`,
    );
  }
}

/** gfnx's linear-Gaussian score has the wrong sign before all that is not the squares. */
function wrongSign(right: number, squares: number): number {
  return 2 * squares - right;
}

/** -1/2 of the squares in a linear-Gaussian score, from the data alone: y^T C^-1 y by elimination. */
function squaresOf(env: Fixture, edges: readonly (readonly number[])[]): number {
  const n = env.at("n").whole(2), X = env.at("data").list().map((row) => row.numbers(n));
  const [mean, weight, noise] = ["priorMean", "priorScale", "obsScale"]
    .map((key) => env.at("linearGaussian").at(key).number()) as [number, number, number];
  let total = 0;
  for (let j = 0; j < n; j++) {
    const parents = edges.filter(([, to]) => to === j).map(([from]) => from!);
    const C = X.map((a, r) => [
      ...X.map((b, s) =>
        (r === s ? noise ** 2 : 0) +
        weight ** 2 * parents.reduce((sum, p) => sum + a[p]! * b[p]!, 0)
      ),
      a[j]! - mean * parents.reduce((sum, p) => sum + a[p]!, 0),
    ]);
    for (let k = 0; k < X.length; k++) {
      const row = C[k]!;
      total -= row[X.length]! ** 2 / row[k]! / 2;
      for (let r = k + 1; r < X.length; r++) {
        const factor = C[r]![k]! / row[k]!;
        for (let s = k; s <= X.length; s++) C[r]![s]! -= factor * row[s]!;
      }
    }
  }
  return total;
}

async function checkGraphs(env: Fixture, scored: Scored, check: Check): Promise<void> {
  const n = env.at("n").whole(2), entries = env.at("dags").list(), { enumeration } = scored.bge;
  check.equal(enumeration!.size, env.at("nDags"), EXACT);
  check.equal(entries.length === enumeration!.size, env.at("allDagsListed"), EXACT);
  const seen = new Set<number>();
  for (const entry of entries) {
    const edges = entry.at("edges").list().map((edge) => edge.indices()), state = words(n, edges);
    seen.add(enumeration!.index(state, 0));
    const [linear] = await logRewards(scored.linearGaussian, [state]);
    check.equal((await logRewards(scored.bge, [state]))[0]!, entry.at("logBge"), DOUBLE);
    check.equal(linear!, entry.at("logLinearGaussian"), DOUBLE);
    check.equal(
      wrongSign(linear!, squaresOf(env, edges)),
      entry.at("gfnxLinearGaussian"),
      DOUBLE,
    );
    const extra = entry.otherKeys(["edges", "logBge", "logLinearGaussian", "gfnxLinearGaussian"]);
    check.holds(extra.length === 0, `${entry.path}: found the keys ${extra}`);
  }
  check.holds(seen.size === entries.length, `${env.path}.dags: found one twice`);
}

async function checkPosteriors(env: Fixture, scored: Scored, check: Check): Promise<void> {
  const n = env.at("n").whole(2);
  for (const score of ["bge", "linearGaussian"] as const) {
    const want = env.at("posterior").at(score), environment = scored[score];
    const { logReward, logZ } = await listedRewards(environment);
    const posterior = Float64Array.from(logReward, (x) => Math.exp(x - logZ));
    const { edge, path, markovBlanket } = graphMarginals(environment, posterior);
    const square = (flat: Float64Array) =>
      Array.from({ length: n }, (_, i) => Array.from(flat.subarray(i * n, (i + 1) * n)));
    check.equal(logZ, want.at("logZ"), DOUBLE);
    check.equal(square(edge), want.at("edgeMarginals"), DOUBLE);
    check.equal(square(path), want.at("pathMarginals"), DOUBLE);
    check.equal(square(markovBlanket), want.at("markovBlanketMarginals"), DOUBLE);
    check.equal(posterior.reduce((a, b) => Math.max(a, b)), want.at("maxPosterior"), DOUBLE);
    const extra = want.otherKeys([
      ...["logZ", "edgeMarginals", "pathMarginals", "markovBlanketMarginals", "maxPosterior"],
    ]);
    check.holds(extra.length === 0, `${want.path}: found the keys ${extra}`);
  }
}

/** The file's code i n + j of an edge by ours, the place of its pair. */
function pairCodes(n: number): number[] {
  const codes = Array.from({ length: n * n }, (_, code) => code);
  const row = (code: number) => Math.floor(code / n);
  return [
    ...codes.filter((code) => row(code) < code % n),
    ...codes.filter((code) => row(code) > code % n),
  ];
}

async function checkTrajectory(
  env: Fixture,
  entry: Fixture,
  environment: HostedEnvironment,
  check: Check,
): Promise<void> {
  const n = env.at("n").whole(2), codes = pairCodes(n), stop = env.at("stopAction").whole(0);
  check.equal(n * n, env.at("stopAction"), EXACT);
  check.equal(n * n + 1, env.at("nForwardActions"), EXACT);
  const coded = (action: number) => action === 0 ? stop : codes[action - 1]!;
  const inOrder = (list: number[]): Values => list.toSorted((a, b) => a - b);
  const state = new Int32Array(n), backward = new Uint8Array(environment.backwardActions);
  environment.initial(state, 0);
  for (const [t, step] of entry.at("steps").list().entries()) {
    const actions = forwardActions(environment, state).map(coded);
    environment.backwardMask(state, 0, backward, 0);
    const undone = codes.filter((_, p) => backward[p] === 1);
    const edge = (i: number, j: number) => state[j]! >> i & 1;
    const square = (value: (i: number, j: number) => number) =>
      codes.length === 0
        ? []
        : Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => value(i, j)));
    check.equal(square(edge), step.at("adjacency"), EXACT);
    // What is neither there nor allowed would close a cycle.
    const closure = square((i, j) => edge(i, j) === 1 || actions.includes(i * n + j) ? 0 : 1);
    check.equal(closure, step.at("closureT"), EXACT);
    check.equal(inOrder(actions), step.at("validForward"), EXACT);
    check.equal(inOrder(undone), step.at("validBackward"), EXACT);
    const extra = step.otherKeys([
      ...["adjacency", "closureT", "validForward", "validBackward", "action", "deltaBge"],
    ]);
    check.holds(extra.length === 0, `${step.path}: found the keys ${extra}`);
    const code = step.at("action").whole(0), [before] = await logRewards(environment, [state]);
    if (code === stop) {
      check.holds(t === entry.at("steps").list().length - 1, `${step.path}: found a stop inside`);
      check.equal(before!, entry.at("logBge"), DOUBLE);
      continue;
    }
    const pair = codes.indexOf(code), old = state.slice();
    const back = environment.backwardOf(state, 0, 1 + pair);
    environment.step(state, 0, 1 + pair);
    check.holds(back === pair, `${step.path}: found the way back ${back}, want ${pair}`);
    check.equal(
      (await logRewards(environment, [state]))[0]! - before!,
      step.at("deltaBge"),
      DOUBLE,
    );
    const again = state.slice();
    check.holds(
      environment.forwardOf(again, 0, back) === 1 + pair,
      `${step.path}: redone otherwise`,
    );
    environment.unstep(again, 0, back);
    check.holds(
      again.join() === old.join(),
      `${step.path}: found [${again}] undone, want [${old}]`,
    );
  }
}

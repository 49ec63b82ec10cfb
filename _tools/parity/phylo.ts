/**
 * Fixtures of phylogenetic trees: moves, ways back, parsimony of all trees, ancestors letter by letter.
 *
 * @module
 */
import phylo from "../../envs/phylo.ts";
import { type HostedEnvironment, openEnvironment } from "../../plugins/open.ts";
import { type Check, DOUBLE, EXACT, type FileReport, type Values } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";
import { forwardActions, listedRewards, logRewards } from "./trajectories.ts";

const KEYS = [
  ...["library", "alignment", "encoded", "characterMap", "nLeaves", "C", "scale", "trees", "logZ"],
  ...["nForwardActions", "nBackwardActions", "pairOfAction", "initialObservation", "trajectories"],
  ...["nRootedTopologies", "minMutations", "countByMutations"],
];
const STATE_KEYS = ["leftChild", "rightChild", "parent", "toRoot", "toLeaf", "length"];
const STEP_KEYS = [
  ...[...STATE_KEYS, "validForward", "validBackward", "action", "leftSlot", "rightSlot"],
  ...["backwardAction", "newNodeSequence", "deltaScore"],
];
const TRAJECTORY_KEYS = [
  ...["steps", "tree", "mutations", "logReward", "finalState", "finalValidBackward"],
  ...["sumOfDeltaScores"],
];

/** A letter for each bit of a set of letters, the lowest bit first. */
const LETTERS = "-TGCA";

/** Checks every alignment of the file. */
export async function checkPhylo(fixture: Fixture, report: FileReport): Promise<void> {
  report.leaveOutKeys(fixture, ["kind", "envs"]);
  for (const env of fixture.at("envs").list()) {
    const name = `${env.at("library").text()} ${env.at("nLeaves").whole(3)} taxa ${env.path}`;
    report.leaveOutKeys(env, KEYS);
    const environment = await open(
      env.at("alignment").list().map((row) => row.text()),
      env.at("C").number(),
      env.at("scale").number(),
    );
    await report.case(`${name}, letters`, (check) => checkLetters(env, check));
    await report.case(`${name}, trees`, (check) => checkTrees(env, environment, check));
    await report.case(`${name}, trajectories`, async (check) => {
      for (const one of env.at("trajectories").list()) {
        await checkTrajectory(env, one, environment, check);
      }
    });
  }
}

/** Taxa are named by their numbers. */
async function open(rows: readonly string[], offset: number, scale: number) {
  const alignment = new TextEncoder().encode(rows.map((row, i) => `>${i}\n${row}\n`).join(""));
  return await openEnvironment(phylo, {
    ...{ dataset: "DS1", alignment, taxa: null, offset, scale, sees: "joins" },
  });
}

/** The action that joins the trees of two slots. */
function pairAction(n: number, i: number, j: number): number {
  let action = 0;
  for (let a = 0; a < i; a++) action += n - 1 - a;
  return action + j - i - 1;
}

/** A nested pair with the smaller slot left, as our environment writes it, and the joins that make it. */
interface Joined {
  slot: number;
  text: string;
  actions: readonly number[];
}

function joined(tree: Fixture, n: number): Joined {
  if (typeof tree.value === "number") {
    const slot = tree.whole(0);
    return { slot, text: `${slot}`, actions: [] };
  }
  const parts = tree.list().map((part) => joined(part, n)).toSorted((a, b) => a.slot - b.slot);
  const [left, right] = parts;
  if (parts.length !== 2 || left!.slot === right!.slot || right!.slot >= n) {
    throw malformed(tree.path, `slots ${parts.map(({ slot }) => slot)}`, `two below ${n}`);
  }
  return {
    slot: left!.slot,
    text: `(${left!.text},${right!.text})`,
    actions: [...left!.actions, ...right!.actions, pairAction(n, left!.slot, right!.slot)],
  };
}

async function checkTrees(env: Fixture, environment: HostedEnvironment, check: Check) {
  const n = env.at("nLeaves").whole(3), C = env.at("C").number(), scale = env.at("scale").number();
  const trees = env.at("trees").list(), seen = new Set<string>();
  for (const entry of trees) {
    const { actions, text } = joined(entry.at("tree"), n), state = new Int32Array(n);
    environment.initial(state, 0);
    for (const action of actions) environment.step(state, 0, action);
    seen.add(state.join());
    const [logR] = await logRewards(environment, [state]);
    check.equal(logR!, entry.at("logReward"), DOUBLE);
    check.equal(C - logR! * scale, entry.at("mutations"), DOUBLE);
    const found = environment.text!(state, 0);
    check.holds(found === `${text};`, `${entry.path}.tree: found ${found}`);
    const extra = entry.otherKeys(["tree", "mutations", "logReward"]);
    check.holds(extra.length === 0, `${entry.path}: found the keys ${extra}`);
  }
  check.holds(seen.size === trees.length, `${env.path}.trees: found one twice, want each once`);
  const count = env.maybe("nRootedTopologies");
  if (count === null) return;
  let odd = 1;
  for (let k = 3; k <= 2 * n - 3; k += 2) odd *= k;
  check.equal(odd, count, EXACT);
  const [logZ, fewest, counts] = ["logZ", "minMutations", "countByMutations"]
    .map((key) => env.maybe(key));
  if (!logZ) return;
  const all = await listedRewards(environment);
  check.equal(all.ends.length, count, EXACT);
  check.holds(all.ends.every((state) => seen.has(state.join())), `${env.path}.trees: lack a tree`);
  check.equal(all.logZ, logZ, DOUBLE);
  const found = Array.from(all.logReward, (x) => Math.round(C - x * scale));
  if (fewest) check.equal(Math.min(...found), fewest, EXACT);
  for (const key of counts?.keys() ?? []) {
    check.equal(found.filter((m) => String(m) === key).length, counts!.at(key), EXACT);
  }
  const outside = found.filter((m) => counts?.maybe(String(m)) === null);
  check.holds(outside.length === 0, `${env.path}.countByMutations: found ${outside} beside them`);
}

/**
 * The set of letters at the root of a tree, site by site, told by what the environment asks for joining
 * a taxon more that has one letter everywhere: nothing where the set has that letter, else 1.
 */
async function rootSets(
  rows: readonly string[],
  pairs: readonly (readonly [number, number])[],
  slot: number,
): Promise<number[]> {
  const n = rows.length + 1, sites = rows[0]!.length;
  const sets = new Array<number>(sites).fill(0);
  for (let site = 0; site < sites; site++) {
    for (let bit = 0; bit < LETTERS.length; bit++) {
      const environment = await open([...rows.map((row) => row[site]!), LETTERS[bit]!], 0, 1);
      const states = new Int32Array(2 * n), cost = new Float64Array(2);
      environment.initial(states, 0);
      for (const [i, j] of pairs) environment.step(states, 0, pairAction(n, i, j));
      states.copyWithin(n, 0, n);
      environment.step(states, n, pairAction(n, slot, n - 1));
      await environment.partialLogReward!(states, 2, cost);
      if (cost[0] === cost[1]) sets[site]! |= 1 << bit;
    }
  }
  return sets;
}

/** What the letters of the alignment stand for. */
async function checkLetters(env: Fixture, check: Check): Promise<void> {
  const rows = env.at("alignment").list().map((row) => row.text());
  check.equal(rows.length, env.at("nLeaves"), EXACT);
  const encoded: number[][] = [];
  for (const slot of rows.keys()) encoded.push(await rootSets(rows, [], slot));
  check.equal(encoded, env.at("encoded"), EXACT);
  const bits = encoded.map((row) => row.map((set) => [0, 1, 2, 3, 4].map((bit) => set >> bit & 1)));
  check.equal(bits, env.at("initialObservation"), EXACT);
  const map = env.at("characterMap"), letters = map.keys();
  for (const letter of letters) {
    const [set] = await rootSets([letter, "A"], [], 0);
    check.equal(set!, map.at(letter), EXACT);
  }
  const lacking = Array.from(rows.join("")).filter((letter) => !letters.includes(letter));
  check.holds(lacking.length === 0, `${map.path}: found ${lacking} in the alignment`);
}

/** gfnx's arrays of a forest: nodes in the order in which they were made. */
function arraysOf(n: number, pairs: readonly (readonly [number, number])[]) {
  const blank = () => new Array<number>(2 * n - 1).fill(-1);
  const leftChild = blank(), rightChild = blank(), parent = blank(), toLeaf = blank();
  const toRoot = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < n; i++) toLeaf[i] = i;
  for (const [k, [i, j]] of pairs.entries()) {
    const node = n + k;
    leftChild[node] = toRoot[i]!;
    rightChild[node] = toRoot[j]!;
    parent[toRoot[i]!] = parent[toRoot[j]!] = node;
    toLeaf[node] = i;
    toRoot[i] = node;
    toRoot[j] = -1;
  }
  return { leftChild, rightChild, parent, toRoot, toLeaf, length: n + pairs.length };
}

function checkState(
  entry: Fixture,
  environment: HostedEnvironment,
  state: Int32Array,
  pairs: readonly (readonly [number, number])[],
  check: Check,
): void {
  const arrays: Record<string, Values> = arraysOf(state.length, pairs);
  for (const key of STATE_KEYS) check.equal(arrays[key]!, entry.at(key), EXACT);
  // Slots with a tree are told by what our environment writes: the smallest taxon of each tree.
  const slots = environment.text!(state, 0).split("; ").map((tree) => Number(/\d+/.exec(tree)![0]));
  const roots = entry.at("toRoot").list().flatMap((root, i) => root.number() >= 0 ? [i] : []);
  check.holds(slots.join() === roots.join(), `${entry.path}: found trees in ${slots}`);
}

async function checkTrajectory(
  env: Fixture,
  entry: Fixture,
  environment: HostedEnvironment,
  check: Check,
): Promise<void> {
  const n = env.at("nLeaves").whole(3), C = env.at("C").number(), scale = env.at("scale").number();
  const rows = env.at("alignment").list().map((row) => row.text());
  const { forwardActions: A, backwardActions: B } = environment, pairs: [number, number][] = [];
  check.equal(A, env.at("nForwardActions"), EXACT);
  check.equal(B, env.at("nBackwardActions"), EXACT);
  const state = new Int32Array(n), mask = new Uint8Array(B);
  const undone = () => {
    environment.backwardMask(state, 0, mask, 0);
    return Array.from(mask).flatMap((allowed, b) => allowed ? [b] : []);
  };
  const mutations = async () => {
    const out = new Float64Array(1);
    await environment.partialLogReward!(state, 1, out);
    return Math.round(C * pairs.length / (n - 1) - out[0]! * scale);
  };
  environment.initial(state, 0);
  let deltas = 0;
  for (const step of entry.at("steps").list()) {
    checkState(step, environment, state, pairs, check);
    check.equal(forwardActions(environment, state), step.at("validForward"), EXACT);
    check.equal(undone(), step.at("validBackward"), EXACT);
    const action = step.at("action").whole(0), before = state.slice(), cost = await mutations();
    const [i, j] = env.at("pairOfAction").list()[action]!.indices() as [number, number];
    check.equal(pairAction(n, i, j), step.at("action"), EXACT);
    check.equal(i, step.at("leftSlot"), EXACT);
    check.equal(j, step.at("rightSlot"), EXACT);
    const back = environment.backwardOf(state, 0, action);
    check.equal(back, step.at("backwardAction"), EXACT);
    environment.step(state, 0, action);
    pairs.push([i, j]);
    const delta = (C / n - (await mutations() - cost)) / scale;
    deltas += delta;
    check.equal(delta, step.at("deltaScore"), DOUBLE);
    check.equal(await rootSets(rows, pairs, i), step.at("newNodeSequence"), EXACT);
    const again = state.slice(), redone = environment.forwardOf(again, 0, back);
    check.holds(redone === action, `${step.path}: found ${redone} to redo it, want ${action}`);
    environment.unstep(again, 0, back);
    check.holds(again.join() === before.join(), `${step.path}: found [${again}] undone`);
    const extra = step.otherKeys(STEP_KEYS);
    check.holds(extra.length === 0, `${step.path}: found the keys ${extra}`);
  }
  const [logR] = await logRewards(environment, [state]);
  checkState(entry.at("finalState"), environment, state, pairs, check);
  check.equal(undone(), entry.at("finalValidBackward"), EXACT);
  check.equal(await mutations(), entry.at("mutations"), EXACT);
  check.equal(logR!, entry.at("logReward"), DOUBLE);
  check.equal(deltas, entry.at("sumOfDeltaScores"), DOUBLE);
  const found = environment.text!(state, 0);
  check.holds(found === `${joined(entry.at("tree"), n).text};`, `${entry.path}: found ${found}`);
  const extra = entry.otherKeys(TRAJECTORY_KEYS);
  check.holds(extra.length === 0, `${entry.path}: found the keys ${extra}`);
}

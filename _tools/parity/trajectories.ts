/**
 * Trajectories of a fixture file, walked in our environment: masks, steps, ways back, ends and rewards.
 *
 * @module
 */
import type { HostedEnvironment } from "../../plugins/open.ts";
import { type Check, DOUBLE, EXACT } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";

/** How a file writes what our environment holds in words. */
export interface Convention {
  /** Our words of a state of the file. */
  words(entry: Fixture): Int32Array;
  /** The file's action that ends a full object, which ours does without; null where it has none. */
  exit: number | null;
  /** Our backward action for the file's. */
  backward(code: number): number;
}

/** Keys that are checked here. */
export const TRAJECTORY_KEYS: readonly string[] = [
  ...["states", "actions", "validForward", "backwardActions", "validBackward", "done"],
  ...["logReward", "nValidBackward", "nDistinctParents"],
];

function allowed(bytes: Uint8Array): number[] {
  return Array.from(bytes).flatMap((byte, i) => byte === 1 ? [i] : []);
}

/** Forward actions allowed in a state. */
export function forwardActions(environment: HostedEnvironment, state: Int32Array): number[] {
  const mask = new Uint8Array(environment.forwardActions);
  environment.forwardMask(state, 0, mask, 0);
  return allowed(mask);
}

function backwardActions(environment: HostedEnvironment, state: Int32Array): number[] {
  const mask = new Uint8Array(environment.backwardActions);
  environment.backwardMask(state, 0, mask, 0);
  return allowed(mask);
}

/** log R of states, each as its words. */
export async function logRewards(
  environment: HostedEnvironment,
  states: readonly Int32Array[],
): Promise<Float64Array> {
  const W = environment.stateWords, flat = new Int32Array(states.length * W);
  states.forEach((state, i) => flat.set(state, i * W));
  const out = new Float64Array(states.length);
  await environment.logReward(flat, states.length, out);
  return out;
}

/** log of the sum of R over all ends that the environment lists, and their log R. */
export async function listedRewards(environment: HostedEnvironment) {
  const { enumeration, stopAction, stateWords: W } = environment;
  const ends: Int32Array[] = [];
  for (let i = 0; i < enumeration!.size; i++) {
    const state = new Int32Array(W);
    enumeration!.state(i, state, 0);
    const actions = forwardActions(environment, state);
    if (actions.length === 0 || (stopAction !== null && actions.includes(stopAction))) {
      ends.push(state);
    }
  }
  const logReward = await logRewards(environment, ends);
  const max = logReward.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = logReward.reduce((total, x) => total + Math.exp(x - max), 0);
  return { ends, logReward, logZ: max + Math.log(sum) };
}

/** Checks one trajectory. Returns the words of its last state. */
export async function checkTrajectory(
  entry: Fixture,
  environment: HostedEnvironment,
  convention: Convention,
  check: Check,
): Promise<Int32Array> {
  const states = entry.at("states").list().map((state) => convention.words(state));
  const actions = entry.at("actions").indices(), valid = entry.at("validForward").list();
  const exits = convention.exit !== null ? 1 : 0, moves = actions.length - exits;
  if (states.length !== moves + 1 || valid.length !== actions.length) {
    throw malformed(
      entry.path,
      `${states.length} states, ${actions.length} actions, ${valid.length} masks`,
      "a state before each move and one behind, and a mask for each action",
    );
  }
  const start = new Int32Array(environment.stateWords);
  environment.initial(start, 0);
  same(check, start, states[0]!, `${entry.path}.states[0]`);
  for (let t = 0; t < moves; t++) {
    check.equal(forwardActions(environment, states[t]!), valid[t]!, EXACT);
    checkMove(entry, t, states[t]!, actions[t]!, states[t + 1]!, environment, convention, check);
  }
  if (exits === 1) {
    // Where the file has only its exit left, our object is full.
    check.equal([convention.exit!], valid[moves]!, EXACT);
    check.equal(convention.exit!, entry.at("actions").list()[moves]!, EXACT);
    check.holds(
      forwardActions(environment, states[moves]!).length === 0,
      `${entry.path}: found an object that can grow, want a full one`,
    );
  }
  const last = states.at(-1)!, logReward = entry.maybe("logReward");
  if (logReward) check.equal((await logRewards(environment, [last]))[0]!, logReward, DOUBLE);
  return last;
}

/** One move and its way back. */
function checkMove(
  entry: Fixture,
  t: number,
  before: Int32Array,
  action: number,
  after: Int32Array,
  environment: HostedEnvironment,
  convention: Convention,
  check: Check,
): void {
  const at = (key: string) => entry.maybe(key)?.list()[t] ?? null;
  const undoes = at("backwardActions"), done = at("done");
  const validBackward = entry.at("validBackward").list()[t]!;
  if (action === environment.stopAction) {
    // A stop has one way back, of probability 1, which is none of our actions.
    same(check, before, after, `${entry.path}.states[${t + 1}]`);
    check.equal([0], validBackward, EXACT);
    if (done) check.equal(true, done, EXACT);
    return;
  }
  const back = environment.backwardOf(before, 0, action), next = before.slice();
  environment.step(next, 0, action);
  same(check, next, after, `${entry.path}.states[${t + 1}]`);
  if (undoes) {
    check.holds(
      convention.backward(undoes.whole(0)) === back,
      `${undoes.path}: found ${back}, want ${undoes.value}`,
    );
  }
  check.holds(
    environment.forwardOf(next, 0, back) === action,
    `${entry.path}.actions[${t}]: redone it is ${environment.forwardOf(next, 0, back)}`,
  );
  const parents = backwardActions(environment, next);
  const wanted = validBackward.indices().map((code) => convention.backward(code));
  check.holds(
    parents.join() === wanted.toSorted((a, b) => a - b).join(),
    `${validBackward.path}: found ${parents}, want ${wanted}`,
  );
  const looks = parents.map((b) => {
    const parent = next.slice();
    environment.unstep(parent, 0, b);
    return parent.join();
  });
  const count = at("nValidBackward"), distinct = at("nDistinctParents");
  if (count) check.equal(parents.length, count, EXACT);
  if (distinct) check.equal(new Set(looks).size, distinct, EXACT);
  if (done) check.equal(forwardActions(environment, next).length === 0, done, EXACT);
  environment.unstep(next, 0, back);
  same(check, next, before, `${entry.path}.states[${t}], undone`);
}

function same(check: Check, found: Int32Array, want: Int32Array, path: string): void {
  check.holds(found.join() === want.join(), `${path}: found [${found}], want [${want}]`);
}

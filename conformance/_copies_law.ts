/**
 * The law of environments in which several states are one object.
 *
 * @module
 */
import type { HostedEnvironment } from "../plugins/open.ts";
import { LISTED } from "./_enumeration_laws.ts";
import type { Law } from "./laws.ts";
import { want } from "./_want.ts";
import { allowedActions, shown } from "./walks.ts";

/** Relative differences that rounding makes. */
const ROUNDING = 1e-6;

/** Counts beyond this are not told from fractions. */
const COUNTED = 1e5;

/** What is known of states that end. */
interface Ends {
  states: readonly Int32Array[];
  logReward: Float64Array;
  logCopies: Float64Array;
}

async function endsOf(
  environment: HostedEnvironment,
  states: readonly Int32Array[],
): Promise<Ends> {
  const W = environment.stateWords, flat = new Int32Array(states.length * W);
  states.forEach((state, i) => flat.set(state, i * W));
  const logReward = new Float64Array(states.length);
  const logCopies = new Float64Array(states.length).fill(NaN); // an entry left out is found
  await environment.logReward(flat, states.length, logReward);
  await environment.logCopies!(flat, states.length, logCopies);
  return { states, logReward, logCopies };
}

/** All states that may end, in the order of their numbers. */
function listedEnds(environment: HostedEnvironment): Int32Array[] {
  const { size, state } = environment.enumeration!, { stateWords, stopAction } = environment;
  const ends: Int32Array[] = [];
  for (let s = 0; s < size; s++) {
    const words = new Int32Array(stateWords);
    state(s, words, 0);
    const allowed = allowedActions(environment, words);
    if (allowed.length === 0 || (stopAction !== null && allowed.includes(stopAction))) {
      ends.push(words);
    }
  }
  return ends;
}

/**
 * Fails unless ends fall into objects: of those with c copies and the same reward, c or a multiple of it.
 *
 * @returns the number of objects
 */
function objectsAmong({ states, logReward, logCopies }: Ends): number {
  const order = states.map((_, i) => i)
    .sort((a, b) => logCopies[a]! - logCopies[b]! || logReward[a]! - logReward[b]!);
  const near = (a: number, b: number) => a === b || Math.abs(a - b) <= ROUNDING * (1 + Math.abs(a));
  let objects = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    const first = order[from]!, copies = Math.round(Math.exp(logCopies[first]!));
    while (
      to < order.length && near(logCopies[order[to]!]!, logCopies[first]!) &&
      near(logReward[order[to]!]!, logReward[first]!)
    ) to++;
    want(
      (to - from) % copies === 0,
      () =>
        `of states with ${copies} copies there are ${to - from} with log R = ${
          logReward[first]
        }, want a multiple: ${shown(states[first]!)} is one`,
    );
    objects += (to - from) / copies;
  }
  return objects;
}

/** The law of copies. */
export const copiesLaw: Law = {
  name: "copies",
  says:
    "logCopies is the log of a whole number, alone as in a batch, and states listed fall into objects so",
  async holds({ environment, walks }) {
    if (!environment.logCopies) return { notApplicable: "it counts no states as one object" };
    const { states, logCopies } = await endsOf(environment, walks.ends);
    for (const [i, state] of states.entries()) {
      const found = logCopies[i]!, copies = Math.exp(found);
      const whole = copies > COUNTED || Math.abs(copies - Math.round(copies)) <= ROUNDING * copies;
      want(
        found > -ROUNDING && found < Infinity && whole,
        () => `logCopies is ${found}, of ${copies} states, at ${shown(state)}`,
      );
      const alone = (await endsOf(environment, [state])).logCopies[0]!;
      want(
        alone === found,
        () => `logCopies is ${found} in a batch and ${alone} alone, at ${shown(state)}`,
      );
    }
    if (!environment.enumeration || environment.enumeration.size > LISTED) return;
    const all = await endsOf(environment, listedEnds(environment));
    return `${all.states.length} states are ${objectsAmong(all)} objects`;
  },
};

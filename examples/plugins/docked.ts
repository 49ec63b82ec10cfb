/**
 * Words of four letters whose reward is asked of a function outside, as a docking program or a service
 * would be. The plugin itself calls nothing: the program that embeds gfn gives the hook `dock`
 * (docs/writing-an-environment.md, section 6).
 */
import type { Environment, EnvironmentPlugin, OptionsOf, OptionSpecs } from "../../mod.ts";

const config = {
  length: { int: [1, 8], default: 3, help: "letters of a word" },
  beta: { number: [0, 100], default: 1, help: "log R is beta times the score" },
} as const satisfies OptionSpecs;

const LETTERS = "CNOF", L = LETTERS.length;

/** A state's words hold 1 + the letter, 0 where there is none yet. */
function create({ length, beta }: OptionsOf<typeof config>): Environment {
  const count = (states: Int32Array, at: number) => {
    let n = 0;
    while (n < length && states[at + n] !== 0) n++;
    return n;
  };
  return {
    stateWords: length,
    forwardActions: L,
    backwardActions: 1,
    stopAction: null,
    maxTrajectory: length,
    observation: {
      kind: "tokens",
      length,
      vocabulary: L + 1,
      write(states, at, out, outAt) {
        for (let i = 0; i < length; i++) out[outAt + i] = states[at + i]!;
      },
    },
    initial: (states, at) => void states.fill(0, at, at + length),
    step(states, at, letter) {
      states[at + count(states, at)] = letter + 1;
    },
    unstep(states, at) {
      states[at + count(states, at) - 1] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      mask.fill(count(states, at) < length ? 1 : 0, maskAt, maskAt + L);
    },
    backwardMask(states, at, mask, maskAt) {
      mask[maskAt] = count(states, at) > 0 ? 1 : 0;
    },
    backwardOf: () => 0,
    forwardOf: (states, at) => states[at + count(states, at) - 1]! - 1,
    logReward(_states, rows, out, answers) {
      for (let x = 0; x < rows; x++) out[x] = beta * answers![x]!;
    },
    text: (states, at) =>
      Array.from(states.subarray(at, at + count(states, at)), (word) => LETTERS[word - 1]).join(
        "",
      ) ||
      "(empty)",
    // Words by length, then in the order of their letters: a state is 1 + L (its parent) + its last letter.
    enumeration: {
      size: (L ** (length + 1) - 1) / (L - 1),
      index(states, at) {
        let index = 0;
        for (let i = 0, n = count(states, at); i < n; i++) index = L * index + states[at + i]!;
        return index;
      },
      state(index, states, at) {
        const letters: number[] = [];
        for (; index > 0; index = (index - letters[0]!) / L) letters.unshift((index - 1) % L + 1);
        for (let i = 0; i < length; i++) states[at + i] = letters[i] ?? 0;
      },
    },
  };
}

export default {
  apiVersion: 1,
  name: "docked",
  summary: "words whose reward is asked of a function outside",
  source: "an example of a reward hook",
  config,
  rewardHook: { name: "dock", help: "the docking score of a word" },
  create: create as EnvironmentPlugin["create"],
} satisfies EnvironmentPlugin;

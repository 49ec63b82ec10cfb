/**
 * Strings of words that are filled in at any position, as gfnx's bit sequences are: an action is a position
 * and a word. For measurements; the reward is a stand-in.
 *
 * @module
 */
import type {
  Environment,
  EnvironmentPlugin,
  OptionsOf,
  OptionSpecs,
} from "../plugins/contract.ts";

const config = {
  places: { int: [1, 256], default: 15, help: "L, positions" },
  words: { int: [2, 4096], default: 256, help: "words of the alphabet" },
} as const satisfies OptionSpecs;

/** A word of a state is 0 where the position is empty, else 1 + word. */
function create({ places: L, words: V }: OptionsOf<typeof config>): Environment {
  return {
    stateWords: L,
    forwardActions: L * V,
    backwardActions: L,
    stopAction: null,
    maxTrajectory: L,
    observation: {
      kind: "tokens",
      length: L,
      vocabulary: V + 1,
      write(states, at, out, outAt) {
        for (let i = 0; i < L; i++) out[outAt + i] = states[at + i]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + L);
    },
    step(states, at, action) {
      states[at + Math.floor(action / V)] = 1 + action % V;
    },
    unstep(states, at, place) {
      states[at + place] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      for (let i = 0; i < L; i++) {
        mask.fill(states[at + i] === 0 ? 1 : 0, maskAt + i * V, maskAt + (i + 1) * V);
      }
    },
    backwardMask(states, at, mask, maskAt) {
      for (let i = 0; i < L; i++) mask[maskAt + i] = states[at + i] === 0 ? 0 : 1;
    },
    backwardOf: (_states, _at, action) => Math.floor(action / V),
    forwardOf: (states, at, place) => place * V + states[at + place]! - 1,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) {
        let sum = 0;
        for (let i = 0; i < L; i++) sum += (states[x * L + i]! * (i + 1)) % 7;
        out[x] = -sum / (7 * L);
      }
    },
  };
}

export default {
  apiVersion: 1,
  name: "words-anywhere",
  summary: "words filled in at any position, for measurements",
  source: "gfnx, arXiv:2511.16592, bit sequences",
  config,
  create,
} satisfies EnvironmentPlugin;

/**
 * Bit sequences built from left to right, k bits at a time, that are rewarded for being near to a few
 * hidden ones: `gfn train examples/plugins/bitseq.ts --set env.length=12`.
 */
import type {
  Environment,
  EnvironmentPlugin,
  EnvironmentTools,
  OptionsOf,
  OptionSpecs,
} from "../../mod.ts";

const config = {
  length: { int: [1, 256], default: 12, help: "n, bits of a sequence" },
  word: { int: [1, 8], default: 3, help: "k, bits added by an action; divides n" },
  modes: { int: [1, 1000], default: 4, help: "hidden sequences" },
  beta: { number: [0, 100], default: 3, help: "how fast the reward falls with the distance" },
  instance: { int: [0, 1_000_000], default: 0, help: "seed of the hidden sequences" },
} as const satisfies OptionSpecs;

const LISTED = 2 ** 16;

/** Words hold the number of the k bits, plus 1; 0 where there are none yet. */
function create(
  { length, word, modes, beta, instance }: OptionsOf<typeof config>,
  tools: EnvironmentTools,
): Environment {
  if (length % word !== 0) tools.fail(`length is ${length}, want a multiple of word = ${word}`);
  const places = length / word, letters = 2 ** word, random = tools.random(instance);
  const hidden = Array.from(
    { length: modes },
    () => Array.from({ length: places }, () => Math.floor(random() * letters)),
  );
  const filled = (states: Int32Array, at: number) => {
    let count = 0;
    while (count < places && states[at + count] !== 0) count++;
    return count;
  };
  const bits = (x: number) => {
    let count = 0;
    for (; x > 0; x >>= 1) count += x & 1;
    return count;
  };
  const distance = (states: Int32Array, at: number) =>
    Math.min(
      ...hidden.map((mode) =>
        mode.reduce((sum, letter, i) => sum + bits(letter ^ (states[at + i]! - 1)), 0)
      ),
    );
  // Sequences of t letters are numbered from `first[t]` on.
  const first = Array.from({ length: places + 2 }, (_, t) => (letters ** t - 1) / (letters - 1));
  const size = first[places + 1]!;
  return {
    stateWords: places,
    forwardActions: letters,
    backwardActions: 1,
    stopAction: null,
    maxTrajectory: places,
    observation: {
      kind: "tokens",
      length: places,
      vocabulary: letters + 1,
      write(states, at, out, outAt) {
        for (let i = 0; i < places; i++) out[outAt + i] = states[at + i]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + places);
    },
    step(states, at, letter) {
      states[at + filled(states, at)] = letter + 1;
    },
    unstep(states, at) {
      states[at + filled(states, at) - 1] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      mask.fill(filled(states, at) < places ? 1 : 0, maskAt, maskAt + letters);
    },
    backwardMask(states, at, mask, maskAt) {
      mask[maskAt] = filled(states, at) > 0 ? 1 : 0;
    },
    backwardOf: () => 0,
    forwardOf: (states, at) => states[at + filled(states, at) - 1]! - 1,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) out[x] = -beta * distance(states, x * places) / word;
    },
    isMode: (states, at) => distance(states, at) === 0,
    text: (states, at) =>
      Array.from(
        states.subarray(at, at + filled(states, at)),
        (letter) => (letter - 1).toString(2).padStart(word, "0"),
      ).join("") || "(empty)",
    ...(size <= LISTED && {
      enumeration: {
        size,
        index(states, at) {
          const count = filled(states, at);
          let index = 0;
          for (let i = 0; i < count; i++) index = index * letters + states[at + i]! - 1;
          return first[count]! + index;
        },
        state(index, states, at) {
          let count = 0;
          while (index >= first[count + 1]!) count++;
          index -= first[count]!;
          states.fill(0, at, at + places);
          for (let i = count - 1; i >= 0; i--, index = Math.floor(index / letters)) {
            states[at + i] = 1 + index % letters;
          }
        },
      },
    }),
  };
}

export default {
  apiVersion: 1,
  name: "bitseq",
  summary: "bit sequences near to hidden ones, built from left to right",
  source: "Malkin et al. 2022, arXiv:2201.13259, section 5.3",
  config,
  create: create as EnvironmentPlugin["create"],
} satisfies EnvironmentPlugin;

// It counts two and a half states as one object: three bits, set from left to right, with a stop.
import type { EnvironmentPlugin } from "../../../mod.ts";

export default {
  apiVersion: 1,
  name: "copies-whole",
  summary: "breaks a law",
  source: "tests",
  config: {},
  create: () => ({
    ...{ stateWords: 4, forwardActions: 3, backwardActions: 1, stopAction: 2, maxTrajectory: 4 },
    observation: {
      kind: "categorical",
      sizes: [3, 3, 3],
      write(states, at, out, outAt) {
        for (let i = 0; i < 3; i++) out[outAt + i] = i < states[at + 3]! ? 1 + states[at + i]! : 0;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + 4);
    },
    step(states, at, action) {
      states[at + states[at + 3]!++] = action;
    },
    unstep(states, at) {
      states[at + --states[at + 3]!] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      mask[maskAt] = mask[maskAt + 1] = states[at + 3]! < 3 ? 1 : 0;
      mask[maskAt + 2] = 1;
    },
    backwardMask(states, at, mask, maskAt) {
      mask[maskAt] = states[at + 3]! > 0 ? 1 : 0;
    },
    backwardOf: () => 0,
    forwardOf: (states, at) => states[at + states[at + 3]! - 1]!,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) {
        out[x] = states[4 * x]! - states[4 * x + 1]! + 0.5 * states[4 * x + 2]!;
      }
    },
    logCopies(_states, count, out) {
      out.fill(Math.log(2.5), 0, count);
    },
    text: (states, at) => `${states[at + 3]} bits`,
    enumeration: {
      size: 15,
      index(states, at) {
        let index = 1;
        for (let i = 0; i < states[at + 3]!; i++) index = 2 * index + states[at + i]!;
        return index - 1;
      },
      state(index, states, at) {
        const bits = (index + 1).toString(2).slice(1);
        states.fill(0, at, at + 4);
        states[at + 3] = bits.length;
        for (let i = 0; i < bits.length; i++) states[at + i] = Number(bits[i]);
      },
    },
  }),
} satisfies EnvironmentPlugin;

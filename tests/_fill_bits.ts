/**
 * A test environment whose objects end by being full: n bits, each set once, in any order. There is no
 * stop action, and the backward action (a position) is coded differently from the forward one
 * (2 * position + bit), so that code that confuses the two fails. With `stop` an object that is not full may
 * end as well, so that trajectories of one environment end in both ways.
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
  bits: { int: [1, 12], default: 3, help: "n, bits of the object" },
  stop: { boolean: true, default: false, help: "whether it may end before it is full" },
} as const satisfies OptionSpecs;

/** A word is 0 where the bit is not set yet, else 1 + bit. */
function create({ bits: n, stop }: OptionsOf<typeof config>): Environment {
  return {
    stateWords: n,
    forwardActions: stop ? 2 * n + 1 : 2 * n,
    backwardActions: n,
    stopAction: stop ? 2 * n : null,
    maxTrajectory: n,
    observation: {
      kind: "categorical",
      sizes: Array.from({ length: n }, () => 3),
      write(states, at, out, outAt) {
        for (let i = 0; i < n; i++) out[outAt + i] = states[at + i]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + n);
    },
    step(states, at, action) {
      states[at + (action >> 1)] = 1 + (action & 1);
    },
    unstep(states, at, position) {
      states[at + position] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      for (let a = 0; a < 2 * n; a++) mask[maskAt + a] = states[at + (a >> 1)] === 0 ? 1 : 0;
      if (stop) mask[maskAt + 2 * n] = states.subarray(at, at + n).includes(0) ? 1 : 0;
    },
    backwardMask(states, at, mask, maskAt) {
      for (let i = 0; i < n; i++) mask[maskAt + i] = states[at + i] === 0 ? 0 : 1;
    },
    backwardOf(_states, _at, action) {
      return action >> 1;
    },
    forwardOf(states, at, position) {
      return 2 * position + (states[at + position]! - 1);
    },
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) {
        let value = 0;
        for (let i = 0; i < n; i++) {
          value = stop ? value * 3 + states[x * n + i]! : value * 2 + (states[x * n + i]! - 1);
        }
        out[x] = Math.sin(1 + 3 * value); // no symmetry that a mistake could hide behind
      }
    },
    partialLogReward(states, count, out) {
      this.logReward(states, count, out);
      if (stop) return; // every state is an object
      for (let x = 0; x < count; x++) {
        const set = states.subarray(x * n, (x + 1) * n).reduce((sum, word) => sum + word, 0);
        if (states.subarray(x * n, (x + 1) * n).includes(0)) out[x] = Math.cos(set);
      }
    },
    enumeration: {
      size: 3 ** n,
      index(states, at) {
        let index = 0;
        for (let i = 0; i < n; i++) index = index * 3 + states[at + i]!;
        return index;
      },
      state(index, states, at) {
        for (let i = n - 1; i >= 0; i--) {
          states[at + i] = index % 3;
          index = Math.floor(index / 3);
        }
      },
    },
    text(states, at) {
      return Array.from(states.subarray(at, at + n), (word) => "_01"[word]).join("");
    },
  };
}

export default {
  apiVersion: 1,
  name: "fill-bits",
  summary: "bits set in any order, for tests",
  source: "tests",
  config,
  create,
} satisfies EnvironmentPlugin;

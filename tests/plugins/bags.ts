// Words of three letters out of three, set from left to right, of which the order does not count: objects are bags.
import type { EnvironmentPlugin } from "../../mod.ts";

const LETTERS = 3, LENGTH = 3;

function logFactorial(k: number): number {
  return k < 2 ? 0 : Math.log(k) + logFactorial(k - 1);
}

export default {
  apiVersion: 1,
  name: "bags",
  summary: "bags of three letters, drawn one after the other",
  source: "tests",
  config: { counts: { boolean: true, default: true, help: "whether it has logCopies" } },
  create({ counts }) {
    const W = LENGTH + 1;
    const bag = (states: Int32Array, at: number) => {
      const held = new Array<number>(LETTERS).fill(0);
      for (let i = 0; i < states[at + LENGTH]!; i++) held[states[at + i]!]!++;
      return held;
    };
    return {
      ...{ stateWords: W, forwardActions: LETTERS, backwardActions: 1, stopAction: null },
      maxTrajectory: LENGTH,
      observation: {
        kind: "categorical",
        sizes: [LETTERS + 1, LETTERS + 1, LETTERS + 1],
        write(states, at, out, outAt) {
          for (let i = 0; i < LENGTH; i++) {
            out[outAt + i] = i < states[at + LENGTH]! ? 1 + states[at + i]! : 0;
          }
        },
      },
      initial(states, at) {
        states.fill(0, at, at + W);
      },
      step(states, at, letter) {
        states[at + states[at + LENGTH]!++] = letter;
      },
      unstep(states, at) {
        states[at + --states[at + LENGTH]!] = 0;
      },
      forwardMask(states, at, mask, maskAt) {
        mask.fill(states[at + LENGTH]! < LENGTH ? 1 : 0, maskAt, maskAt + LETTERS);
      },
      backwardMask(states, at, mask, maskAt) {
        mask[maskAt] = states[at + LENGTH]! > 0 ? 1 : 0;
      },
      backwardOf: () => 0,
      forwardOf: (states, at) => states[at + states[at + LENGTH]! - 1]!,
      logReward(states, count, out) {
        for (let x = 0; x < count; x++) {
          const [a, b] = bag(states, x * W);
          out[x] = Math.log(1 + a! + 4 * b!);
        }
      },
      ...(counts === true && {
        logCopies(states: Int32Array, count: number, out: Float64Array) {
          for (let x = 0; x < count; x++) {
            out[x] = bag(states, x * W).reduce(
              (log, k) => log - logFactorial(k),
              logFactorial(LENGTH),
            );
          }
        },
      }),
      enumeration: {
        size: 1 + 3 + 9 + 27,
        index(states, at) {
          let index = 0;
          for (let i = 0; i < states[at + LENGTH]!; i++) {
            index = LETTERS * index + 1 + states[at + i]!;
          }
          return index;
        },
        state(index, states, at) {
          const letters: number[] = [];
          for (let left = index; left > 0; left = Math.floor((left - 1) / LETTERS)) {
            letters.unshift((left - 1) % LETTERS);
          }
          states.fill(0, at, at + W);
          states.set(letters, at);
          states[at + LENGTH] = letters.length;
        },
      },
      text: (states, at) => bag(states, at).join(" "),
    };
  },
} satisfies EnvironmentPlugin;

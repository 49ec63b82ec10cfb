// Breaks one law of the contract, as it is told: three bits, set from left to right, with a stop.
const laws = [
  "none",
  "initial state",
  "initial state, parents",
  "masks",
  "length",
  "parents",
  "step and unstep",
  "unstep and step",
  "way back",
  "purity",
  "places",
  "repeatable",
  "reward",
  "reward, empty",
  "reward batches",
  "observation",
  "sight",
  "text",
  "numbering",
  "count",
  "training",
];

let opened = 0, asked = 0;

export default {
  apiVersion: 1,
  name: "any-law",
  summary: "breaks the law that it is told",
  source: "tests",
  config: { law: { enum: laws, default: "none", help: "which one" } },
  create({ law }: { law: string }) {
    opened++;
    const mine = opened;
    const count = (states: Int32Array, at: number) => states[at + 3]!;
    return {
      stateWords: 4,
      forwardActions: 3,
      backwardActions: 1,
      stopAction: 2,
      maxTrajectory: law === "length" ? 2 : 4,
      observation: {
        kind: "categorical",
        sizes: [3, 3, 3],
        write(states: Int32Array, at: number, out: Int32Array, outAt: number) {
          for (let i = 0; i < 3; i++) {
            out[outAt + i] = i < count(states, at) ? 1 + states[at + i]! : 0;
          }
          if (law === "observation") out[outAt + 1] = 3;
          if (law === "sight") out.fill(0, outAt, outAt + 3);
        },
      },
      initial(states: Int32Array, at: number) {
        states.fill(0, at, at + 4);
        if (law === "initial state") states[at] = asked++;
      },
      step(states: Int32Array, at: number, action: number) {
        states[at + count(states, at)] = action;
        states[at + 3]!++;
        if (law === "places") states[at + 4] = 1;
      },
      unstep(states: Int32Array, at: number) {
        if (law === "way back" && count(states, at) === 1) return;
        states[at + 3]!--;
        if (law !== "step and unstep") states[at + count(states, at)] = 0;
      },
      forwardMask(states: Int32Array, at: number, mask: Uint8Array, maskAt: number) {
        const open = count(states, at) < 3 ? 1 : 0;
        mask[maskAt] = mask[maskAt + 1] = open;
        mask[maskAt + 2] = 1;
        if (law === "masks") mask[maskAt + 1] = 2 * open;
        if (law === "repeatable") mask[maskAt + 1] = open * (mine % 2);
        if (law === "purity") states[at + 3] = 0;
      },
      backwardMask(states: Int32Array, at: number, mask: Uint8Array, maskAt: number) {
        mask[maskAt] = count(states, at) > 0 || law === "initial state, parents" ? 1 : 0;
        if (law === "parents" && count(states, at) === 2) mask[maskAt] = 0;
      },
      backwardOf: () => 0,
      forwardOf: (states: Int32Array, at: number) =>
        law === "unstep and step" ? 2 : states[at + count(states, at) - 1]!,
      logReward(states: Int32Array, rows: number, out: Float64Array) {
        for (let x = 0; x < rows; x++) {
          out[x] = states[4 * x]! - states[4 * x + 1]! + 0.5 * states[4 * x + 2]!;
          if (law === "reward") out[x] = NaN;
          if (law === "reward, empty") out[x] = -Infinity;
          if (law === "reward batches") out[x]! += x;
          if (law === "training") out[x] = 1e-5 * (asked += 1) ** 2;
        }
      },
      text: (states: Int32Array, at: number) => law === "text" ? "" : `${count(states, at)} bits`,
      enumeration: {
        size: law === "count" ? 16 : 15,
        index(states: Int32Array, at: number) {
          const n = count(states, at);
          let index = 0;
          for (let i = 0; i < n; i++) index = 2 * index + states[at + i]!;
          return law === "numbering" ? 14 - (2 ** n - 1 + index) : 2 ** n - 1 + index;
        },
        state(index: number, states: Int32Array, at: number) {
          const place = law === "numbering" ? 14 - index : index;
          const n = Math.floor(Math.log2(place + 1));
          states.fill(0, at, at + 4);
          states[at + 3] = n;
          for (let i = n - 1, rest = place - 2 ** n + 1; i >= 0; i--, rest >>= 1) {
            states[at + i] = rest & 1;
          }
        },
      },
    };
  },
};

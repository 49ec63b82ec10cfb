/**
 * The Ising model on a small torus, its spins set one by one in any order. An environment is one file
 * that imports nothing at run time: `gfn train examples/plugins/ising.ts`.
 */
import type { Environment, EnvironmentPlugin, OptionsOf, OptionSpecs } from "../../mod.ts";

const config = {
  side: { int: [2, 16], default: 3, help: "spins along each side of the torus" },
  beta: { number: [0, 10], default: 0.4, help: "inverse temperature" },
  coupling: { number: [-10, 10], default: 1, help: "J, energy of a pair of equal neighbours" },
} as const satisfies OptionSpecs;

/** States that exact metrics are computed on: 3^9 at side 3. */
const LISTED = 3 ** 9;

/** A word is 0 where the spin is not set yet, 1 for down, 2 for up. */
function create({ side, beta, coupling }: OptionsOf<typeof config>): Environment {
  const n = side * side;
  const right = (i: number) => i - i % side + (i + 1) % side;
  const below = (i: number) => (i + side) % n;
  return {
    stateWords: n,
    forwardActions: 2 * n, // spin i becomes down: 2 i, up: 2 i + 1
    backwardActions: n, // spin i is taken back
    stopAction: null,
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
    unstep(states, at, spin) {
      states[at + spin] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      for (let a = 0; a < 2 * n; a++) mask[maskAt + a] = states[at + (a >> 1)] === 0 ? 1 : 0;
    },
    backwardMask(states, at, mask, maskAt) {
      for (let i = 0; i < n; i++) mask[maskAt + i] = states[at + i] === 0 ? 0 : 1;
    },
    backwardOf: (_states, _at, action) => action >> 1,
    forwardOf: (states, at, spin) => 2 * spin + states[at + spin]! - 1,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) {
        const spin = (i: number) => 2 * states[x * n + i]! - 3;
        let sum = 0;
        for (let i = 0; i < n; i++) sum += spin(i) * (spin(right(i)) + spin(below(i)));
        out[x] = beta * coupling * sum;
      }
    },
    text(states, at) {
      const rows = Array.from(
        { length: side },
        (_, row) =>
          Array.from(states.subarray(at + row * side, at + (row + 1) * side), (w) => ".-+"[w]).join(
            "",
          ),
      );
      return rows.join("/");
    },
    ...(3 ** n <= LISTED && {
      enumeration: {
        size: 3 ** n,
        index(states, at) {
          let index = 0;
          for (let i = 0; i < n; i++) index = 3 * index + states[at + i]!;
          return index;
        },
        state(index, states, at) {
          for (let i = n - 1; i >= 0; i--, index = Math.floor(index / 3)) {
            states[at + i] = index % 3;
          }
        },
      },
    }),
  };
}

export default {
  apiVersion: 1,
  name: "ising",
  summary: "spins on a torus, set in any order",
  source: "Ising 1925; as a benchmark of GFlowNets: Zhang et al. 2022, arXiv:2202.01361",
  config,
  create: create as EnvironmentPlugin["create"],
} satisfies EnvironmentPlugin;

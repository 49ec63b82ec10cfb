/**
 * Ising: D spins, each set once, to down or up, in any order; the object is done when all are set.
 *
 * With c_i = -1 or 1, log R = beta sum_ij J_ij c_i c_j over all ordered pairs: both halves of a
 * symmetric J count, and so does its diagonal. J is sigma times the adjacency of the side x side torus
 * (0 or 1, so that the double neighbours of side 2 count once), or a matrix from a file.
 *
 * Forward action v D + i sets spin i to value v, backward action i takes spin i back, as in gfnx. No
 * stop action. A word is 0 where the spin is not set, 1 for down, 2 for up.
 *
 * @module
 */
import type {
  Environment,
  EnvironmentPlugin,
  EnvironmentTools,
  OptionsOf,
  OptionSpecs,
} from "../plugins/contract.ts";

const config = {
  side: { int: [2, 64], default: 3, help: "spins along each side of the torus" },
  sigma: { number: [-100, 100], default: 0.2, help: "J of two neighbours on the torus" },
  beta: { number: [0, 1e4], default: 1, help: "inverse temperature" },
  couplings: {
    file: "JSON: the rows of a square matrix J",
    default: null,
    help: "file of J, in place of side and sigma",
  },
} as const satisfies OptionSpecs;

/** What spin i meets: J_ij + J_ji of every j > i where that is not 0. */
interface Spin {
  others: Int32Array;
  weights: Float64Array;
}

/** Rows of J on a torus: sigma between sites that share a side of the lattice. */
function torus(side: number, sigma: number): number[][] {
  const n = side * side;
  return Array.from({ length: n }, (_, i) => {
    const row = new Array<number>(n).fill(0), x = i % side, y = (i - x) / side;
    for (const step of [1, side - 1]) {
      row[y * side + (x + step) % side] = sigma;
      row[(y + step) % side * side + x] = sigma;
    }
    return row;
  });
}

function fromFile(bytes: Uint8Array, tools: EnvironmentTools): number[][] {
  let found: unknown;
  try {
    found = JSON.parse(tools.text(bytes));
  } catch {
    found = null;
  }
  const isRow = (row: unknown, n: number) =>
    Array.isArray(row) && row.length === n && row.every((x) => Number.isFinite(x));
  if (Array.isArray(found) && found.length > 0 && found.every((r) => isRow(r, found.length))) {
    return found;
  }
  return tools.fail("couplings is no square matrix of numbers, want JSON such as [[0,1],[1,0]]");
}

function create(options: OptionsOf<typeof config>, tools: EnvironmentTools): Environment {
  const { beta, couplings } = options;
  const J = couplings === null ? torus(options.side, options.sigma) : fromFile(couplings, tools);
  const D = J.length, size = 3 ** D;
  // c_i^2 = 1: the diagonal is the same for all complete states.
  const diagonal = J.map((row, i) => row[i]!);
  const spins: Spin[] = J.map((row, i) => {
    const others = row.flatMap((x, j) => j > i && x + J[j]![i]! !== 0 ? [j] : []);
    return {
      others: Int32Array.from(others),
      weights: Float64Array.from(others, (j) => row[j]! + J[j]![i]!),
    };
  });
  /** c_i, or 0 where spin i is not set. */
  const sign = (word: number) => word === 0 ? 0 : 2 * word - 3;

  function alignment(states: Int32Array, at: number): number {
    let sum = 0;
    for (let i = 0; i < D; i++) {
      const c = sign(states[at + i]!);
      if (c === 0) continue;
      const { others, weights } = spins[i]!;
      let field = 0;
      for (let k = 0; k < others.length; k++) field += weights[k]! * sign(states[at + others[k]!]!);
      sum += c * field + diagonal[i]!;
    }
    return sum;
  }
  // Written in rows where the couplings are those of a lattice.
  const across = couplings === null ? options.side : D;

  return {
    stateWords: D,
    forwardActions: 2 * D,
    backwardActions: D,
    stopAction: null,
    maxTrajectory: D,
    observation: {
      kind: "categorical",
      sizes: new Array<number>(D).fill(3),
      write(states, at, out, outAt) {
        for (let i = 0; i < D; i++) out[outAt + i] = states[at + i]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + D);
    },
    step(states, at, action) {
      states[at + action % D] = action < D ? 1 : 2;
    },
    unstep(states, at, spin) {
      states[at + spin] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      for (let i = 0; i < D; i++) {
        mask[maskAt + i] = mask[maskAt + D + i] = states[at + i] === 0 ? 1 : 0;
      }
    },
    backwardMask(states, at, mask, maskAt) {
      for (let i = 0; i < D; i++) mask[maskAt + i] = states[at + i] === 0 ? 0 : 1;
    },
    backwardOf: (_states, _at, action) => action % D,
    forwardOf: (states, at, spin) => (states[at + spin]! - 1) * D + spin,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) out[x] = beta * alignment(states, x * D);
    },
    // The pairs that are set already: what a spin adds is known when it is set.
    partialLogReward(states, count, out) {
      this.logReward(states, count, out);
    },
    text(states, at) {
      let text = "";
      for (let i = 0; i < D; i++) {
        text += (i > 0 && i % across === 0 ? "/" : "") + ".-+"[states[at + i]!];
      }
      return text;
    },
    drawing(states, at) {
      const rows = Math.ceil(D / across), colours = ["#ddd", "#2b6cb0", "#f6ad55"];
      const squares = Array.from(
        { length: D },
        (_, i) =>
          `<rect x="${i % across}" y="${Math.floor(i / across)}" width="1" height="1" fill="${
            colours[states[at + i]!]
          }"/>`,
      );
      return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${across} ${rows}">${
        squares.join("")
      }</svg>`;
    },
    // A spin that is set turns a digit 0 into another one, so that every move leads to a higher index.
    ...(size <= Number.MAX_SAFE_INTEGER && {
      enumeration: {
        size,
        index(states, at) {
          let index = 0;
          for (let i = 0; i < D; i++) index = 3 * index + states[at + i]!;
          return index;
        },
        state(index, states, at) {
          for (let i = D - 1; i >= 0; i--, index = Math.floor(index / 3)) {
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
  source: "Zhang et al. 2022, arXiv:2202.01361; in the encoding of gfnx, arXiv:2511.16592",
  config,
  create,
} satisfies EnvironmentPlugin;

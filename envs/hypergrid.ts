/**
 * Hypergrid: states {0..H-1}^d, a move adds 1 to one coordinate, every state may stop.
 *
 * With a_j = |s_j/(H-1) - 1/2|, R = R0 + R1 prod_j [a_j > 1/4] + R2 prod_j [3/10 < a_j < 4/10]. The
 * inequalities are strict and are decided in whole numbers: floating point gets the boundary wrong
 * wherever H - 1 is a multiple of 5 (H = 6, 11, 16, 21, ...).
 *
 * Forward actions: 0..d-1 move, d stops. Backward actions: 0..d-1 undo the move.
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

const presets = {
  classic: { r0: 0.1, r1: 0.5, r2: 2 },
  easy: { r0: 1e-3, r1: 0.5, r2: 2 },
  hard: { r0: 1e-4, r1: 1, r2: 3 },
} as const;

const config = {
  dims: { int: [1, 16], default: 2, help: "d, number of coordinates" },
  side: { int: [2, 1024], default: 16, help: "H, values of a coordinate" },
  preset: {
    enum: ["classic", "easy", "hard"],
    default: "classic",
    help: "constants of the reward: R0, R1, R2 = .1, .5, 2 | 1e-3, .5, 2 | 1e-4, 1, 3",
  },
  r0: { number: [1e-12, 1e12], default: null, help: "R0, reward everywhere; as the preset says" },
  r1: { number: [0, 1e12], default: null, help: "R1, added in the outer ring; as the preset says" },
  r2: { number: [0, 1e12], default: null, help: "R2, added in the modes; as the preset says" },
} as const satisfies OptionSpecs;

/** [a_j > 1/4] for the coordinate value `i` of a side of H values. */
function inRing(i: number, H: number): boolean {
  return 4 * Math.abs(2 * i - (H - 1)) > 2 * (H - 1);
}

/** [3/10 < a_j < 4/10] for the coordinate value `i` of a side of H values. */
function inBand(i: number, H: number): boolean {
  const tenTimesTwice = 10 * Math.abs(2 * i - (H - 1));
  return tenTimesTwice > 6 * (H - 1) && tenTimesTwice < 8 * (H - 1);
}

function create(options: OptionsOf<typeof config>, tools: EnvironmentTools): Environment {
  const { dims: d, side: H } = options;
  const preset = presets[options.preset];
  const r0 = options.r0 ?? preset.r0, r1 = options.r1 ?? preset.r1, r2 = options.r2 ?? preset.r2;
  const stop = d;
  const size = H ** d;
  if (size > Number.MAX_SAFE_INTEGER) {
    tools.fail(`dims ${d} and side ${H} give ${size} states, want at most 2^53`);
  }
  const ring = Array.from({ length: H }, (_, i) => inRing(i, H));
  const band = Array.from({ length: H }, (_, i) => inBand(i, H));

  function allIn(set: boolean[], states: Int32Array, at: number): boolean {
    for (let j = 0; j < d; j++) if (!set[states[at + j]!]) return false;
    return true;
  }

  return {
    stateWords: d,
    forwardActions: d + 1,
    backwardActions: d,
    stopAction: stop,
    maxTrajectory: d * (H - 1) + 1,
    observation: {
      kind: "categorical",
      sizes: Array.from({ length: d }, () => H),
      write(states, at, out, outAt) {
        for (let j = 0; j < d; j++) out[outAt + j] = states[at + j]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + d);
    },
    step(states, at, action) {
      states[at + action]!++;
    },
    unstep(states, at, action) {
      states[at + action]!--;
    },
    forwardMask(states, at, mask, maskAt) {
      for (let j = 0; j < d; j++) mask[maskAt + j] = states[at + j]! < H - 1 ? 1 : 0;
      mask[maskAt + stop] = 1;
    },
    backwardMask(states, at, mask, maskAt) {
      for (let j = 0; j < d; j++) mask[maskAt + j] = states[at + j]! > 0 ? 1 : 0;
    },
    backwardOf(_states, _at, action) {
      return action;
    },
    forwardOf(_states, _at, action) {
      return action;
    },
    logReward(states, count, out) {
      for (let i = 0; i < count; i++) {
        const inner = allIn(ring, states, i * d) ? r1 : 0;
        const mode = allIn(band, states, i * d) ? r2 : 0;
        out[i] = Math.log(r0 + inner + mode);
      }
    },
    // Every state may stop, so that the reward of a partial object is its own.
    partialLogReward(states, count, out) {
      this.logReward(states, count, out);
    },
    enumeration: {
      size,
      index(states, at) {
        let index = 0;
        for (let j = 0; j < d; j++) index = index * H + states[at + j]!;
        return index;
      },
      state(index, states, at) {
        for (let j = d - 1; j >= 0; j--) {
          states[at + j] = index % H;
          index = Math.floor(index / H);
        }
      },
    },
    isMode(states, at) {
      return allIn(band, states, at);
    },
    text(states, at) {
      return `(${states.subarray(at, at + d).join(", ")})`;
    },
  };
}

export default {
  apiVersion: 1,
  name: "hypergrid",
  summary: "moves on a d-dimensional grid towards 2^d modes near its corners",
  source: "Bengio et al. 2021, arXiv:2106.04399, section 4.1",
  config,
  create,
} satisfies EnvironmentPlugin;

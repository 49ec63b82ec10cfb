/**
 * Hypergrid: states {0..H-1}^d, a move adds 1 to one coordinate, every state may stop.
 *
 * With a_j = |s_j/(H-1) - 1/2|, the original reward is
 * R = R0 + R1 prod_j [a_j > 1/4] + R2 prod_j [3/10 < a_j < 4/10]. All inequalities are strict and are
 * decided in whole numbers: floating point gets the boundaries wrong wherever H - 1 is a multiple of 4
 * or 5 (H = 6, 11, 16, 21, ...). The other rewards are those of torchgfn's benchmark suite; what they
 * are stands at their functions. A tiered reward is R = R0 + sum_t 10^t [tiers 0..t all hold].
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

const LEVELS = ["easy", "medium", "hard", "challenging", "impossible"] as const;

const config = {
  dims: { int: [1, 16], default: 2, help: "d, number of coordinates" },
  side: { int: [2, 1024], default: 16, help: "H, values of a coordinate" },
  reward: {
    enum: [
      ...["original", "deceptive", "cosine", "sparse", "uniform-random"],
      ...["bitwise-xor", "multiplicative-coprime", "conditional-multiscale"],
    ],
    default: "original",
    help: "which reward",
  },
  preset: {
    enum: ["classic", "easy", "hard"],
    default: "classic",
    help: "constants of the original: R0, R1, R2 = .1, .5, 2 | 1e-3, .5, 2 | 1e-4, 1, 3",
  },
  level: {
    enum: LEVELS,
    default: null,
    help: "constants of the other rewards, as torchgfn has them; medium unless given",
  },
  r0: { number: [0, 1e12], default: null, help: "R0, reward everywhere; as preset or level says" },
  r1: { number: [0, 1e12], default: null, help: "R1, beside the modes; as preset or level says" },
  r2: { number: [0, 1e12], default: null, help: "R2, added in modes; as preset or level says" },
} as const satisfies OptionSpecs;

type Options = OptionsOf<typeof config>;

/** A reward: R of the state at `at`, at least `least`, and whether the state is one of its modes. */
interface Reward {
  least: number;
  reward(states: Int32Array, at: number): number;
  isMode(states: Int32Array, at: number): boolean;
}

/** A question about a state. */
type Test = (states: Int32Array, at: number) => boolean;

/** Whether each coordinate of a state has a value for which `holds` says true. */
function allIn({ dims: d, side: H }: Options, holds: (i: number) => boolean): Test {
  const set = Array.from({ length: H }, (_, i) => holds(i));
  return (states, at) => {
    for (let j = 0; j < d; j++) if (!set[states[at + j]!]) return false;
    return true;
  };
}

/** 2 (H - 1) a for the coordinate value `i`. */
const twice = (i: number, H: number) => Math.abs(2 * i - (H - 1));
const isRing = (i: number, H: number) => 4 * twice(i, H) > 2 * (H - 1);
const isBand = (i: number, H: number) =>
  10 * twice(i, H) > 6 * (H - 1) && 10 * twice(i, H) < 8 * (H - 1);

function original(options: Options): Reward {
  const { side: H } = options, preset = presets[options.preset];
  const r0 = options.r0 ?? preset.r0, r1 = options.r1 ?? preset.r1, r2 = options.r2 ?? preset.r2;
  const ring = allIn(options, (i) => isRing(i, H)), band = allIn(options, (i) => isBand(i, H));
  return {
    least: r0,
    reward: (states, at) => r0 + (ring(states, at) ? r1 : 0) + (band(states, at) ? r2 : 0),
    isMode: band,
  };
}

/** R0 + R1 - R1 prod [a_j > 1/10] + R2 prod [3/10 < a_j < 4/10]: the centre's cross lures. */
function deceptive(options: Options, level: number): Reward {
  const { side: H } = options, r0 = options.r0 ?? 1e-5;
  const r1 = options.r1 ?? [0.05, 0.1, 0.15, 0.2, 0.25][level]!, r2 = options.r2 ?? level + 1;
  const outer = allIn(options, (i) => 10 * twice(i, H) > 2 * (H - 1));
  const band = allIn(options, (i) => isBand(i, H));
  return {
    least: r0,
    reward: (states, at) => r0 + (outer(states, at) ? 0 : r1) + (band(states, at) ? r2 : 0),
    isMode: band,
  };
}

/**
 * R0 + R1 prod_j g_j with g_j = (cos(50 a_j) + 1) exp(-12.5 a_j^2) / sqrt(2 pi); a mode has at least
 * R0 + R1 (gamma 0.7978846)^d, which few coarse grids reach.
 */
function cosine(options: Options, level: number): Reward {
  const { dims: d, side: H } = options;
  const r0 = options.r0 ?? [0.1, 0.1, 0.05, 0.01, 0][level]!;
  const r1 = options.r1 ?? [0.3, 0.5, 0.6, 0.7, 0.8][level]!;
  const least = ([0.7, 0.8, 0.85, 0.9, 0.92][level]! * 0.7978846) ** d;
  const wave = Array.from({ length: H }, (_, i) => {
    const a = twice(i, H) / (2 * (H - 1));
    return (Math.cos(50 * a) + 1) * Math.exp(-12.5 * a * a) / Math.sqrt(2 * Math.PI);
  });
  const product = (states: Int32Array, at: number) => {
    let all = 1;
    for (let j = 0; j < d; j++) all *= wave[states[at + j]!]!;
    return all;
  };
  return {
    least: r0,
    reward: (states, at) => r0 + r1 * product(states, at),
    isMode: (states, at) => product(states, at) >= least,
  };
}

/** 1 in the corners {1, H-2}^d but (1, ..., 1), 1e-12 elsewhere. */
function sparse(options: Options): Reward {
  const { side: H } = options;
  const corner = allIn(options, (i) => i === 1 || i === H - 2),
    ones = allIn(options, (i) => i === 1);
  const isMode: Test = (states, at) => corner(states, at) && !ones(states, at);
  const least = 1e-12;
  return { least, reward: (states, at) => least + (isMode(states, at) ? 1 : 0), isMode };
}

/** R0 + R2 [hash < p], the hash a fixed function of the state: modes without any order. */
function uniformRandom(options: Options, level: number): Reward {
  const { dims: d } = options, r0 = options.r0 ?? 0.1, r2 = options.r2 ?? 2;
  const isMode: Test = (states, at) => {
    let hash = 42n;
    for (let j = 0; j < d; j++) {
      const own = BigInt(states[at + j]!) * 1442695040888963407n;
      hash = BigInt.asIntN(64, hash * 6364136223846793005n + own);
    }
    const size = hash < 0n ? -hash : hash;
    return Number(size % 2147483647n) / 2147483647 < 10 ** -(1 + level);
  };
  return { least: r0, reward: (states, at) => r0 + (isMode(states, at) ? r2 : 0), isMode };
}

/** @param modeTiers how many tiers, from the first on, a mode must keep */
function tiered(r0: number, tiers: readonly Test[], modeTiers: number): Reward {
  const kept = (states: Int32Array, at: number) => {
    let count = 0;
    while (count < tiers.length && tiers[count]!(states, at)) count++;
    return count;
  };
  return {
    least: r0,
    reward(states, at) {
      let sum = r0;
      for (let t = 0, n = kept(states, at); t < n; t++) sum += 10 ** t;
      return sum;
    },
    isMode: (states, at) => kept(states, at) >= modeTiers,
  };
}

/** Rows of A and right-hand sides c of each tier: A x = c over GF(2) in every bit plane. */
const PARITIES = [
  "100/0 110/0 /",
  "11100/0 10000,11110/10 11110/0",
  "10010110/0 01110001,00111101/00 11110010,00100101,10111101/110",
  "0010000111/1 0000110100,1101011011/01 1011111110,1010110100,1010101100,1001101011/0001",
  "0001100100,0101000100/01 0011011011,1110111101,0101111100,0011011100/1100 1101000100,0101110001,0101110101/001",
];

/** Tiers of parities of the coordinates' bits; x_b holds the b-th bits of the first M coordinates. */
function bitwiseXor(options: Options, level: number, tools: EnvironmentTools): Reward {
  const { dims: d, side: H } = options, planes = Math.max(1, Math.ceil(Math.log2(H)));
  const coordinates = [3, 5, 8, 10, 10][level]!;
  if (d < coordinates || H > 16) {
    tools.fail(
      `dims is ${d} and side is ${H}, want at least ${coordinates} and at most 16 for bitwise-xor ${
        LEVELS[level]
      }: its matrices are known for these`,
    );
  }
  const tiers = PARITIES[level]!.split(" ").map((tier): Test => {
    const [rows = "", sides = ""] = tier.split("/");
    const checks = rows.split(",").filter((row) => row !== "").map((row, i) => ({
      coordinates: Array.from(row).flatMap((bit, j) => bit === "1" ? [j] : []),
      bits: sides[i] === "1" ? 2 ** planes - 1 : 0,
    }));
    return (states, at) =>
      checks.every(({ coordinates, bits }) =>
        coordinates.reduce((sum, j) => sum ^ states[at + j]!, 0) === bits
      );
  });
  return tiered(options.r0 ?? 0, tiers, tiers.length);
}

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];

/**
 * With v_j = s_j + 1, tier t: each v_j is a product of the listed primes with exponents up to the cap;
 * from the third on no prime divides two neighbours v_j, v_j+1; in the last the least common multiple is
 * the product of all p^cap (not at the level easy).
 */
function multiplicativeCoprime(options: Options, level: number): Reward {
  const { dims: d, side: H } = options, k = Math.min(d, [3, 5, 8, 10, 12][level]!);
  const primes = PRIMES.slice(0, [3, 4, 5, 6, 10][level]!).filter((p) => p <= H);
  let most = 0; // the largest power of the largest prime that is a coordinate
  for (let power = primes.at(-1)!; power <= H; power *= primes.at(-1)!) most++;
  const caps = [[2, 2, 2], [2, 2, 2, 2], [3, 3, 3, 3], [3, 3, 4, 4], [4, 4, 4, 4, 4]][level]!
    .map((cap) => Math.min(cap, most));
  const exponents = Array.from({ length: H }, (_, i) => {
    let rest = i + 1;
    const of = primes.map((p) => {
      let exponent = 0;
      for (; rest % p === 0; rest /= p) exponent++;
      return exponent;
    });
    return { of, smooth: rest === 1 };
  });
  const tiers = caps.map((cap, t): Test => (states, at) => {
    const rows = Array.from({ length: k }, (_, j) => exponents[states[at + j]!]!);
    if (!rows.every(({ of, smooth }) => smooth && of.every((e) => e <= cap))) return false;
    const share = (i: number) => rows[i]!.of.some((e, p) => e > 0 && rows[i + 1]!.of[p]! > 0);
    if (t >= 2) { for (let j = 0; j + 1 < k; j++) if (share(j)) return false; }
    const isLast = t === caps.length - 1 && level > 0;
    return !isLast || primes.every((_, p) => Math.max(...rows.map(({ of }) => of[p]!)) === cap);
  });
  return tiered(options.r0 ?? 0, tiers, tiers.length);
}

/** What the coarser digits add to the t-th, in tier t. */
const DIGIT_WEIGHTS = [[], [2], [3, 0], [2, 2, 3]];

/**
 * Coordinates are L digits of base 4, coarse to fine. Tier t: in each of the first k coordinates the t-th
 * digit, plus the weighted coarser ones, is 0 or 1 modulo 4; at some levels the sum of the t-th digits
 * is even, too.
 */
function conditionalMultiscale(options: Options, level: number, tools: EnvironmentTools): Reward {
  const { dims: d, side: H } = options, L = Math.round(Math.log(H) / Math.log(4));
  if (4 ** L !== H) tools.fail(`side is ${H}, want a power of 4 for conditional-multiscale`);
  const k = Math.min(d, [3, 4, 6, 8, 12][level]!), count = Math.min(L, [2, 3, 3, 4, 4][level]!);
  const evenFrom = [Infinity, Infinity, 1, 2, 1][level]!;
  const digit = (value: number, t: number) => Math.floor(value / 4 ** (L - 1 - t)) % 4;
  const tiers = Array.from({ length: count }, (_, t): Test => (states, at) => {
    let sum = 0;
    for (let j = 0; j < k; j++) {
      const value = states[at + j]!, own = digit(value, t);
      const coarser = DIGIT_WEIGHTS[t]!.reduce((all, w, c) => all + w * digit(value, c), 0);
      if ((own + coarser) % 4 >= 2) return false;
      sum += own;
    }
    return t < evenFrom || sum % 2 === 0;
  });
  let modeTiers = 1;
  while (modeTiers < count && 0.5 ** (modeTiers * k) >= 0.1) modeTiers++;
  return tiered(options.r0 ?? 0, tiers, modeTiers);
}

/** How a reward is made, and the single constants that it has. */
type Maker = [(options: Options, level: number, tools: EnvironmentTools) => Reward, ...string[]];

const rewards: Readonly<Record<string, Maker>> = {
  "original": [original, "r0", "r1", "r2", "preset"],
  "deceptive": [deceptive, "r0", "r1", "r2", "level"],
  "cosine": [cosine, "r0", "r1", "level"],
  "sparse": [sparse],
  "uniform-random": [uniformRandom, "r0", "r2", "level"],
  "bitwise-xor": [bitwiseXor, "r0", "level"],
  "multiplicative-coprime": [multiplicativeCoprime, "r0", "level"],
  "conditional-multiscale": [conditionalMultiscale, "r0", "level"],
};

/** The reward that the options name; what they would give in vain is an error. */
function rewardOf(options: Options, tools: EnvironmentTools): Reward {
  const [make, ...has] = rewards[options.reward ?? "original"]!;
  for (const key of ["r0", "r1", "r2", "preset", "level"] as const) {
    const value = options[key] ?? null, isDefault = value === null || value === "classic";
    if (isDefault || has.includes(key)) continue;
    tools.fail(`${key} is ${value}, want none: the reward ${options.reward} has no ${key}`);
  }
  return make(options, LEVELS.indexOf(options.level ?? "medium"), tools);
}

function create(options: Options, tools: EnvironmentTools): Environment {
  const { dims: d, side: H } = options;
  const stop = d;
  const size = H ** d;
  if (size > Number.MAX_SAFE_INTEGER) {
    tools.fail(`dims ${d} and side ${H} give ${size} states, want at most 2^53`);
  }
  const { least, reward, isMode } = rewardOf(options, tools);
  const logReward: Environment["logReward"] = (states, count, out) => {
    for (let i = 0; i < count; i++) out[i] = Math.log(reward(states, i * d));
  };

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
    backwardOf: (_states, _at, action) => action,
    forwardOf: (_states, _at, action) => action,
    logReward,
    // Every state may stop, so that the reward of a partial object is its own.
    ...(least > 0 && { partialLogReward: logReward }),
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
    isMode,
    text: (states, at) => `(${states.subarray(at, at + d).join(", ")})`,
  };
}

export default {
  apiVersion: 1,
  name: "hypergrid",
  summary: "moves on a d-dimensional grid towards 2^d modes near its corners",
  source: "Bengio et al. 2021, arXiv:2106.04399, section 4.1; the other rewards: torchgfn",
  config,
  create,
} satisfies EnvironmentPlugin;

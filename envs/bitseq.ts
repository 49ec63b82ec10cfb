/**
 * Bit sequences: n bits in places of k bits each, rewarded for being near to a few hidden sequences.
 *
 * With d(x) the number of bits in which x differs from the nearest hidden sequence, log R = -e d / n
 * (any-position in gfnx and torchgfn) or -e d (torchgfn's append with temperature 1/e). Hidden sequences are
 * made of the five blocks of eight bits that the benchmark has, each block drawn uniformly.
 *
 * Any position: forward action p 2^k + w writes the word w to the empty place p, backward action p
 * empties it. Append: forward action w writes to the first empty place, the one backward action empties
 * the last. No stop action: a sequence is done when it is full. A state's words are 1 + w, 0 where empty;
 * w has its first bit on top.
 *
 * @module
 */
import type {
  Enumeration,
  Environment,
  EnvironmentPlugin,
  EnvironmentTools,
  OptionsOf,
  OptionSpecs,
} from "../plugins/contract.ts";

const config = {
  length: { int: [1, 4096], default: 16, help: "n, bits of a sequence" },
  word: { int: [1, 10], default: 4, help: "k, bits written by an action; divides n" },
  order: { enum: ["any-position", "append"], default: "any-position", help: "where to write" },
  modes: { int: [1, 10_000], default: null, help: "hidden sequences to draw; 4 unless given" },
  instance: { int: [0, 4294967295], default: 0, help: "seed of the drawn ones" },
  hidden: {
    enum: ["drawn", "gfnx"],
    default: "drawn",
    help: "hidden sequences: drawn by instance, or the 60 of 120 bits that gfnx's baselines have",
  },
  modesFile: {
    file: "a hidden sequence a line, in the characters 0 and 1",
    default: null,
    help: "file of hidden sequences, in place of modes, instance and hidden",
  },
  exponent: {
    number: [0, 1e4],
    default: 3,
    help: "e, how fast the reward falls with the distance",
  },
  per: { enum: ["length", "bit"], default: "length", help: "log R is -e d / n, or -e d" },
  radius: { int: [0, 4096], default: 0, help: "distance up to which an object counts as a mode" },
} as const satisfies OptionSpecs;

const BLOCKS = ["00000000", "11111111", "11110000", "00001111", "00111100"];

/** The 60 hidden sequences of gfnx's configurations, as numbers of blocks. */
const GFNX_MODES = [
  "420430144342300 232123234204001 300323224100200 144100343100412 234012103020402",
  "242322301211444 302300241311410 130110124200204 322441312020412 413200434300222",
  "313022024342322 040444244110213 331313144234440 344411042340120 423230220243142",
  "000213424222012 011103401040402 111144124203044 100420002324311 042212332034230",
  "231011331031230 322223110043121 330201123321220 334304233411011 324212310341244",
  "304342220124004 441442031424404 243321244342332 133044043213421 141331201132211",
  "412403040442133 111023321004244 213332440222103 343300303100032 340230322242213",
  "422114420243303 132103314011044 444030234000203 411032241424304 220020233202023",
  "401044032132411 200340313132210 140202034430422 420324322014303 011004023301342",
  "142043014033244 202020223432004 013441311412021 231324421412222 120124022212300",
  "203142100142023 132441441302330 310301440104433 104201042403140 003003104330221",
  "242443402033332 031340414220142 024444001000032 230340014021103 222213301440432",
];

/** The hidden sequences, each as n characters 0 and 1. */
function hiddenSequences(options: OptionsOf<typeof config>, tools: EnvironmentTools): string[] {
  const { length: n, modes, hidden, modesFile } = options;
  const ofBlocks = (codes: string) => Array.from(codes, (code) => BLOCKS[Number(code)]).join("");
  if (modesFile !== null || hidden === "gfnx") {
    if (modes !== null) tools.fail(`modes is ${modes}, want none where the sequences are given`);
  }
  if (modesFile !== null) {
    const lines = tools.text(modesFile).split(/\s+/).filter((line) => line !== "");
    const odd = lines.find((line) => !/^[01]+$/.test(line) || line.length !== n);
    if (odd !== undefined || lines.length === 0) {
      tools.fail(`modesFile holds ${odd ?? "nothing"}, want lines of ${n} characters 0 or 1`);
    }
    return lines;
  }
  if (hidden === "gfnx") {
    if (n !== 120) tools.fail(`length is ${n}, want 120 for gfnx's hidden sequences`);
    return GFNX_MODES.flatMap((line) => line.split(" ")).map(ofBlocks);
  }
  const blocks = n / 8, count = modes ?? 4;
  if (!Number.isInteger(blocks)) {
    tools.fail(`length is ${n}, want a multiple of 8 where hidden sequences are drawn`);
  }
  if (count > BLOCKS.length ** blocks) {
    tools.fail(`modes is ${count}, want at most the ${BLOCKS.length ** blocks} that there are`);
  }
  const random = tools.random(options.instance), found = new Set<string>();
  while (found.size < count) {
    found.add(
      ofBlocks(
        Array.from({ length: blocks }, () => Math.floor(random() * BLOCKS.length)).join(""),
      ),
    );
  }
  return [...found];
}

function create(options: OptionsOf<typeof config>, tools: EnvironmentTools): Environment {
  const { length: n, word: k, exponent, radius } = options;
  const places = n / k, letters = 2 ** k, anywhere = options.order === "any-position";
  if (!Number.isInteger(places)) tools.fail(`length is ${n}, want a multiple of word = ${k}`);
  const hidden = hiddenSequences(options, tools).map((bits) =>
    Int32Array.from({ length: places }, (_, p) => parseInt(bits.slice(p * k, (p + 1) * k), 2))
  );
  const scale = options.per === "length" ? exponent / n : exponent;
  const ones = Uint8Array.from(
    { length: letters },
    (_, word) => word.toString(2).replaceAll("0", "").length,
  );

  /** Bits that differ; at least `enough` where that many do. */
  function distanceTo(mode: Int32Array, states: Int32Array, at: number, enough = n): number {
    let d = 0;
    for (let p = 0; p < places && d < enough; p++) d += ones[(states[at + p]! - 1) ^ mode[p]!]!;
    return d;
  }
  function distance(states: Int32Array, at: number): number {
    let nearest = n;
    for (const mode of hidden) nearest = Math.min(nearest, distanceTo(mode, states, at, nearest));
    return nearest;
  }
  /** Places written, where they are written in order. */
  function count(states: Int32Array, at: number): number {
    let filled = 0;
    while (filled < places && states[at + filled] !== 0) filled++;
    return filled;
  }

  const shared = {
    stateWords: places,
    stopAction: null,
    maxTrajectory: places,
    observation: {
      kind: "tokens",
      length: places,
      vocabulary: letters + 1,
      write(states, at, out, outAt) {
        for (let p = 0; p < places; p++) out[outAt + p] = states[at + p]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + places);
    },
    logReward(states, rows, out) {
      for (let x = 0; x < rows; x++) out[x] = -scale * distance(states, x * places);
    },
    isMode: (states, at) => distance(states, at) <= radius,
    modesOf: (states, at) =>
      hidden.flatMap((mode, i) => distanceTo(mode, states, at) <= radius ? [i] : []),
    text: (states, at) =>
      Array.from(
        states.subarray(at, at + places),
        (letter) => letter === 0 ? "_".repeat(k) : (letter - 1).toString(2).padStart(k, "0"),
      ).join(""),
  } satisfies Partial<Environment>;

  const anyPosition = {
    forwardActions: places * letters,
    backwardActions: places,
    step(states, at, action) {
      states[at + Math.floor(action / letters)] = 1 + action % letters;
    },
    unstep(states, at, place) {
      states[at + place] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      for (let p = 0; p < places; p++) {
        const from = maskAt + p * letters;
        mask.fill(states[at + p] === 0 ? 1 : 0, from, from + letters);
      }
    },
    backwardMask(states, at, mask, maskAt) {
      for (let p = 0; p < places; p++) mask[maskAt + p] = states[at + p] === 0 ? 0 : 1;
    },
    backwardOf: (_states, _at, action) => Math.floor(action / letters),
    forwardOf: (states, at, place) => place * letters + states[at + place]! - 1,
  } satisfies Partial<Environment>;

  const append = {
    forwardActions: letters,
    backwardActions: 1,
    step(states, at, word) {
      states[at + count(states, at)] = 1 + word;
    },
    unstep(states, at) {
      states[at + count(states, at) - 1] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      mask.fill(states[at + places - 1] === 0 ? 1 : 0, maskAt, maskAt + letters);
    },
    backwardMask(states, at, mask, maskAt) {
      mask[maskAt] = states[at] === 0 ? 0 : 1;
    },
    backwardOf: () => 0,
    forwardOf: (states, at) => states[at + count(states, at) - 1]! - 1,
  } satisfies Partial<Environment>;

  const enumeration = anywhere ? listPlaces(places, letters) : listPrefixes(places, letters);
  return {
    ...shared,
    ...(anywhere ? anyPosition : append),
    ...(enumeration.size <= Number.MAX_SAFE_INTEGER && { enumeration }),
  };
}

/** Every place empty or written: numbers in base 1 + letters, the first place most significant. */
function listPlaces(places: number, letters: number): Enumeration {
  const base = letters + 1;
  return {
    size: base ** places,
    index(states, at) {
      let index = 0;
      for (let p = 0; p < places; p++) index = base * index + states[at + p]!;
      return index;
    },
    state(index, states, at) {
      for (let p = places - 1; p >= 0; p--, index = Math.floor(index / base)) {
        states[at + p] = index % base;
      }
    },
  };
}

/** Sequences by length, then in order: each is letters times its parent, plus 1 + its last word. */
function listPrefixes(places: number, letters: number): Enumeration {
  return {
    size: (letters ** (places + 1) - 1) / (letters - 1),
    index(states, at) {
      let index = 0;
      for (let p = 0; p < places && states[at + p] !== 0; p++) {
        index = letters * index + states[at + p]!;
      }
      return index;
    },
    state(index, states, at) {
      states.fill(0, at, at + places);
      let filled = 0;
      for (let rest = index; rest > 0; rest = Math.floor((rest - 1) / letters)) filled++;
      for (let p = filled - 1; p >= 0; p--, index = Math.floor((index - 1) / letters)) {
        states[at + p] = 1 + (index - 1) % letters;
      }
    },
  };
}

export default {
  apiVersion: 1,
  name: "bitseq",
  summary: "bit sequences near to hidden ones, written in order or anywhere",
  source:
    "Malkin et al. 2022, arXiv:2201.13259, section 5.3; in the encodings of gfnx and torchgfn",
  config,
  create,
} satisfies EnvironmentPlugin;

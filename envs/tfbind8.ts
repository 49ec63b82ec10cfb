/**
 * TFBind8: DNA strings of eight letters, written from left to right, rewarded for how well the
 * transcription factor SIX6 binds to them; all 65,536 were measured (Barrera et al. 2016).
 *
 * R(x) = max(scale s(x)^e / max s^e, min), the score s in [0, 1]. The scores shipped are those of
 * SIX6_REF_R1; a file of others takes their place, of another factor, or of shorter strings.
 *
 * Forward action a writes letter a, the one backward action takes the last one off. No stop action. A
 * word is 0 where there is no letter yet, else 1 + a, in the order ACGT.
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
  length: { int: [1, 10], default: 8, help: "letters of a string; 8 with the scores shipped" },
  scores: {
    file: "JSON: a list of the scores of all 4^length strings, AA... first",
    default: null,
    help: "file of scores, in place of those shipped",
  },
  exponent: { number: [0, 100], default: 3, help: "e, power of the score" },
  scale: { number: [1e-6, 1e6], default: 10, help: "largest reward" },
  minReward: { number: [0, 1e6], default: 1e-3, help: "smallest reward" },
  modes: {
    file: "a string a line",
    default: null,
    help: "file of the strings that count as modes; none without it",
  },
} as const satisfies OptionSpecs;

const LETTERS = "ACGT", A = LETTERS.length;

/** The scores shipped. */
async function shipped(): Promise<Float64Array> {
  const { base64 } = await import("./data/tfbind8.ts");
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

function fromFile(bytes: Uint8Array, count: number, tools: EnvironmentTools): Float64Array {
  let found: unknown = null;
  try {
    found = JSON.parse(tools.text(bytes));
  } catch { /* what is no JSON is no list */ }
  const isTable = Array.isArray(found) && found.length === count &&
    found.every((x) => Number.isFinite(x) && x >= 0) && found.some((x) => x > 0);
  if (!isTable) {
    tools.fail(`scores is no JSON list of ${count} numbers of at least 0, one above it`);
  }
  return Float64Array.from(found as number[]);
}

function modesOf(bytes: Uint8Array, length: number, tools: EnvironmentTools): Set<string> {
  const lines = tools.text(bytes).split(/\s+/).filter((line) => line !== "");
  const odd = lines.find((line) => !/^[ACGT]+$/.test(line) || line.length !== length);
  if (odd !== undefined || lines.length === 0) {
    tools.fail(`modes holds ${odd ?? "nothing"}, want lines of ${length} letters ${LETTERS}`);
  }
  return new Set(lines);
}

async function create(
  options: OptionsOf<typeof config>,
  tools: EnvironmentTools,
): Promise<Environment> {
  const { length: n, exponent, scale, minReward } = options;
  if (options.scores === null && n !== 8) {
    tools.fail(`length is ${n}, want 8 with the scores shipped`);
  }
  const scores = options.scores === null
    ? await shipped()
    : fromFile(options.scores, A ** n, tools);
  const best = scores.reduce((a, b) => Math.max(a, b), 0);
  const logRewards = scores.map((s) =>
    Math.log(Math.max(scale * (s / best) ** exponent, minReward))
  );
  const modes = options.modes === null ? null : modesOf(options.modes, n, tools);

  function count(states: Int32Array, at: number): number {
    let letters = 0;
    while (letters < n && states[at + letters] !== 0) letters++;
    return letters;
  }
  function text(states: Int32Array, at: number): string {
    let letters = "";
    for (let i = 0; i < n && states[at + i] !== 0; i++) letters += LETTERS[states[at + i]! - 1];
    return letters;
  }

  return {
    stateWords: n,
    forwardActions: A,
    backwardActions: 1,
    stopAction: null,
    maxTrajectory: n,
    observation: {
      kind: "categorical",
      sizes: new Array<number>(n).fill(A + 1),
      write(states, at, out, outAt) {
        for (let i = 0; i < n; i++) out[outAt + i] = states[at + i]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + n);
    },
    step(states, at, letter) {
      states[at + count(states, at)] = 1 + letter;
    },
    unstep(states, at) {
      states[at + count(states, at) - 1] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      mask.fill(states[at + n - 1] === 0 ? 1 : 0, maskAt, maskAt + A);
    },
    backwardMask(states, at, mask, maskAt) {
      mask[maskAt] = states[at] === 0 ? 0 : 1;
    },
    backwardOf: () => 0,
    forwardOf: (states, at) => states[at + count(states, at) - 1]! - 1,
    logReward(states, rows, out) {
      for (let x = 0; x < rows; x++) {
        let index = 0;
        for (let i = 0; i < n; i++) index = A * index + states[x * n + i]! - 1;
        out[x] = logRewards[index]!;
      }
    },
    ...(modes && { isMode: (states, at) => modes.has(text(states, at)) }),
    text: (states, at) => text(states, at) || "(empty)",
    // Strings by length, then in order: each is A times its parent, plus 1 + its last letter.
    enumeration: {
      size: (A ** (n + 1) - 1) / (A - 1),
      index(states, at) {
        let index = 0;
        for (let i = 0; i < n && states[at + i] !== 0; i++) index = A * index + states[at + i]!;
        return index;
      },
      state(index, states, at) {
        states.fill(0, at, at + n);
        let letters = 0;
        for (let rest = index; rest > 0; rest = Math.floor((rest - 1) / A)) letters++;
        for (let i = letters - 1; i >= 0; i--, index = Math.floor((index - 1) / A)) {
          states[at + i] = 1 + (index - 1) % A;
        }
      },
    },
  };
}

export default {
  apiVersion: 1,
  name: "tfbind8",
  summary: "DNA strings of eight letters that a transcription factor binds to",
  source: "Barrera et al. 2016, Science 351:1450; rewards as gfnx, arXiv:2511.16592",
  config,
  create,
} satisfies EnvironmentPlugin;

/**
 * Sequences of letters, written from left to right: an alphabet and a table of rewards of one's own, with
 * no code.
 *
 * Rewards come from a file with a line "string,reward" each, or, without one, from motifs over the alphabet:
 * log R = weight times the places at which one of them begins.
 *
 * Forward action a writes letter a; the one backward action takes the last letter off. With `variable`
 * the action after the letters stops, from the empty string on; a string of the full length ends by
 * itself. The words are 1 + a, 0 where there is none, and behind them their number.
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
  alphabet: { string: { maxLength: 512 }, default: "abc", help: "letters, each a character" },
  length: { int: [1, 1024], default: 6, help: "letters of a string; at most so many if variable" },
  variable: { boolean: true, default: false, help: "whether strings may stop earlier" },
  rewards: {
    file: "lines of a string, a comma and its reward",
    default: null,
    help: "file of rewards, in place of motifs",
  },
  other: { number: [0, 1e12], default: 0, help: "reward of a string that is not in the file" },
  motifs: {
    string: { maxLength: 4096 },
    default: null,
    help:
      "strings to contain, with commas between; the first three letters, twice each, unless given",
  },
  weight: { number: [-100, 100], default: 1, help: "log R of a motif, each time that it occurs" },
} as const satisfies OptionSpecs;

/** log R of a string. */
type Score = (text: string) => number;

function ofTable(
  bytes: Uint8Array,
  letters: readonly string[],
  options: OptionsOf<typeof config>,
  tools: EnvironmentTools,
): Score {
  const { length, variable, other } = options, table = new Map<string, number>();
  tools.text(bytes).split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    const comma = line.lastIndexOf(",");
    const text = line.slice(0, Math.max(comma, 0)).trim(), cell = line.slice(comma + 1).trim();
    const fail = (want: string) =>
      tools.fail(`line ${i + 1} of rewards is "${line}", want ${want}`);
    const reward = Number(cell), chars = Array.from(text);
    if (comma < 0 || cell === "" || !(reward >= 0 && reward < Infinity)) {
      fail("a string, a comma and a reward of at least 0");
    }
    if (chars.length > length || (chars.length < length && !variable)) {
      fail(`a string of ${variable ? "at most " : ""}${length} letters`);
    }
    const odd = chars.find((char) => !letters.includes(char));
    if (odd !== undefined) fail(`letters of the alphabet, not ${odd}`);
    if (table.has(text)) fail("each string once");
    table.set(text, Math.log(reward));
  });
  const rest = Math.log(other);
  return (text) => table.get(text) ?? rest;
}

function ofMotifs(
  { alphabet, motifs, weight }: OptionsOf<typeof config>,
  letters: readonly string[],
  tools: EnvironmentTools,
): Score {
  const wanted = motifs === null
    ? letters.slice(0, 3).map((letter) => letter + letter)
    : motifs.split(",").map((motif) => motif.trim()).filter((motif) => motif !== "");
  for (const motif of wanted) {
    const odd = Array.from(motif).find((char) => !letters.includes(char));
    if (odd !== undefined) {
      tools.fail(`motifs has "${odd}" in ${motif}, want letters of the alphabet "${alphabet}"`);
    }
  }
  return (text) => {
    let count = 0;
    for (const motif of wanted) {
      for (let i = text.indexOf(motif); i >= 0; i = text.indexOf(motif, i + 1)) count++;
    }
    return weight * count;
  };
}

function create(options: OptionsOf<typeof config>, tools: EnvironmentTools): Environment {
  const { length: n, variable, rewards } = options;
  const letters = Array.from(options.alphabet), A = letters.length;
  const odd = letters.find((char, i) => /[\s,]/.test(char) || letters.indexOf(char) !== i);
  if (A === 0 || odd !== undefined) {
    tools.fail(`alphabet is "${options.alphabet}", want different characters, no blank or comma`);
  }
  const score = rewards === null
    ? ofMotifs(options, letters, tools)
    : ofTable(rewards, letters, options, tools);
  const W = n + 1, stop = variable ? A : null;
  const listed = A === 1 ? n + 1 : (A ** (n + 1) - 1) / (A - 1);
  const textOf = (states: Int32Array, at: number) => {
    let text = "";
    for (let i = 0, count = states[at + n]!; i < count; i++) text += letters[states[at + i]! - 1];
    return text;
  };

  return {
    stateWords: W,
    forwardActions: variable ? A + 1 : A,
    backwardActions: 1,
    stopAction: stop,
    maxTrajectory: n,
    observation: {
      kind: "tokens",
      length: n,
      vocabulary: A + 1,
      write(states, at, out, outAt) {
        for (let i = 0; i < n; i++) out[outAt + i] = states[at + i]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + W);
    },
    step(states, at, letter) {
      states[at + states[at + n]!++] = 1 + letter;
    },
    unstep(states, at) {
      states[at + --states[at + n]!] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      mask.fill(states[at + n]! < n ? 1 : 0, maskAt, maskAt + (variable ? A + 1 : A));
    },
    backwardMask(states, at, mask, maskAt) {
      mask[maskAt] = states[at + n]! > 0 ? 1 : 0;
    },
    backwardOf: () => 0,
    forwardOf: (states, at) => states[at + states[at + n]! - 1]! - 1,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) out[x] = score(textOf(states, x * W));
    },
    text: (states, at) => textOf(states, at) || "(empty)",
    // Strings by length, then in order: each is A times its parent, plus 1 + its last letter.
    ...(listed <= Number.MAX_SAFE_INTEGER && {
      enumeration: {
        size: listed,
        index(states, at) {
          let index = 0;
          for (let i = 0, count = states[at + n]!; i < count; i++) {
            index = A * index + states[at + i]!;
          }
          return index;
        },
        state(index, states, at) {
          states.fill(0, at, at + W);
          let count = 0;
          for (let rest = index; rest > 0; rest = Math.floor((rest - 1) / A)) count++;
          states[at + n] = count;
          for (let i = count - 1; i >= 0; i--, index = Math.floor((index - 1) / A)) {
            states[at + i] = 1 + (index - 1) % A;
          }
        },
      },
    }),
  };
}

export default {
  apiVersion: 1,
  name: "sequence",
  summary: "strings over an alphabet of your own, with rewards from a file or for motifs",
  source: "the append convention of torchgfn and gfnx",
  config,
  create,
} satisfies EnvironmentPlugin;

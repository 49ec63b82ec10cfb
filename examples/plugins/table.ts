/**
 * Strings of one length whose rewards stand in a file, "string,reward" a line:
 * `gfn train examples/plugins/table.ts --set env.rewards=examples/plugins/table.csv`.
 */
import type {
  Environment,
  EnvironmentPlugin,
  EnvironmentTools,
  OptionsOf,
  OptionSpecs,
} from "../../mod.ts";

const config = {
  rewards: {
    file: "lines of a string, a comma and its reward",
    default: null,
    help: "CSV file of rewards",
  },
  other: { number: [0, 1e6], default: 0, help: "reward of a string that is not in the file" },
} as const satisfies OptionSpecs;

function create(
  { rewards, other }: OptionsOf<typeof config>,
  tools: EnvironmentTools,
): Environment {
  if (rewards === null) tools.fail("rewards is not set, want a CSV file");
  const table = new Map<string, number>();
  tools.text(rewards).split("\n").forEach((line, i) => {
    const [text = "", reward = ""] = line.split(",").map((cell) => cell.trim());
    if (text === "") return;
    const value = Number(reward);
    if (!(value >= 0) || reward === "") {
      tools.fail(`line ${i + 1} of rewards is "${line}", want a string, a comma and a reward`);
    }
    table.set(text, value);
  });
  const alphabet = [...new Set([...table.keys()].join(""))].sort();
  const lengths = new Set([...table.keys()].map((text) => text.length));
  if (lengths.size !== 1) tools.fail(`rewards holds strings of ${lengths.size} lengths, want one`);
  const n = [...lengths][0]!, letters = alphabet.length;
  const filled = (states: Int32Array, at: number) => {
    let count = 0;
    while (count < n && states[at + count] !== 0) count++;
    return count;
  };
  const textOf = (states: Int32Array, at: number) =>
    Array.from(states.subarray(at, at + filled(states, at)), (word) => alphabet[word - 1]).join("");
  return {
    stateWords: n,
    forwardActions: letters,
    backwardActions: 1,
    stopAction: null,
    maxTrajectory: n,
    observation: {
      kind: "tokens",
      length: n,
      vocabulary: letters + 1,
      write(states, at, out, outAt) {
        for (let i = 0; i < n; i++) out[outAt + i] = states[at + i]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + n);
    },
    step(states, at, letter) {
      states[at + filled(states, at)] = letter + 1;
    },
    unstep(states, at) {
      states[at + filled(states, at) - 1] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      mask.fill(filled(states, at) < n ? 1 : 0, maskAt, maskAt + letters);
    },
    backwardMask(states, at, mask, maskAt) {
      mask[maskAt] = filled(states, at) > 0 ? 1 : 0;
    },
    backwardOf: () => 0,
    forwardOf: (states, at) => states[at + filled(states, at) - 1]! - 1,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) out[x] = Math.log(table.get(textOf(states, x * n)) ?? other);
    },
    text: (states, at) => textOf(states, at) || "(empty)",
  };
}

export default {
  apiVersion: 1,
  name: "table",
  summary: "strings of one length with rewards from a file",
  source: "example of a data file",
  config,
  create: create as EnvironmentPlugin["create"],
} satisfies EnvironmentPlugin;

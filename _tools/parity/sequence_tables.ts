/**
 * How the entries of sequences with tables are checked: the layouts of TFBind8, QM9-small and AMP, small
 * and in their own sizes.
 *
 * @module
 */
import { base64 as qm9Scores } from "../../envs/data/qm9_small.ts";
import qm9Small from "../../envs/qm9_small.ts";
import sequence from "../../envs/sequence.ts";
import tfbind8 from "../../envs/tfbind8.ts";
import { type HostedEnvironment, openEnvironment } from "../../plugins/open.ts";
import { type Check, DOUBLE, EXACT } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";
import type { SequenceKind } from "./sequence_envs.ts";
import { listedRewards, logRewards } from "./trajectories.ts";

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** Letters for as many characters as an entry has. */
function letters(entry: Fixture): string {
  const count = entry.at("nChars").whole(1);
  const all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  if (count > all.length) {
    throw malformed(entry.at("nChars").path, `${count}`, `at most ${all.length}`);
  }
  return all.slice(0, count);
}

/** `rewards` in the order of the strings, and log Z. */
async function checkTable(
  entry: Fixture,
  environment: HostedEnvironment,
  check: Check,
): Promise<void> {
  const { logReward, logZ } = await listedRewards(environment);
  check.equal(logReward.map((logR) => Math.exp(logR)), entry.at("rewards"), DOUBLE);
  check.equal(logZ, entry.at("logZ"), DOUBLE);
}

const TABLE_KEYS = ["rawValues", "rewardExponent", "rewardScale", "minReward", "rewards", "logZ"];

/** The environment's own letters are those of the entry, in order. */
function checkAlphabet(entry: Fixture, environment: HostedEnvironment, check: Check): void {
  const found = entry.at("alphabet").list().map((_, letter) => {
    const state = new Int32Array(environment.stateWords);
    state[0] = 1 + letter;
    return environment.text!(state, 0);
  });
  check.equal(found, entry.at("alphabet"), EXACT);
}

async function checkSamples(
  entry: Fixture,
  environment: HostedEnvironment,
  check: Check,
): Promise<void> {
  const bytes = Uint8Array.fromBase64(qm9Scores), view = new DataView(bytes.buffer);
  const score = (index: number) => view.getFloat32(4 * index, true);
  const letters = entry.at("alphabet").list().map((letter) => letter.text());
  const rawMax = entry.at("rawMax"), strings = bytes.length / 4;
  let best = -Infinity;
  for (let i = 0; i < strings; i++) best = Math.max(best, score(i));
  check.equal(best, rawMax, DOUBLE);
  for (const sample of entry.at("samples").list()) {
    const words = Array.from(sample.at("string").text(), (char) => 1 + letters.indexOf(char));
    const index = words.reduce((sum, word) => letters.length * sum + word - 1, 0);
    const [logReward] = await logRewards(environment, [Int32Array.from(words)]);
    check.equal(index, sample.at("index"), EXACT);
    check.equal(score(index), sample.at("raw"), DOUBLE);
    check.equal(logReward!, sample.at("logReward"), DOUBLE);
    check.equal(Math.exp(logReward!), sample.at("reward"), DOUBLE);
  }
  // What the trajectories end with: rawReward, beside the log reward that they all are checked for.
  for (const trajectory of entry.at("trajectories").list()) {
    const words = trajectory.at("states").list().at(-1)!.indices();
    const index = words.reduce((sum, token) => letters.length * sum + token, 0);
    check.equal(score(index), trajectory.at("rawReward"), DOUBLE);
  }
  check.equal((await listedRewards(environment)).logZ, entry.at("logZ"), DOUBLE);
}

/** Of four letters it is tfbind8 with scores of its own; of others, a sequence with the rewards computed. */
function openAppendFixed(entry: Fixture): Promise<HostedEnvironment> {
  const length = entry.at("maxLength").whole(1), raw = entry.at("rawValues").numbers();
  const exponent = entry.at("rewardExponent").number(), scale = entry.at("rewardScale").number();
  const minReward = entry.at("minReward").number(), alphabet = letters(entry);
  if (alphabet.length === 4) {
    const options = { length, scores: json(raw), exponent, scale, minReward, modes: null };
    return openEnvironment(tfbind8, options);
  }
  const best = raw.reduce((a, b) => Math.max(a, b)) ** exponent;
  const lines = raw.map((value, index) => {
    let text = "";
    for (let i = 0; i < length; i++, index = Math.floor(index / alphabet.length)) {
      text = alphabet[index % alphabet.length] + text;
    }
    return `${text},${Math.max(value ** exponent * scale / best, minReward)}`;
  });
  return openEnvironment(sequence, {
    ...{ alphabet, length, variable: false, other: 0, motifs: "", weight: 1 },
    rewards: new TextEncoder().encode(lines.join("\n")),
  });
}

/** By name and library. */
export const tableSequences: Readonly<Record<string, SequenceKind>> = {
  "append-fixed (TFBind8 layout), gfnx": {
    keys: TABLE_KEYS,
    open: openAppendFixed,
    more: checkTable,
  },
  "TFBind8, gfnx": {
    keys: ["alphabet"],
    open: () =>
      openEnvironment(tfbind8, {
        ...{ length: 8, scores: null, exponent: 3, scale: 10, minReward: 1e-3, modes: null },
      }),
    more: (entry, environment, check) => Promise.resolve(checkAlphabet(entry, environment, check)),
  },
  "prepend-append (QM9-small layout), gfnx": {
    keys: TABLE_KEYS,
    open: (entry) =>
      openEnvironment(qm9Small, {
        length: entry.at("maxLength").whole(1),
        blocks: entry.at("nChars").whole(2),
        scores: json(entry.at("rawValues").numbers()),
        exponent: entry.at("rewardExponent").number(),
        scale: entry.at("rewardScale").number(),
        minScore: entry.at("minReward").number(),
      }),
    more: checkTable,
  },
  "QM9Small, gfnx": {
    keys: [
      ...["alphabet", "rewardExponent", "rewardScale", "minReward", "rawMax", "logZ", "samples"],
    ],
    trajectoryKeys: ["rawReward"],
    open: (entry) =>
      openEnvironment(qm9Small, {
        ...{ length: 5, blocks: 11, scores: null },
        exponent: entry.at("rewardExponent").number(),
        scale: entry.at("rewardScale").number(),
        minScore: entry.at("minReward").number(),
      }),
    async more(entry, environment, check) {
      checkAlphabet(entry, environment, check);
      await checkSamples(entry, environment, check);
    },
  },
  "append-variable (AMP layout), gfnx": {
    keys: ["stopAction"],
    open: (entry) =>
      openEnvironment(sequence, {
        alphabet: letters(entry),
        length: entry.at("maxLength").whole(1),
        variable: true,
        ...{ rewards: null, other: 0, motifs: "", weight: 1 },
      }),
    more: (entry, environment, check) =>
      Promise.resolve(check.equal(environment.stopAction, entry.at("stopAction"), EXACT)),
  },
};

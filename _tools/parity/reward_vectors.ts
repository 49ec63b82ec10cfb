/**
 * Rewards of whole objects under the tables and the network that environments ship, as gfnx has computed
 * them in float32.
 *
 * @module
 */
import amp from "../../envs/amp.ts";
import { base64 as qm9Scores } from "../../envs/data/qm9_small.ts";
import { base64 as tfbind8Scores } from "../../envs/data/tfbind8.ts";
import qm9Small from "../../envs/qm9_small.ts";
import tfbind8 from "../../envs/tfbind8.ts";
import type { EnvironmentPlugin, OptionValues } from "../../plugins/contract.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { type Check, DOUBLE, EXACT, type FileReport, FLOAT, type Tolerance } from "./check.ts";
import { type Fixture, malformed } from "./fixture.ts";
import { logRewards } from "./trajectories.ts";

/** What one operation in float32 on numbers of doubles leaves. */
const FLOAT32: Tolerance = { absolute: 1e-6, relative: 1e-6 };

/** How the objects of an environment are read. */
interface Source {
  plugin: EnvironmentPlugin;
  options: OptionValues;
  letters: string;
  /** The table of scores, one for each string. */
  scores: string | null;
}

const sources: Readonly<Record<string, Source>> = {
  "tfbind8": {
    plugin: tfbind8,
    options: { length: 8, scores: null, exponent: 3, scale: 10, minReward: 1e-3, modes: null },
    letters: "ACGT",
    scores: tfbind8Scores,
  },
  "qm9-small": {
    plugin: qm9Small,
    options: { length: 5, blocks: 11, scores: null, exponent: 5, scale: 100, minScore: 1e-3 },
    letters: "0123456789a",
    scores: qm9Scores,
  },
  "amp": {
    plugin: amp,
    options: { length: 60, exponent: 1, minReward: 1e-6 },
    letters: "ARNDCEQGHILKMFPSTWYV",
    scores: null,
  },
};

const KEYS = [
  ...["env", "library", "strings", "index", "raw", "logit", "logitFloat64"],
  ...["reward", "logReward"],
];

/** Checks every environment of the file. */
export async function checkRewardVectors(fixture: Fixture, report: FileReport): Promise<void> {
  report.leaveOutKeys(fixture, ["kind", "envs"]);
  for (const entry of fixture.at("envs").list()) {
    const name = entry.at("env").text();
    const source = Object.hasOwn(sources, name) ? sources[name]! : null;
    if (source === null) {
      report.leaveOut(name);
      continue;
    }
    report.leaveOutKeys(entry, KEYS);
    const count = entry.at("strings").list().length;
    await report.case(`${name} ${count} rewards`, (check) => checkEntry(entry, source, check));
  }
}

async function checkEntry(
  entry: Fixture,
  { plugin, options, letters, scores }: Source,
  check: Check,
): Promise<void> {
  const environment = await openEnvironment(plugin, options), W = environment.stateWords;
  const strings = entry.at("strings").list().map((string) => {
    const tokens = Array.from(string.text(), (char) => letters.indexOf(char));
    if (!tokens.includes(-1) && tokens.length <= environment.maxTrajectory) return tokens;
    throw malformed(string.path, string.text(), `letters of ${letters}`);
  });
  const states = strings.map((tokens) => {
    const state = new Int32Array(W);
    tokens.forEach((token, i) => state[i] = 1 + token);
    // Where strings may be long their number of tokens is kept as a last word.
    if (W > environment.maxTrajectory) state[W - 1] = tokens.length;
    return state;
  });
  const logReward = await logRewards(environment, states);
  check.equal(logReward, entry.at("logReward"), FLOAT32);
  check.equal(logReward.map((logR) => Math.exp(logR)), entry.at("reward"), FLOAT32);
  if (scores === null) {
    const logits = logReward.map((logR) => logR - Math.log1p(-Math.exp(logR)));
    check.equal(logits, entry.at("logitFloat64"), DOUBLE);
    check.equal(logits, entry.at("logit"), FLOAT);
    return;
  }
  const view = new DataView(Uint8Array.fromBase64(scores).buffer);
  const indices = strings.map((tokens) =>
    tokens.reduce((sum, token) => letters.length * sum + token, 0)
  );
  check.equal(indices, entry.at("index"), EXACT);
  check.equal(indices.map((i) => view.getFloat32(4 * i, true)), entry.at("raw"), EXACT);
}

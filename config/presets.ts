/**
 * Published settings of benchmarks, by name: `--set preset=tfbind8-gfnx`. A preset is the first of all
 * settings, so that any other changes it.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { wantOneOf } from "./near_name.ts";
import type { SettingsTree } from "./overrides.ts";

/** Settings that somebody published. */
export interface Preset {
  /** One line for `gfn list presets`. */
  summary: string;
  /** Where they are from. */
  source: string;
  /** What of it is not so here, and why; empty where nothing is. */
  differs: string;
  settings: SettingsTree;
}

const GFNX = "gfnx 068316d, baselines/configs";
const gfnx = (file: string) => `${GFNX}/${file}.yaml`;
/** What all of gfnx's baselines share: no clipping, one learned P_B beside P_F. */
const joint = { backward: "learned", policy: { trunk: "shared" }, gradClip: "off" } as const;
const grid = { name: "hypergrid", dims: 4, side: 20, preset: "easy" };
const mlp = { hidden: [256, 256] };
const longRun = { steps: 62_500, eval: { every: 500 } };
const bits = { name: "bitseq", length: 120, word: 8, hidden: "gfnx", exponent: 3, radius: 29 };
const sequence = { network: "transformer", transformer: { reads: "positions" }, lr: 1e-3 } as const;
const few = { epsilon: 1e-3 };
const STRINGS =
  "a hidden layer less, since gfnx's third layer of 256 is linear, and another code for empty places; TV is exact, not of the last samples";
const POSITIONS = "sinusoids of positions are where the learned ones begin, and are trained";

const PAPER_OWN = "ours: those of arXiv:2606.15793, App. G for the grid, on another environment";
const PAPER_DIFFERS = "what the paper set here is not known to us";
const paperRun = { policy: { ...mlp, lr: 1e-3 }, steps: 10_000, eval: { every: 250 } };

/** All presets. */
export const presets: Readonly<Record<string, Preset>> = {
  "hypergrid-ent-ppo": {
    summary: "the paper's grid with Ent-PPO: 500,000 trajectories",
    source: "arXiv:2606.15793, App. G",
    differs: "",
    settings: {
      env: grid,
      objective: { name: "ent-ppo", epochs: 4, lambda: 0.7, clip: 0.2 },
      policy: { ...mlp, lr: 1e-3 },
      critic: { epochs: 4, minibatches: 2 },
      steps: 31_250,
      eval: { every: 1250 },
    },
  },
  "hypergrid-gfnx": {
    summary: "gfnx's TB on the grid of four dimensions, exploration ending after 30,000 steps",
    source: gfnx("tb_hypergrid"),
    differs: "TV is exact, not of the last 200,000 samples",
    settings: {
      ...joint,
      ...longRun,
      env: grid,
      objective: { name: "tb" },
      policy: { ...joint.policy, ...mlp, lr: 1e-3 },
      explore: { epsilon: 0.1, epsilonEnd: 0, over: 30_000 },
    },
  },
  "hypergrid-gfnx-db": {
    summary: "gfnx's DB on the grid of four dimensions",
    source: gfnx("db_hypergrid"),
    differs: "TV is exact, not of the last 200,000 samples",
    settings: {
      ...joint,
      ...longRun,
      env: grid,
      objective: { name: "db", regression: "half-square" },
      policy: { ...joint.policy, ...mlp, lr: 1e-3 },
    },
  },
  "hypergrid-gfnx-subtb": {
    summary: "gfnx's SubTB on a grid of 5x5",
    source: gfnx("subtb_hypergrid"),
    differs: "TV is exact, not of the last samples",
    settings: {
      ...joint,
      env: { ...grid, dims: 2, side: 5 },
      objective: { name: "subtb", lambda: 1 },
      policy: { ...joint.policy, hidden: [128, 128], lr: 1e-3 },
      steps: 62_500,
      eval: { every: 100 },
    },
  },
  "hypergrid-gfnx-soft-dqn": {
    summary: "gfnx's dueling soft DQN on a grid of 10x10",
    source: gfnx("soft_dqn_hypergrid"),
    differs: "TV is exact, not of the last samples",
    settings: {
      env: { ...grid, dims: 2, side: 10 },
      objective: { name: "soft-dqn", head: "dueling", exitWeight: 5, regression: "huber" },
      policy: { ...mlp, lr: 1e-3 },
      target: { every: 1, rate: 0.25 },
      explore: few,
      gradClip: "off",
      seed: 1,
      steps: 62_500,
    },
  },
  "bitseq-gfnx": {
    summary: "gfnx's TB on 120 bits in words of 8, written anywhere, with its Transformer",
    source: gfnx("tb_bitseq"),
    differs: POSITIONS,
    settings: {
      env: bits,
      objective: { name: "tb" },
      policy: sequence,
      logZ: { lr: 0.05 },
      explore: few,
      weightDecay: 1e-5,
      gradClip: "off",
      steps: 50_000,
      eval: { every: 1000, samples: 500 },
    },
  },
  "bitseq-gfnx-db": {
    summary: "gfnx's DB on the same bits",
    source: gfnx("db_bitseq"),
    differs: POSITIONS,
    settings: {
      env: bits,
      objective: { name: "db", regression: "half-square" },
      policy: { ...sequence, trunk: "shared" },
      explore: few,
      weightDecay: 1e-5,
      gradClip: "off",
      steps: 50_000,
      eval: { every: 2000, samples: 500 },
    },
  },
  "bitseq-gfnx-subtb": {
    summary: "gfnx's SubTB on the same bits, long parts weighing most",
    source: gfnx("subtb_bitseq"),
    differs: POSITIONS,
    settings: {
      env: bits,
      objective: { name: "subtb", lambda: 1.9 },
      policy: { ...sequence, trunk: "shared", lr: 5e-4 },
      explore: few,
      weightDecay: 1e-5,
      gradClip: "off",
      steps: 50_000,
      eval: { every: 1000, samples: 500 },
    },
  },
  "tfbind8-paper": {
    summary: "strings of DNA as `gfn paper tfbind8` compares objectives on them",
    source: PAPER_OWN,
    differs: PAPER_DIFFERS,
    settings: { env: { name: "tfbind8" }, objective: { name: "ent-ppo" }, ...paperRun },
  },
  "qm9-small-paper": {
    summary: "strings of molecular blocks as `gfn paper qm9` compares objectives on them",
    source: PAPER_OWN,
    differs: PAPER_DIFFERS,
    settings: { env: { name: "qm9-small" }, objective: { name: "ent-ppo" }, ...paperRun },
  },
  "tfbind8-gfnx": {
    summary: "gfnx's TB on DNA strings of eight letters",
    source: gfnx("tb_tfbind"),
    differs: STRINGS,
    settings: {
      ...joint,
      env: { name: "tfbind8" },
      objective: { name: "tb" },
      policy: { ...joint.policy, ...mlp, lr: 5e-4 },
      logZ: { lr: 0.05 },
      explore: { epsilon: 1, epsilonEnd: 0, over: 50_000 },
      steps: 1_000_000,
      eval: { every: 1000 },
      log: { every: 1000 },
      checkpoint: { every: 1000 },
    },
  },
  "tfbind8-gfnx-db": {
    summary: "gfnx's DB on DNA strings of eight letters",
    source: gfnx("db_tfbind"),
    differs: STRINGS,
    settings: {
      env: { name: "tfbind8" },
      objective: { name: "db", regression: "half-square" },
      policy: { ...mlp, trunk: "shared", lr: 5e-4 },
      gradClip: "off",
      steps: 1_000_000,
      eval: { every: 1000 },
      log: { every: 1000 },
      checkpoint: { every: 1000 },
    },
  },
  "tfbind8-gfnx-subtb": {
    summary: "gfnx's SubTB on DNA strings of eight letters",
    source: gfnx("subtb_tfbind"),
    differs: STRINGS,
    settings: {
      ...joint,
      env: { name: "tfbind8" },
      objective: { name: "subtb", lambda: 1 },
      policy: { ...joint.policy, ...mlp, lr: 1e-3 },
      explore: { epsilon: 1, epsilonEnd: 0, over: 50_000 },
      steps: 1_000_000,
      eval: { every: 500 },
      log: { every: 1000 },
      checkpoint: { every: 1000 },
    },
  },
  "qm9-small-gfnx": {
    summary: "gfnx's TB on strings of five molecular blocks",
    source: gfnx("tb_qm9_small"),
    differs: STRINGS,
    settings: {
      ...joint,
      env: { name: "qm9-small" },
      objective: { name: "tb" },
      policy: { ...joint.policy, ...mlp, lr: 5e-4 },
      logZ: { lr: 0.05 },
      steps: 1_000_000,
      eval: { every: 1000 },
      log: { every: 1000 },
      checkpoint: { every: 1000 },
    },
  },
  "qm9-small-gfnx-db": {
    summary: "gfnx's DB on strings of five molecular blocks",
    source: gfnx("db_qm9_small"),
    differs: STRINGS,
    settings: {
      env: { name: "qm9-small" },
      objective: { name: "db", regression: "half-square" },
      policy: { ...mlp, trunk: "shared", lr: 3e-4 },
      gradClip: "off",
      steps: 1_000_000,
      eval: { every: 1000 },
      log: { every: 1000 },
      checkpoint: { every: 1000 },
    },
  },
  "amp-gfnx": {
    summary: "gfnx's TB on peptides of up to 60 amino acids, log Z from 150",
    source: gfnx("tb_amp"),
    differs:
      "attention is causal and reads the amino acids that are there, gfnx's reads all places and pools them",
    settings: {
      ...joint,
      env: { name: "amp", exponent: 1, minReward: 1e-6 },
      objective: { name: "tb" },
      policy: { ...joint.policy, network: "transformer", lr: 1e-3 },
      logZ: { initial: 150, lr: 0.64 },
      explore: { epsilon: 1e-2 },
      weightDecay: 1e-4,
      steps: 20_000,
      eval: { every: 500, samples: 500 },
    },
  },
  "amp-gfnx-db": {
    summary: "gfnx's DB on peptides of up to 60 amino acids",
    source: gfnx("db_amp"),
    differs:
      "attention is causal and reads the amino acids that are there, gfnx's reads all places and pools them",
    settings: {
      env: { name: "amp", exponent: 1, minReward: 1e-6 },
      objective: { name: "db", regression: "half-square" },
      policy: { network: "transformer", trunk: "shared", lr: 1e-3 },
      gradClip: "off",
      steps: 20_000,
      eval: { every: 500, samples: 500 },
    },
  },
};

/**
 * The settings of a preset.
 *
 * @throws {GfnError} `E_CONFIG_VALUE` when that is no name, `E_PRESET` when there is none of that name
 */
export function presetSettings(name: unknown): SettingsTree {
  if (typeof name !== "string") {
    throw usageError(
      "E_CONFIG_VALUE",
      `Cannot use the setting preset: found ${
        JSON.stringify(name)
      }, want a name that \`gfn list presets\` has`,
    );
  }
  if (Object.hasOwn(presets, name)) return structuredClone(presets[name]!.settings);
  throw usageError(
    "E_PRESET",
    `Cannot find the preset "${name}": ${wantOneOf(name, Object.keys(presets))}`,
  );
}

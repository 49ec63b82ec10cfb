/**
 * Presets of bit sequences, of strings with a table of rewards and of peptides.
 *
 * @module
 */
import { gfnx, joint, mlp, type Presets, torchgfn } from "./_preset.ts";

const bits = { name: "bitseq", length: 120, word: 8, hidden: "gfnx", exponent: 3, radius: 29 };
const sequence = { network: "transformer", transformer: { reads: "positions" }, lr: 1e-3 } as const;
const few = { epsilon: 1e-3 };
const STRINGS =
  "a hidden layer less, since gfnx's third layer of 256 is linear, and another code for empty places; TV is exact, not of the last samples";
const BITS =
  "sinusoids of positions are where the learned ones begin, and are trained; Spearman's correlation on the 7,200 strings of gfnx's test set is no part of evaluation, but of gfn eval --objects FILE --paths 10, with a file of them";
const PEPTIDES =
  "the mean is over the amino acids that are there, behind a first token, gfnx's over all 61 places, empty ones too; the best 100 are different ones, and their distance is Hamming's";
/** Empty places are masked. */
const peptides = {
  network: "transformer",
  transformer: { attention: "bidirectional", absent: "left-out" },
  lr: 1e-3,
} as const;

const PAPER_OWN = "ours: those of arXiv:2606.15793, App. G for the grid, on another environment";
const PAPER_DIFFERS = "what the paper set here is not known to us";
const paperRun = { policy: { ...mlp, lr: 1e-3 }, steps: 10_000, eval: { every: 250 } };

export const sequencePresets: Presets = {
  "bitseq-gfnx": {
    summary: "gfnx's TB on 120 bits in words of 8, written anywhere, with its Transformer",
    source: gfnx("tb_bitseq"),
    differs: BITS,
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
    differs: BITS,
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
    differs: BITS,
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
  "bitseq-torchgfn": {
    summary: "torchgfn's example of TB on bits written left to right",
    source: torchgfn("train_bit_sequences"),
    differs:
      "8 bits with 2 hidden sequences of its blocks, since its example's 4 bits with 2 that are drawn bit by bit take a file, env.modesFile; a bit is read as one of three, not as a number; P_B is uniform, since each string has one parent",
    settings: {
      env: {
        ...{ name: "bitseq", length: 8, word: 1, order: "append", modes: 2 },
        per: "bit",
        exponent: 1,
      },
      objective: { name: "tb" },
      policy: { network: "mlp", ...mlp, lr: 1e-3 },
      logZ: { lr: 0.1 },
      gradClip: "off",
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
    differs: PEPTIDES,
    settings: {
      ...joint,
      env: { name: "amp", exponent: 1, minReward: 1e-6 },
      objective: { name: "tb" },
      policy: { ...joint.policy, ...peptides },
      logZ: { initial: 150, lr: 0.64 },
      explore: { epsilon: 1e-2 },
      weightDecay: 1e-4,
      steps: 20_000,
      eval: { every: 500, samples: 2048 },
    },
  },
  "amp-gfnx-db": {
    summary: "gfnx's DB on peptides of up to 60 amino acids",
    source: gfnx("db_amp"),
    differs: PEPTIDES,
    settings: {
      env: { name: "amp", exponent: 1, minReward: 1e-6 },
      objective: { name: "db", regression: "half-square" },
      policy: { ...peptides, trunk: "shared" },
      gradClip: "off",
      steps: 20_000,
      eval: { every: 500, samples: 2048 },
    },
  },
};

/**
 * Presets of graphs and trees.
 *
 * @module
 */
import { gfnx, type Presets, torchgfn } from "./_preset.ts";

const NETWORK = "one round of our messages over edges, without the attention behind it";
const posterior = {
  env: { name: "dag", score: "bge", prior: "uniform" },
  objective: { name: "modified-db", regression: "huber", bootstrap: "target" },
  policy: { network: "graph", graph: { layers: 1, width: 128 }, lr: 1e-4 },
  target: { every: 1000, rate: 1 },
  explore: { epsilon: 1, epsilonEnd: 0.1, over: 50_000 },
  gradClip: "off",
  steps: 100_000,
  eval: { every: 500 },
} as const;
const CORRELATIONS =
  "correlations of log p, exact ones, are told by gfn eval, those of edges, paths and Markov blankets by no command";
const BUILT =
  "our message passing, one softmax over all actions, and replay of the last 128 trajectories from the second step on; torchgfn's layers, a softmax over kinds of actions, then one within, and the 128 best from the eleventh on";
/** What torchgfn's tasks of building graphs share. */
const building = {
  objective: { name: "tb" },
  backward: "learned",
  policy: { network: "graph", graph: { layers: 1, width: 128 }, lr: 1e-3 },
  logZ: { lr: 0.1 },
  replay: { capacity: 128, share: 0.5, priority: "reward", exponent: 1 },
  gradClip: "off",
  batch: 128,
  seed: 1234,
  eval: { every: 20 },
} as const;

export const graphPresets: Presets = {
  "dag-gfnx": {
    summary: "gfnx's modified DB on structures of five variables",
    source: gfnx("mdb_dag"),
    differs: `${NETWORK}; ${CORRELATIONS}`,
    settings: { ...posterior, batch: 128 },
  },
  "dag-gfnx-replay": {
    summary: "gfnx's modified DB on the same structures, with replay",
    source: gfnx("mdb_dag_replay_buffer"),
    differs:
      `trajectories are kept and drawn, each counted as five transitions, where gfnx keeps 100,000 transitions and trains on 32 of them alone; here the 8 new trajectories are trained on too; ${NETWORK}; ${CORRELATIONS}`,
    settings: {
      ...posterior,
      batch: 16,
      replay: { capacity: 20_000, share: 0.5, minimum: 200 },
    },
  },
  "dag-torchgfn": {
    summary: "torchgfn's TB on structures of five variables, with replay",
    source: torchgfn("train_bayesian_structure"),
    differs:
      `the samples are gfnx's, of noise 0.316, not drawn with noise 0.1; two rounds of our messages over edges, theirs with attention of four heads; rates are constant, torchgfn's fall to a tenth at half time; Adam moves log Z, not SGD with momentum; exploration is of all actions alike, torchgfn's stops less; the 32 new trajectories are trained on beside 32 old ones`,
    settings: {
      env: posterior.env,
      objective: { name: "tb" },
      policy: { network: "graph", graph: { layers: 2, width: 128 }, lr: 1e-4 },
      logZ: { lr: 0.1 },
      explore: { epsilon: 1, epsilonEnd: 0.1, over: 5000 },
      replay: { capacity: 100_000, share: 0.5, minimum: 3200 },
      gradClip: "off",
      batch: 64,
      steps: 10_000,
      eval: { every: 250 },
    },
  },
  "ring-torchgfn": {
    summary: "torchgfn's TB on directed rings of four nodes",
    source: torchgfn("train_graph_ring"),
    differs: BUILT,
    settings: { ...building, env: { name: "ring", nodes: 4, directed: true }, steps: 200 },
  },
  "triangle-torchgfn": {
    summary: "torchgfn's TB on triangles of nodes of five classes",
    source: torchgfn("train_graph_triangle"),
    differs: `${BUILT}; only the last node can be taken away`,
    settings: { ...building, env: { name: "triangle" }, steps: 100 },
  },
  "phylo-ds1": {
    summary: "VarGrad on trees of the 27 taxa of DS1: 64,000 trajectories in minutes on one core",
    source: "ours: the target of Zhou et al. 2024, arXiv:2310.08774, as gfnx has it",
    differs:
      "objective, network and rates are ours; an MLP reads which slot took in which, not the letters at the roots",
    settings: {
      env: { name: "phylo", dataset: "DS1", taxa: 27 },
      objective: { name: "vargrad" },
      policy: { network: "mlp", lr: 1.5e-3, schedule: "cosine" },
      explore: { temperature: 2, temperatureEnd: 1, over: 1000 },
      batch: 16,
      steps: 4000,
      eval: { every: 500, samples: 500 },
    },
  },
  "phylo-gfnx": {
    summary: "gfnx's forward-looking DB on trees of the 27 taxa of DS1",
    source: `${gfnx("db_phylo")}, baselines/fldb_phylo.py`,
    differs:
      "the Transformer reads who was joined to whom, not the sites of the taxa, and its heads are linear, not MLPs of 3 layers; no dropout; no target network; the cosine ends with the last step, not at 95,000; log R and ELBO are measured, not correlations on its own samples",
    settings: {
      env: { name: "phylo", dataset: "DS1", taxa: 27 },
      objective: { name: "fl-db", regression: "huber" },
      policy: {
        network: "transformer",
        transformer: { layers: 6, heads: 8, width: 32, feedForward: 128 },
        trunk: "shared",
        lr: 3e-4,
        schedule: "cosine",
        warmup: 5000,
        floor: 1 / 30,
      },
      explore: { epsilon: 1, epsilonEnd: 0, over: 50_000 },
      gradClip: "off",
      batch: 32,
      steps: 100_000,
      eval: { every: 5000, samples: 500 },
    },
  },
};

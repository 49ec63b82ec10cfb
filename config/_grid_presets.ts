/**
 * Presets of the hypergrid.
 *
 * @module
 */
import { EXACT, gfnx, joint, mlp, type Presets } from "./_preset.ts";

const grid = { name: "hypergrid", dims: 4, side: 20, preset: "easy" };
const longRun = { steps: 62_500, eval: { every: 500 } };

export const gridPresets: Presets = {
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
    differs: EXACT,
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
    differs: EXACT,
    settings: {
      env: { ...grid, dims: 2, side: 10 },
      objective: { name: "soft-dqn", head: "dueling", exitWeight: 5, regression: "huber" },
      policy: { ...mlp, lr: 1e-3 },
      target: { every: 1, rate: 0.25 },
      explore: { epsilon: 1e-3 },
      gradClip: "off",
      seed: 1,
      steps: 62_500,
    },
  },
};

/**
 * Presets of spins.
 *
 * @module
 */
import { gfnx, joint, mlp, type Presets, torchgfn } from "./_preset.ts";

const ONE_HOT = "a spin is read as one of three, not as -1, 0 or 1";
const NO_FLOW_MATCHING =
  `flow matching wants a stop action at every end, which spins have none of here: DB stands in; ${ONE_HOT}`;

export const energyPresets: Presets = {
  "ising-gfnx": {
    summary: "gfnx's TB on 10x10 spins, with the couplings known",
    source: gfnx("tb_ising"),
    differs:
      `couplings are the true ones from the start: learning them from samples, with what measures it, is not had; ${ONE_HOT}; evaluation is ours`,
    settings: {
      ...joint,
      env: { name: "ising", side: 10, sigma: 0.1 },
      objective: { name: "tb", regression: "half-square" },
      policy: { ...joint.policy, hidden: [256, 256, 256, 256], lr: 1e-2 },
      logZ: { lr: 1e-3 },
      batch: 256,
      steps: 20_000,
      eval: { every: 500, samples: 500 },
    },
  },
  "ising-torchgfn": {
    summary: "torchgfn's example of 6x6 spins, J = 0.44, but with DB",
    source: torchgfn("train_ising"),
    differs: `${NO_FLOW_MATCHING}; evaluation is ours, since it has none`,
    settings: {
      env: { name: "ising", side: 6, sigma: 0.44 },
      objective: { name: "db" },
      policy: { hidden: [512, 512, 512], lr: 1e-3 },
      gradClip: "off",
      batch: 8,
      steps: 10_000,
      eval: { every: 250, samples: 500 },
    },
  },
  "ebm-torchgfn": {
    summary: "torchgfn's example of four spins, all coupled, but with DB",
    source: torchgfn("train_discreteebm"),
    differs: `${NO_FLOW_MATCHING}; measures are exact, not of 200,000 samples`,
    settings: {
      env: { name: "ebm", size: 4, beta: 1 },
      objective: { name: "db" },
      policy: { hidden: [...mlp.hidden, 256], lr: 1e-3 },
      gradClip: "off",
      steps: 62_500,
      eval: { every: 100 },
    },
  },
};

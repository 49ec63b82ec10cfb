/**
 * Presets of molecules.
 *
 * @module
 */
import type { Preset, Presets } from "./_preset.ts";
import type { SettingsTree } from "./overrides.ts";

/** gflownet-rl's settings of molecules with an objective. */
const blocks = (summary: string, own: SettingsTree, more = ""): Preset => ({
  summary,
  source: "gflownet-rl 4347320, mols; Bengio et al. 2021, arXiv:2106.04399",
  differs:
    `another network than its ten rounds of convolution 256 wide, as policy.network says; no random forced stops; actions and parents that a symmetry exchanges are one; modes score 7.2 and are told apart by Morgan fingerprints, there 7 and by RDKit's topological ones${more}`,
  settings: {
    env: { name: "seh" },
    reward: { exponent: 10, cache: 100_000 },
    policy: { lr: 5e-4 },
    explore: { epsilon: 0.05 },
    gradClip: "off",
    batch: 4,
    steps: 30_000,
    eval: { every: 1000, samples: 500 },
    ...own,
  },
});

export const moleculePresets: Presets = {
  "seh-paper": {
    summary: "molecules as `gfn paper seh` compares objectives on them",
    source: "ours: the target of gflownet-rl, batch and clipping of arXiv:2606.15793, App. G",
    differs: "what the paper set here is not known to us",
    settings: {
      env: { name: "seh" },
      objective: { name: "ent-ppo" },
      reward: { exponent: 10, cache: 100_000 },
      policy: { network: "graph", lr: 5e-4 },
      logZ: { initial: 30 },
      steps: 10_000,
      eval: { every: 250, samples: 500 },
    },
  },
  "seh-gflownet": blocks(
    "TB on molecules of up to eight blocks, log Z from 30: 120,000 trajectories",
    { objective: { name: "tb" }, logZ: { initial: 30 } },
    "; log Z has a rate of its own, 0.1",
  ),
  "seh-gflownet-db": blocks("DB on molecules of up to eight blocks", { objective: { name: "db" } }),
  "seh-gflownet-subtb": blocks(
    "SubTB on molecules of up to eight blocks, lambda 0.99",
    { objective: { name: "subtb", lambda: 0.99 } },
  ),
};

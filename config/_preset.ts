/**
 * What a preset is, and what those of one origin share.
 *
 * @module
 */
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

/** Presets by name. */
export type Presets = Readonly<Record<string, Preset>>;

/** A configuration of gfnx's baselines. */
export const gfnx = (file: string) => `gfnx 068316d, baselines/configs/${file}.yaml`;
/** An example of torchgfn. */
export const torchgfn = (file: string) => `torchgfn f39bfc9, tutorials/examples/${file}.py`;

/** What gfnx's baselines share that learn P_B: one network for both, no clipping. */
export const joint = {
  backward: "learned",
  policy: { trunk: "shared" },
  gradClip: "off",
} as const;

/** Two hidden layers of 256. */
export const mlp = { hidden: [256, 256] };

/** What is said of a table of all objects. */
export const EXACT = "TV is exact, not of the last samples";

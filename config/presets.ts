/**
 * Published settings of benchmarks, by name: `--set preset=tfbind8-gfnx`. A preset is the first of all
 * settings, so that any other changes it.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { energyPresets } from "./_energy_presets.ts";
import { graphPresets } from "./_graph_presets.ts";
import { gridPresets } from "./_grid_presets.ts";
import type { Presets } from "./_preset.ts";
import { moleculePresets } from "./_molecule_presets.ts";
import { sequencePresets } from "./_sequence_presets.ts";
import { wantOneOf } from "./near_name.ts";
import type { SettingsTree } from "./overrides.ts";

/** All presets. */
export const presets: Presets = {
  ...gridPresets,
  ...energyPresets,
  ...sequencePresets,
  ...graphPresets,
  ...moleculePresets,
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

/**
 * From the arguments of a command to a tree of settings.
 *
 * @module
 */
import { applyOverride, isTree, mergeTrees, type SettingsTree } from "../config/overrides.ts";
import { presetSettings } from "../config/presets.ts";
import { readConfigFile } from "../store/config_file.ts";

/** Arguments that settings come from. */
export interface SettingsArguments {
  env: string | undefined;
  config: string | undefined;
  set: readonly string[];
  seed?: number | undefined;
  steps: number | undefined;
}

/**
 * The preset, then the config file, then ENV, then --set in their order, then --seed and --steps.
 *
 * @param take what is taken of a preset: a comparison names its own objectives
 */
export function settingsOf(
  { env, config, set: given, seed, steps }: SettingsArguments,
  take: "all" | "but its objective" = "all",
): SettingsTree {
  const { preset, ...file } = config === undefined ? {} : readConfigFile(config);
  const chosen = given.findLast((override) => override.startsWith("preset="));
  const set = given.filter((override) => !override.startsWith("preset="));
  const own = named(named(file, "env"), "objective");
  let tree: SettingsTree = own;
  if (chosen !== undefined || preset !== undefined) {
    const { objective, ...rest } = presetSettings(chosen?.slice("preset=".length) ?? preset);
    const first: SettingsTree = take === "all" ? { objective, ...rest } : rest;
    for (const key of ["env", "objective"] as const) {
      if (renames(first, key, nameIn(own, key))) delete first[key];
    }
    tree = mergeTrees(first, own);
  }
  if (env !== undefined) {
    const before = isTree(tree.env) && tree.env.name === env ? tree.env : {};
    tree = { ...tree, env: { ...before, name: env } };
  }
  for (const override of set) {
    const [, key, name] = /^(env|objective)\.name=(.*)$/s.exec(override) ?? [];
    // Another environment or objective has other options: those of the one before are not meant.
    if (key && renames(tree, key, name)) tree = { ...tree, [key]: {} };
    tree = applyOverride(tree, override);
  }
  if (seed !== undefined) tree = { ...tree, seed };
  if (steps !== undefined) tree = { ...tree, steps };
  return tree;
}

/** A name that stands for an object of settings, as that object. */
function named(tree: SettingsTree, key: "env" | "objective"): SettingsTree {
  const value = tree[key];
  return typeof value === "string" ? { ...tree, [key]: { name: value } } : tree;
}

function nameIn(tree: SettingsTree, key: string): unknown {
  const value = tree[key];
  return isTree(value) ? value.name : undefined;
}

/** Whether a name is given, and is not the one that the settings have. */
function renames(tree: SettingsTree, key: string, name: unknown): boolean {
  return name !== undefined && nameIn(tree, key) !== undefined && nameIn(tree, key) !== name;
}

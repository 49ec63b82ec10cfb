/**
 * From the arguments of a command to a tree of settings.
 *
 * @module
 */
import { applyOverride, isTree, mergeTrees, type SettingsTree } from "../config/overrides.ts";
import { presetSettings } from "../config/presets.ts";
import { usageError } from "../errors.ts";
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
 * @param without keys of the preset that are left out: a comparison names its own objectives
 * @throws {GfnError} `E_PRESET` when the preset is unknown, or is for another environment
 */
export function settingsOf(
  args: SettingsArguments,
  without: readonly string[] = [],
): SettingsTree {
  return settingsOver(fileOf(args), args, without);
}

/**
 * As {@linkcode settingsOf}, with what a config file would say.
 *
 * @throws {GfnError} likewise
 */
export function settingsOver(
  said: SettingsTree,
  { env, set: given, seed, steps }: Omit<SettingsArguments, "config">,
  without: readonly string[] = [],
): SettingsTree {
  const { file, preset } = startOf(said, given);
  const own = named(named(file, "env"), "objective"), first = preset?.settings ?? {};
  for (const key of without) delete first[key];
  if (renames(first, "objective", nameIn(own, "objective"))) delete first.objective;
  if (preset) requireSameEnvironment(preset.name, first, nameIn(own, "env"));
  let tree = mergeTrees(first, own);
  if (env !== undefined) {
    const before = isTree(tree.env) && tree.env.name === env ? tree.env : {};
    tree = { ...tree, env: { ...before, name: env } };
  }
  for (const override of given.filter((override) => !isPreset(override))) {
    const [, key, name] = /^(env|objective)\.name=(.*)$/s.exec(override) ?? [];
    // Another environment or objective has other options: those of the one before are not meant.
    if (key && renames(tree, key, name)) tree = { ...tree, [key]: {} };
    tree = named(named(applyOverride(tree, override), "env"), "objective");
  }
  if (preset) requireSameEnvironment(preset.name, first, nameIn(tree, "env"));
  if (seed !== undefined) tree = { ...tree, seed };
  if (steps !== undefined) tree = { ...tree, steps };
  return tree;
}

/** The preset that the arguments begin with, a copy of it, or null. */
export function presetOf(args: SettingsArguments): NamedPreset | null {
  return startOf(fileOf(args), args.set).preset;
}

interface NamedPreset {
  name: string;
  settings: SettingsTree;
}

function fileOf({ config }: SettingsArguments): SettingsTree {
  return config === undefined ? {} : readConfigFile(config);
}

/** What the settings begin with. */
function startOf({ preset: inFile, ...file }: SettingsTree, set: readonly string[]) {
  const override = set.findLast(isPreset);
  const name = override === undefined ? inFile : applyOverride({}, override).preset;
  return {
    file,
    preset: name === undefined ? null : { name: String(name), settings: presetSettings(name) },
  };
}

function isPreset(override: string): boolean {
  return override.startsWith("preset=");
}

/** Its network, log Z and exploration were chosen for one environment: on another they are nobody's. */
function requireSameEnvironment(preset: string, settings: SettingsTree, found: unknown): void {
  const wanted = nameIn(settings, "env");
  if (found === undefined || found === wanted) return;
  throw usageError(
    "E_PRESET",
    `Cannot use the preset ${preset}: it is for the environment ${wanted}, found ${found}, want ${wanted} or no preset`,
  );
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

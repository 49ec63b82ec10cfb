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
  const { preset, ...own } = config === undefined ? {} : readConfigFile(config);
  const named = given.findLast((override) => override.startsWith("preset="));
  const set = given.filter((override) => !override.startsWith("preset="));
  let tree: SettingsTree = own;
  if (named !== undefined || preset !== undefined) {
    const { objective, ...rest } = presetSettings(named?.slice("preset=".length) ?? preset);
    const first = take === "all" ? { objective, ...rest } : rest;
    const isNamed = typeof own.env === "string" ? { ...own, env: { name: own.env } } : own;
    tree = mergeTrees(first, isNamed);
  }
  if (env !== undefined) {
    const before = isTree(tree.env) && tree.env.name === env ? tree.env : {};
    tree = { ...tree, env: { ...before, name: env } };
  }
  if (typeof tree.env === "string") tree = { ...tree, env: { name: tree.env } };
  if (typeof tree.objective === "string") tree = { ...tree, objective: { name: tree.objective } };
  for (const override of set) tree = applyOverride(tree, override);
  if (seed !== undefined) tree = { ...tree, seed };
  if (steps !== undefined) tree = { ...tree, steps };
  return tree;
}

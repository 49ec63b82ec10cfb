/**
 * From the arguments of a command to a tree of settings.
 *
 * @module
 */
import { applyOverride, isTree, type SettingsTree } from "../config/overrides.ts";
import { readConfigFile } from "../store/config_file.ts";

/** Arguments that settings come from. */
export interface SettingsArguments {
  env: string | undefined;
  config: string | undefined;
  set: readonly string[];
  seed?: number | undefined;
  steps: number | undefined;
}

/** The config file, then ENV, then --set in their order, then --seed and --steps. */
export function settingsOf({ env, config, set, seed, steps }: SettingsArguments): SettingsTree {
  let tree = config === undefined ? {} : readConfigFile(config);
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

/**
 * What a run is trained on: an environment of this program, or a foreign plugin in the sandbox, with the
 * data files that its settings name.
 *
 * @module
 */
import type { OptionSpecs } from "../config/options.ts";
import { isTree, type SettingsTree } from "../config/overrides.ts";
import type { RunConfig } from "../config/schema.ts";
import { environments as builtIn } from "../envs/_registry.ts";
import type { EnvironmentPlugin } from "../plugins/contract.ts";
import type { PluginDescription } from "../plugins/description.ts";
import { type DataFile, readDataFiles } from "../plugins/_host_data_file.ts";
import type { LoadedSource } from "../plugins/_host_source.ts";
import type { RewardHooks } from "../plugins/reward_hook.ts";
import { type HostedEnvironment, openEnvironment } from "../plugins/open.ts";
import { DEFAULT_LIMITS, describePlugin } from "../sandbox/sandbox.ts";
import type { Pins } from "../store/pin_file.ts";

/** Environments of this program by name: ours, and those that it adds. */
export type Plugins = Readonly<Record<string, EnvironmentPlugin>>;

/** A plugin that was loaded from somewhere else. */
export interface ForeignPlugin {
  source: LoadedSource;
  description: PluginDescription;
}

/** The environments that settings can name. */
export interface Environments {
  registry: Readonly<Record<string, { name: string; config: OptionSpecs }>>;
  /** Those of them that are of this program. */
  plugins: Plugins;
  /** The one that the settings at hand name, where it is none of these. */
  foreign: ForeignPlugin | null;
}

/** The environments of this program alone. */
export function environmentsOf(plugins: Plugins = builtIn): Environments {
  return { registry: plugins, plugins, foreign: null };
}

/** Those of this program, and the plugin of a source. */
export async function environmentsWith(
  source: LoadedSource,
  tree: SettingsTree,
  plugins: Plugins = builtIn,
): Promise<Environments> {
  const name = source.reference.text;
  const description = await describePlugin(source, limitsOf(tree));
  return {
    registry: { ...plugins, [name]: { name, config: description.config } },
    plugins,
    foreign: { source, description },
  };
}

/** The limits, before the settings have been checked as a whole: what is wrong there is told later. */
function limitsOf({ sandbox }: SettingsTree) {
  const { seconds, memory } = isTree(sandbox) ? sandbox : {};
  return {
    seconds: typeof seconds === "number" && seconds > 0 ? seconds : DEFAULT_LIMITS.seconds,
    memory: typeof memory === "number" && memory > 0 ? memory : DEFAULT_LIMITS.memory,
  };
}

/** What is trained on: an environment of this program or a foreign plugin, with its data files. */
export interface Ground {
  plugins: Plugins;
  foreign: ForeignPlugin | null;
  files: Readonly<Record<string, DataFile>>;
}

/**
 * Gets a run's data files; then all that is trusted is known, and is pinned.
 *
 * @throws {GfnError} `E_PERMISSION`, or what reading a data file throws
 */
export async function groundFor(
  config: RunConfig,
  { plugins, foreign }: Environments,
  pins: Pins | null = null,
): Promise<Ground> {
  const specs = foreign ? foreign.description.config : plugins[config.env.name]!.config;
  const files = await readDataFiles(specs, config.env);
  for (const [option, { sha256 }] of Object.entries(files)) {
    const path = String(config.env[option]);
    pins?.require(`use the setting env.${option} = ${path}`, path, sha256);
  }
  pins?.save();
  return { plugins, foreign, files };
}

/** The bytes of data files by option, as the sandbox takes them. */
export function fileBytes(files: Ground["files"]): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(files).map(([key, { bytes }]) => [key, bytes]));
}

/** The environment of this program that a run names, with its data files. */
export async function openOwn(
  { env: { name, ...options }, reward }: RunConfig,
  { plugins, files }: Ground,
  hooks: RewardHooks = {},
): Promise<HostedEnvironment> {
  return await openEnvironment(plugins[name]!, { ...options, ...fileBytes(files) }, reward, hooks);
}

/**
 * Where a run's environment comes from: the built-in ones, or a plugin somewhere else, which is loaded
 * and asked in the sandbox before its options can be understood.
 *
 * @module
 */
import type { OptionSpecs } from "../config/options.ts";
import { isTree, type SettingsTree } from "../config/overrides.ts";
import type { RunConfig } from "../config/schema.ts";
import { environments } from "../envs/_registry.ts";
import { usageError } from "../errors.ts";
import { objectives } from "../objectives/_registry.ts";
import { type DataFile, readDataFiles } from "../plugins/_host_data_file.ts";
import { type LoadedSource, loadSource } from "../plugins/_host_source.ts";
import type { PluginDescription } from "../plugins/description.ts";
import { type HostedEnvironment, openEnvironment } from "../plugins/open.ts";
import { isReference } from "../plugins/reference.ts";
import { DEFAULT_LIMITS, describePlugin, trainInSandbox } from "../sandbox/sandbox.ts";
import { Pins } from "../store/pin_file.ts";
import { train, type TrainingEvent, type TrainSetup } from "../train/train.ts";

/** A plugin that was loaded from somewhere else. */
export interface ForeignPlugin {
  source: LoadedSource;
  description: PluginDescription;
}

/** The environments that settings can name. */
export interface Environments {
  registry: Readonly<Record<string, { name: string; config: OptionSpecs }>>;
  /** The one that the settings at hand name, where it is none of ours. */
  foreign: ForeignPlugin | null;
}

/** Arguments that say which bytes are trusted. */
export interface PinArguments {
  lock: string | undefined;
  frozen: boolean;
}

/** The pins that the arguments name, or null. */
export function pinsOf({ lock, frozen }: PinArguments): Pins | null {
  if (lock !== undefined) return Pins.read(lock, frozen);
  if (!frozen) return null;
  throw usageError("E_LOCK", "Cannot use --frozen: found no --lock FILE, want the file of pins");
}

/**
 * The environments for these settings: ours, and the plugin that they name, if they name one. Nothing of
 * the plugin runs before it has been held to its pin.
 */
export async function environmentsFor(
  tree: SettingsTree,
  pins: Pins | null = null,
): Promise<Environments> {
  const name = isTree(tree.env) ? tree.env.name : tree.env;
  if (typeof name !== "string" || Object.hasOwn(environments, name) || !isReference(name)) {
    return { registry: environments, foreign: null };
  }
  const source = await loadSource(name), { location, kind } = source.reference;
  if (kind !== "data") pins?.require(`load plugin ${source.name}`, location, source.sha256);
  return await environmentsWith(source, tree);
}

/** Our environments, and the plugin of a source. */
export async function environmentsWith(
  source: LoadedSource,
  tree: SettingsTree,
): Promise<Environments> {
  const name = source.reference.text;
  const description = await describePlugin(source, limitsOf(tree));
  return {
    registry: { ...environments, [name]: { name, config: description.config } },
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

/** What is trained on: an environment of ours or a plugin, with its data files. */
export interface Ground {
  foreign: ForeignPlugin | null;
  files: Readonly<Record<string, DataFile>>;
}

/** Gets a run's data files; then all that is trusted is known, and is pinned. */
export async function groundFor(
  config: RunConfig,
  foreign: ForeignPlugin | null,
  pins: Pins | null = null,
): Promise<Ground> {
  const specs = foreign ? foreign.description.config : environments[config.env.name]!.config;
  const files = await readDataFiles(specs, config.env);
  for (const [option, { sha256 }] of Object.entries(files)) {
    const path = String(config.env[option]);
    pins?.require(`use the setting env.${option} = ${path}`, path, sha256);
  }
  pins?.save();
  return { foreign, files };
}

/** The bytes of data files by option, as the sandbox takes them. */
export function fileBytes(files: Ground["files"]): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(files).map(([key, { bytes }]) => [key, bytes]));
}

/** How training is held by its host. */
export type Holding = Pick<TrainSetup, "breathe" | "from" | "keep" | "stop">;

/** Training on it. */
export async function* trainOn(
  { foreign, files }: Ground,
  config: RunConfig,
  threads: number,
  holding: Holding,
): AsyncGenerator<TrainingEvent, void, void> {
  if (foreign) {
    const { source } = foreign, limits = config.sandbox;
    yield* trainInSandbox({ ...holding, source, config, threads, files: fileBytes(files), limits });
    return;
  }
  yield* train({
    ...{ ...holding, environment: await openBuiltIn(config, files), config },
    objective: objectives[config.objective.name]!,
  });
}

/** The environment of ours that a run names, with its data files. */
export async function openBuiltIn(
  { env: { name, ...options }, reward }: RunConfig,
  files: Ground["files"],
): Promise<HostedEnvironment> {
  return await openEnvironment(environments[name]!, { ...options, ...fileBytes(files) }, reward);
}

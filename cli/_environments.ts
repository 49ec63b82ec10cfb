/**
 * Where a run's environment comes from: the built-in ones, or a plugin somewhere else, which is loaded
 * and asked in the sandbox before its options can be understood.
 *
 * @module
 */
import { isTree, type SettingsTree } from "../config/overrides.ts";
import type { RunConfig } from "../config/schema.ts";
import { environments } from "../envs/_registry.ts";
import { usageError } from "../errors.ts";
import { objectives } from "../objectives/_registry.ts";
import { loadSource } from "../plugins/_host_source.ts";
import { isReference } from "../plugins/reference.ts";
import { trainInSandbox } from "../sandbox/sandbox.ts";
import { Pins } from "../store/pin_file.ts";
import {
  type Environments,
  environmentsOf,
  environmentsWith,
  fileBytes,
  type Ground,
  openOwn,
} from "../stored/ground.ts";
import { train, type TrainingEvent, type TrainSetup } from "../train/train.ts";

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

/** The environment that settings name, before they have been checked: anything, if they are wrong. */
export function environmentNamed({ env }: SettingsTree): unknown {
  return isTree(env) ? env.name : env;
}

/**
 * The environments for these settings: ours, and the plugin that they name, if they name one. Nothing of
 * the plugin runs before it has been held to its pin.
 */
export async function environmentsFor(
  tree: SettingsTree,
  pins: Pins | null = null,
): Promise<Environments> {
  const name = environmentNamed(tree);
  if (typeof name !== "string" || Object.hasOwn(environments, name) || !isReference(name)) {
    return environmentsOf();
  }
  const source = await loadSource(name), { location, kind } = source.reference;
  if (kind !== "data") pins?.require(`load plugin ${source.name}`, location, source.sha256);
  return await environmentsWith(source, tree);
}

/** How training is held by its host. */
export type Holding = Pick<TrainSetup, "breathe" | "from" | "keep" | "stop">;

/** Training on it. */
export async function* trainOn(
  ground: Ground,
  config: RunConfig,
  threads: number,
  holding: Holding,
): AsyncGenerator<TrainingEvent, void, void> {
  const { foreign, files } = ground;
  if (foreign) {
    const { source } = foreign, limits = config.sandbox;
    yield* trainInSandbox({ ...holding, source, config, threads, files: fileBytes(files), limits });
    return;
  }
  yield* train({
    ...{ ...holding, environment: await openOwn(config, ground), config },
    objective: objectives[config.objective.name]!,
  });
}

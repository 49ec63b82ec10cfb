/**
 * A run folder, understood: its settings, and the environment that it was run on.
 *
 * @module
 */
import { configHash } from "../config/canonical.ts";
import type { SettingsTree } from "../config/overrides.ts";
import { resolveRun } from "../config/resolve.ts";
import type { RunConfig } from "../config/schema.ts";
import { failure } from "../errors.ts";
import { objectives as builtIn } from "../objectives/_registry.ts";
import type { Objective } from "../objectives/contract.ts";
import { keptSource } from "../plugins/_host_source.ts";
import { readStoredRun, type StoredRun } from "../store/stored_run.ts";
import {
  type Environments,
  environmentsOf,
  environmentsWith,
  type Ground,
  groundFor,
  type Plugins,
} from "./ground.ts";

/** What a program knows that wrote runs; nothing means what gfn has built in. */
export interface Known {
  /** Environments by name, such as `{ ...environments, mine }`. */
  environments?: Plugins;
  /** Objectives by name. In the sandbox there are the built-in ones alone. */
  objectives?: Readonly<Record<string, Objective>>;
}

/** A run folder, understood. */
export interface OpenedRun {
  stored: StoredRun;
  /** As it was run. */
  config: RunConfig;
  known: Environments;
  objective: Objective;
  ground: Ground;
}

/**
 * Reads a run folder and gets the environment that it was run on: a foreign plugin from the folder itself,
 * loaded in the sandbox.
 *
 * @throws {GfnError} `E_PERMISSION`; `E_RUN_READ` when it is no run, or its settings are not those that were
 * written; `E_RUN_FILE` when a data file is another by now; what `resolveRun` throws of settings that this
 * program does not know
 */
export async function openStoredRun(path: string, knows: Known = {}): Promise<OpenedRun> {
  const stored = readStoredRun(path), { run, plugin } = stored;
  if (await configHash(run.config) !== run.configHash) {
    throw failure(
      "E_RUN_READ",
      `Cannot read the run in ${path}: found settings in run.json that are not those of its configHash, want them as they were written`,
    );
  }
  const tree = run.config as SettingsTree;
  const known = run.plugin && plugin
    ? await environmentsWith(await keptSource(plugin, run.plugin), tree, knows.environments)
    : environmentsOf(knows.environments);
  const objectives = (known.foreign ? null : knows.objectives) ?? builtIn;
  const config = resolveRun(tree, { environments: known.registry, objectives });
  const ground = await groundFor(config, known);
  for (const [option, sha256] of Object.entries(run.files ?? {})) {
    const found = ground.files[option]?.sha256;
    if (found === sha256) continue;
    throw failure(
      "E_RUN_FILE",
      `Cannot go on with the run in ${path}: found the SHA-256 ${found} of env.${option} = ${
        config.env[option]
      }, want ${sha256} as it was run`,
    );
  }
  return { stored, config, known, objective: objectives[config.objective.name]!, ground };
}

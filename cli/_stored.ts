/**
 * A run folder as commands take it up: its settings, its environment, its checkpoint.
 *
 * @module
 */
import { configHash } from "../config/canonical.ts";
import type { SettingsTree } from "../config/overrides.ts";
import { resolveRun } from "../config/resolve.ts";
import type { RunConfig } from "../config/schema.ts";
import { environments } from "../envs/_registry.ts";
import { failure } from "../errors.ts";
import { objectives } from "../objectives/_registry.ts";
import { keptSource } from "../plugins/_host_source.ts";
import { readStoredRun, type StoredRun } from "../store/stored_run.ts";
import { type Environments, environmentsWith, type Ground, groundFor } from "./_environments.ts";

/** A run folder, understood. */
export interface OpenedRun {
  stored: StoredRun;
  /** As it was run. */
  config: RunConfig;
  known: Environments;
  ground: Ground;
}

/** Reads a run folder and gets the environment that it was run on: a plugin from the folder itself. */
export async function openStoredRun(path: string): Promise<OpenedRun> {
  const stored = readStoredRun(path), { run, plugin } = stored;
  if (await configHash(run.config) !== run.configHash) {
    throw failure(
      "E_RUN_READ",
      `Cannot read the run in ${path}: found settings in run.json that are not those of its configHash, want them as they were written`,
    );
  }
  const tree = run.config as SettingsTree;
  const known = run.plugin && plugin
    ? await environmentsWith(await keptSource(plugin, run.plugin), tree)
    : { registry: environments, foreign: null };
  const config = resolveRun(tree, { environments: known.registry, objectives });
  const ground = await groundFor(config, known.foreign);
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
  return { stored, config, known, ground };
}

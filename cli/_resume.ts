/**
 * Going on with a run: with the settings that it has, but for how long it is.
 *
 * @module
 */
import { configHash } from "../config/canonical.ts";
import { CHANGEABLE, differingKeys, identityOf } from "../config/identity.ts";
import { applyOverride, mergeTrees, type SettingsTree } from "../config/overrides.ts";
import { resolveRun } from "../config/resolve.ts";
import type { RunConfig } from "../config/schema.ts";
import { usageError } from "../errors.ts";
import { objectives } from "../objectives/_registry.ts";
import { readConfigFile } from "../store/config_file.ts";
import type { Checkpoint } from "../store/checkpoint.ts";
import { resumeRunFolder, type RunFolder } from "../store/run_folder.ts";
import { isFinished } from "../store/stored_run.ts";
import type { Ground } from "../stored/ground.ts";
import { type OpenedRun, openStoredRun } from "../stored/opened_run.ts";
import { runEvent } from "../stored/run_facts.ts";
import type { RunEvent } from "../train/events.ts";
import { environmentNamed } from "./_environments.ts";
import { say } from "./_print.ts";
import { resumedEvent } from "./_run.ts";
import type { SettingsArguments } from "./_settings.ts";
import { VERSION } from "../stored/version.ts";

/** A run to go on with. */
export interface RunToResume {
  config: RunConfig;
  ground: Ground;
  /** Opens its folder for writing; once. */
  open(threads: number | null, quiet: boolean): Promise<{
    run: RunEvent;
    folder: RunFolder;
    checkpoint: Checkpoint | null;
  }>;
}

/**
 * Looks into a run folder.
 *
 * @param args settings that are said again; they may be no others than the run has
 * @returns null when it is finished and no more steps are wanted
 * @throws {GfnError} `E_RESUME` when settings differ
 */
export async function runToResume(
  path: string,
  args: SettingsArguments,
): Promise<RunToResume | null> {
  const opened = await openStoredRun(path), { stored, ground } = opened;
  const config = resumedConfig(path, opened, args);
  if (config.steps === opened.config.steps && isFinished(path, config.steps)) return null;
  return {
    config,
    ground,
    async open(threads, quiet) {
      const before = stored.run, fresh = await runEvent(config, ground, threads);
      // As it was written, but for what may change: a newer gfn may know settings that it did not.
      const kept = { ...before.config, steps: config.steps, checkpoint: config.checkpoint };
      if (before.version !== VERSION) {
        say(
          `the run in ${path} was begun by gfn ${before.version}, this is ${VERSION}: numbers may differ`,
        );
      }
      const run = {
        ...resumedEvent(before, fresh),
        config: kept,
        configHash: await configHash(kept),
      };
      const facts = { run, identity: await identityOf(kept), keep: config.checkpoint.keep };
      const { folder, checkpoint, refused } = await resumeRunFolder(path, before, facts);
      for (const message of refused) say(message);
      if (!quiet) {
        say(
          checkpoint
            ? `going on from step ${checkpoint.snapshot.step} of ${config.steps}`
            : "found no checkpoint yet, beginning anew",
        );
      }
      return { run, folder, checkpoint };
    },
  };
}

/** The settings of a run with what is said now, all checked to be as they were. */
function resumedConfig(
  path: string,
  { config, known }: OpenedRun,
  args: SettingsArguments,
): RunConfig {
  let tree: SettingsTree = { ...config } as SettingsTree;
  if (args.config !== undefined) tree = mergeTrees(tree, readConfigFile(args.config));
  if (args.env !== undefined) tree = mergeTrees(tree, { env: { name: args.env } });
  for (const override of args.set) tree = applyOverride(tree, override);
  if (args.seed !== undefined) tree = { ...tree, seed: args.seed };
  if (args.steps !== undefined) tree = { ...tree, steps: args.steps };
  const name = environmentNamed(tree);
  const differing = name === config.env.name ? [] : [`env.name = ${name}, was ${config.env.name}`];
  if (differing.length === 0) {
    const wanted = resolveRun(tree, { environments: known.registry, objectives });
    const changed = differingKeys(config, wanted).filter((key) => !CHANGEABLE.includes(key));
    if (changed.length === 0) return extended(path, config, wanted, args);
    differing.push(...changed.map((key) => `${key} = ${at(wanted, key)}, was ${at(config, key)}`));
  }
  throw usageError(
    "E_RESUME",
    `Cannot go on with the run in ${path} under other settings: found ${
      differing.join("; ")
    }, want the run's own, or a new run`,
  );
}

/** More steps are fine where no setting is laid out over all of them. */
function extended(
  path: string,
  before: RunConfig,
  wanted: RunConfig,
  args: SettingsArguments,
): RunConfig {
  if (wanted.steps === before.steps) return wanted;
  if (wanted.steps < before.steps) {
    throw usageError(
      "E_RESUME",
      `Cannot go on with the run in ${path}: found --steps ${wanted.steps}, want at least its ${before.steps}`,
    );
  }
  for (const group of ["policy", "critic", "flow", "logZ", "pb"] as const) {
    const { schedule } = wanted[group];
    if (schedule === "constant") continue;
    throw usageError(
      "E_RESUME",
      `Cannot go on with the run in ${path} for more steps: found ${group}.schedule = ${schedule}, laid out over its ${before.steps} steps, want a constant rate, or a new run`,
    );
  }
  const { epsilon, epsilonEnd, temperature, temperatureEnd, over } = wanted.explore;
  const isFalling = epsilon !== epsilonEnd || temperature !== temperatureEnd;
  if (isFalling && over === before.steps && !args.set.some((one) => /^explore\.over=/.test(one))) {
    throw usageError(
      "E_RESUME",
      `Cannot go on with the run in ${path} for more steps: found an exploration laid out over its ${before.steps} steps, want --set explore.over=${over} if it is to stay so, or a new run`,
    );
  }
  return wanted;
}

function at(config: unknown, key: string): string {
  const value = key.split(".").reduce<unknown>(
    (inner, part) => (inner as Record<string, unknown> | undefined)?.[part],
    config,
  );
  return JSON.stringify(value) ?? "nothing";
}

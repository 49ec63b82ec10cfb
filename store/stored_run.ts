/**
 * Reading a run folder: what was run, how far it got, and its checkpoints.
 *
 * @module
 */
import { failure, GfnError, usageError } from "../errors.ts";
import { endEvent, type Event, type RunEvent, runEvent } from "../train/events.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { checkpointSteps, newestCheckpoint, readCheckpoint } from "./_checkpoint_files.ts";
import { readPast } from "./metrics_file.ts";
import { eventOf, lastLine, linesOf } from "./metrics_lines.ts";
import { requireAccess } from "./permissions.ts";

/** The source of a foreign plugin, so that a run can be repeated when its URL is gone. */
export interface PluginText {
  text: string;
  language: "typescript" | "javascript";
}

/** A run in a folder. */
export interface StoredRun {
  path: string;
  /** `run.json` */
  run: RunEvent;
  plugin: PluginText | null;
}

/** Which checkpoint of a run: the last, the best evaluated, or that of a step. */
export type CheckpointChoice = "last" | "best" | number;

/**
 * The run in a folder.
 *
 * @throws {GfnError} `E_PERMISSION`, or `E_RUN_READ` when there is none, or not a whole one
 */
export function readStoredRun(path: string): StoredRun {
  requireAccess(`read the run in ${path}`, path, ["read"]);
  const run = findRun(path);
  if (run) return { path, run, plugin: readPlugin(path, run) };
  throw usageError(
    "E_RUN_READ",
    `Cannot read the run in ${path}: found no run.json there, want a folder that gfn train --out wrote`,
  );
}

/** The first line of the run in a folder as `run.json` has it, or null where that is not there. */
export function findRun(path: string): RunEvent | null {
  let text: string;
  try {
    text = Deno.readTextFileSync(`${path}/run.json`);
  } catch (error) {
    if (isMissing(error)) return null;
    throw cannotRead(path, error);
  }
  const parsed = runEvent.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const { path: key, message } = parsed.error.issues[0]!;
  throw failure(
    "E_RUN_READ",
    `Cannot read ${path}/run.json: found no description of a run (${key.join(".")}: ${message})`,
  );
}

/**
 * Every event of a run, from its file; a last line that is cut off is left out.
 *
 * @throws {GfnError} `E_PERMISSION`, or `E_RUN_READ` that names the first line that is no event
 */
export function* eventsOf(path: string): Generator<Event> {
  requireAccess(`read the run in ${path}`, path, ["read"]);
  const file = `${path}/metrics.jsonl`;
  try {
    for (const line of linesOf(file)) if (line.whole) yield eventOf(line, file);
  } catch (error) {
    throw error instanceof GfnError ? error : cannotRead(path, error);
  }
}

/** Whether the last line of a run says that it finished its steps. What says anything else is not finished. */
export function isFinished(path: string, steps: number): boolean {
  let text: string | null;
  try {
    text = lastLine(`${path}/metrics.jsonl`);
  } catch (error) {
    if (isMissing(error)) return false;
    throw cannotRead(path, error);
  }
  const last = endEvent.safeParse(jsonOf(text ?? ""));
  return last.success && last.data.reason === "finished" && last.data.step >= steps;
}

/**
 * A checkpoint of a run.
 *
 * @returns it, and what was wrong with newer ones where the last was wanted
 * @throws {GfnError} `E_CHECKPOINT` when there is none, or none that is whole
 */
export async function readCheckpointOf(
  { path }: StoredRun,
  choice: CheckpointChoice,
): Promise<{ checkpoint: Checkpoint; refused: string[] }> {
  const steps = checkpointSteps(path);
  if (typeof choice === "number") {
    if (steps.includes(choice)) {
      return { checkpoint: await readCheckpoint(path, choice), refused: [] };
    }
    throw noCheckpoint(path, `of step ${choice}`, steps);
  }
  const { checkpoint, refused } = await newestCheckpoint(path);
  if (checkpoint === null) {
    throw refused.length > 0 ? noneIsWhole(path, refused) : noCheckpoint(path, "", steps);
  }
  if (choice === "last") return { checkpoint, refused };
  const best = bestStep(path);
  if (best === null || !steps.includes(best)) throw noCheckpoint(path, "that was evaluated", steps);
  return { checkpoint: await readCheckpoint(path, best), refused: [] };
}

function bestStep(path: string): number | null {
  try {
    return readPast(`${path}/metrics.jsonl`, null).best.step;
  } catch (error) {
    throw error instanceof GfnError ? error : cannotRead(path, error);
  }
}

/** The error of a run whose checkpoints are all damaged. */
export function noneIsWhole(path: string, refused: readonly string[]): Error {
  return failure(
    "E_CHECKPOINT",
    `Cannot use the run in ${path}: found none of ${refused.length} checkpoints that can be used; ${
      refused[0]
    }`,
  );
}

function noCheckpoint(path: string, which: string, steps: readonly number[]): GfnError {
  const there = steps.length === 0 ? "none" : `those of steps ${steps.toReversed().join(", ")}`;
  return failure(
    "E_CHECKPOINT",
    `Cannot find a checkpoint ${which} in ${path}: found ${there}`.replace("  ", " "),
  );
}

function readPlugin(path: string, run: RunEvent): PluginText | null {
  if (!run.plugin) return null;
  for (
    const [name, language] of [["plugin.ts", "typescript"], ["plugin.js", "javascript"]] as const
  ) {
    try {
      return { text: Deno.readTextFileSync(`${path}/${name}`), language };
    } catch (error) {
      if (!isMissing(error)) throw cannotRead(path, error);
    }
  }
  throw failure(
    "E_RUN_READ",
    `Cannot read the run in ${path}: found neither plugin.ts nor plugin.js, want the plugin that was run`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

function cannotRead(path: string, error: unknown): GfnError {
  const reason = error instanceof Error ? error.message : String(error);
  return failure("E_RUN_READ", `Cannot read the run in ${path}: ${reason}`, { cause: error });
}

/**
 * The folder of a run as it is written: `run.json`, what is run, `metrics.jsonl`, one event a line,
 * `checkpoints/`, the state to go on from, and the source of a foreign plugin. What it writes it writes
 * nowhere else, and at any instant the folder holds a run that can be gone on with.
 *
 * @module
 */
import { failure, GfnError, usageError } from "../errors.ts";
import type { Event, RunEvent } from "../train/events.ts";
import type { Snapshot } from "../train/snapshot.ts";
import {
  newestCheckpoint,
  pruneCheckpoints,
  setLaterAside,
  writeCheckpoint,
} from "./_checkpoint_files.ts";
import type { Checkpoint } from "./checkpoint.ts";
import {
  BestSoFar,
  MetricsFile,
  readPast,
  replaceFirstLine,
  tellsOfCheckpoint,
} from "./metrics_file.ts";
import { requireAccess } from "./permissions.ts";
import { lockRun, type RunLock } from "./run_lock.ts";
import { findRun, noneIsWhole, type PluginText } from "./stored_run.ts";
import { makeFolder, syncFolder, writeWhole } from "./whole_file.ts";

/** A run folder that is being written. */
export interface RunFolder {
  /** Appends one line. */
  write(event: Event): void;
  /** Stores the state of training, after `elapsed` seconds of it. */
  keep(snapshot: Snapshot, elapsed: number): Promise<void>;
  /** Puts what was written on the disk and lets others write. */
  close(): void;
  /** Closes, and takes a run that was made here and never began off the disk again. */
  withdraw(): void;
}

/** What a folder has to know of its run. */
export interface RunFacts {
  /** The first line of the metrics, which is also what `run.json` says. */
  run: RunEvent;
  /** Hash of the settings that the run keeps as long as it goes on. */
  identity: string;
  /** Checkpoints kept beside the best one. */
  keep: number;
}

/** What a folder may hold that was killed before its run began. */
const LEFTOVERS = [
  ...["lock", "plugin.ts", "plugin.js"],
  ...["run.json.part", "plugin.ts.part", "plugin.js.part"],
];
/** What a run's folder may hold. */
const OWN = [...LEFTOVERS, "run.json", "metrics.jsonl", "metrics.jsonl.part", "checkpoints"];

/**
 * Makes a run folder, or takes an empty folder for one.
 *
 * @param plugin goes to `plugin.ts` or `plugin.js` unchanged
 * @throws {GfnError} `E_PERMISSION`; `E_OUT_TAKEN` when the path is a file or holds anything;
 * `E_OUT_BUSY` when another process writes there; `E_OUT_WRITE` when it cannot be written
 */
export function createRunFolder(
  path: string,
  facts: RunFacts,
  plugin: PluginText | null = null,
): RunFolder {
  requireAccess(`write the run to ${path}`, path, ["read", "write"]);
  requireFree(path);
  return attempt(path, () => {
    const origin = makeFolder(path);
    return locked(path, (lock) => {
      requireFree(path); // another may have been faster
      if (plugin) {
        writeWhole(`${path}/plugin.${plugin.language === "typescript" ? "ts" : "js"}`, plugin.text);
      }
      // From here on it is a run: what is killed before has left nothing that counts.
      writeRunFile(path, facts.run);
      const metrics = MetricsFile.create(`${path}/metrics.jsonl`);
      syncFolder(path);
      return new Writer(path, facts, lock, metrics, origin);
    });
  });
}

/** A run that goes on. */
export interface Resumed {
  folder: RunFolder;
  /** Where it goes on; null where it was killed before its first checkpoint, and begins anew. */
  checkpoint: Checkpoint | null;
  /** What was wrong with newer checkpoints. */
  refused: string[];
}

/**
 * Goes on writing a run: what stands behind its newest whole checkpoint is taken back.
 *
 * @param before what `run.json` said when it was decided to go on
 * @param facts with the steps that are wanted now, all else as it was
 * @throws {GfnError} `E_PERMISSION`, `E_OUT_BUSY`, `E_OUT_WRITE`; `E_RUN_READ` when a line of the metrics
 * before the checkpoint is no event; `E_CHECKPOINT` when there are or were checkpoints and none can be used
 */
export async function resumeRunFolder(
  path: string,
  before: RunEvent,
  facts: RunFacts,
): Promise<Resumed> {
  requireAccess(`go on with the run in ${path}`, path, ["read", "write"]);
  const lock = attempt(path, () => lockRun(path));
  try {
    if (JSON.stringify(findRun(path)) !== JSON.stringify(before)) {
      throw usageError(
        "E_OUT_BUSY",
        `Cannot go on with the run in ${path}: found that another process has since, want the same command once more`,
      );
    }
    const { checkpoint, refused } = await newestCheckpoint(path, facts.identity);
    if (checkpoint === null && refused.length > 0) throw noneIsWhole(path, refused);
    return attempt(path, () => {
      const metrics = `${path}/metrics.jsonl`;
      if (checkpoint === null) {
        requireNoneBefore(path, metrics);
        writeRunFile(path, facts.run);
        const folder = new Writer(path, facts, lock, MetricsFile.create(metrics), "resumed");
        return { folder, checkpoint, refused };
      }
      const { metricsBytes, snapshot } = checkpoint;
      const past = readPast(metrics, metricsBytes); // before anything is changed
      const firstLine = past.run.configHash === facts.run.configHash
        ? past.firstLine
        : replaceFirstLine(metrics, facts.run, past, metricsBytes);
      // Behind the metrics: were it killed between, it is not taken for finished.
      writeRunFile(path, facts.run);
      setLaterAside(path, snapshot.step);
      const file = MetricsFile.goOn(metrics, metricsBytes, firstLine);
      const folder = new Writer(path, facts, lock, file, "resumed", past.best);
      return { folder, checkpoint, refused };
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A run without checkpoints is begun anew only where it never had one. */
function requireNoneBefore(path: string, metrics: string): void {
  let hadOne: boolean;
  try {
    hadOne = tellsOfCheckpoint(metrics);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (!hadOne) return;
  throw failure(
    "E_CHECKPOINT",
    `Cannot go on with the run in ${path}: found no checkpoint, though metrics.jsonl tells of one, want it back, or a new run`,
  );
}

class Writer implements RunFolder {
  readonly #path: string;
  readonly #facts: RunFacts;
  readonly #lock: RunLock;
  readonly #metrics: MetricsFile;
  readonly #origin: "made" | "found" | "resumed";
  readonly #best: BestSoFar;
  #isOpen = true;

  constructor(
    path: string,
    facts: RunFacts,
    lock: RunLock,
    metrics: MetricsFile,
    origin: "made" | "found" | "resumed",
    best = new BestSoFar(),
  ) {
    this.#path = path;
    this.#facts = facts;
    this.#lock = lock;
    this.#metrics = metrics;
    this.#origin = origin;
    this.#best = best;
  }

  write(event: Event): void {
    attempt(this.#path, () => this.#metrics.write(event));
    this.#best.see(event);
  }

  async keep(snapshot: Snapshot, elapsed: number): Promise<void> {
    const path = this.#path, { identity, keep } = this.#facts;
    attempt(path, () => this.#metrics.sync()); // no checkpoint without the lines before it
    const { bytes: metricsBytes } = this.#metrics;
    try {
      await writeCheckpoint(path, { snapshot, metricsBytes, identity, elapsed });
      pruneCheckpoints(path, keep, this.#best.step);
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      attempt(this.#path, () => this.#metrics.sync());
    } finally {
      this.#metrics.close();
      this.#lock.release();
    }
  }

  withdraw(): void {
    this.close();
    if (this.#origin === "resumed") return;
    // Were it killed in between: a run that is begun anew, then leftovers that a run may take.
    for (const name of new Set(["metrics.jsonl", "run.json", ...namesIn(this.#path)])) {
      Deno.removeSync(`${this.#path}/${name}`);
    }
    if (this.#origin === "made") Deno.removeSync(this.#path);
  }
}

function writeRunFile(path: string, run: RunEvent): void {
  writeWhole(`${path}/run.json`, `${JSON.stringify(run, null, 2)}\n`);
  syncFolder(path);
}

/** Does something under the lock, which stays unless it fails. */
function locked<T>(path: string, act: (lock: RunLock) => T): T {
  const lock = lockRun(path);
  try {
    return act(lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Makes sure that a path is free for a run.
 *
 * @throws {GfnError} `E_OUT_TAKEN` when it is a file, or a folder that holds anything
 */
export function requireFree(path: string): void {
  const names = namesIn(path).filter((name) => !LEFTOVERS.includes(name));
  if (names.length === 0) return;
  const isRun = findRun(path) !== null, others = names.length - 1;
  throw usageError(
    "E_OUT_TAKEN",
    `Cannot write the run to ${path}: found ${
      isRun ? "another run" : `${names[0]}${others > 0 ? ` and ${others} more` : ""}`
    } there, want a new or empty folder${isRun ? `, or --resume ${path}` : ""}`,
  );
}

/**
 * Makes sure that a folder holds nothing but a run.
 *
 * @throws {GfnError} `E_OUT_TAKEN`
 */
export function requireOwn(path: string): void {
  const foreign = namesIn(path).find((name) => !OWN.includes(name));
  if (foreign === undefined) return;
  throw usageError(
    "E_OUT_TAKEN",
    `Cannot use the folder ${path}: found ${foreign} there, want a run or nothing`,
  );
}

/** What is in a folder; nothing where it is not there yet. */
function namesIn(path: string): string[] {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw cannotWrite(path, error);
  }
  if (info.isDirectory) {
    return attempt(path, () => Array.from(Deno.readDirSync(path), ({ name }) => name).toSorted());
  }
  throw usageError(
    "E_OUT_TAKEN",
    `Cannot write the run to ${path}: found a file, want a new or empty folder`,
  );
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): GfnError {
  if (error instanceof GfnError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return failure("E_OUT_WRITE", `Cannot write the run to ${path}: ${reason}`, { cause: error });
}

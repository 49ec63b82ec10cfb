/**
 * Reading a run folder back, and clearing away one that was not finished.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";
import { type Event, eventSchema, type RunEvent } from "../train/events.ts";
import { requireAccess } from "./permissions.ts";

/** What a run folder holds. */
export interface StoredRun {
  run: RunEvent;
  events: Event[];
  /** Whether its last line says that it was finished. */
  finished: boolean;
}

/** The files that a run folder is made of. */
const OWN_FILES = ["run.json", "run.json.part", "metrics.jsonl", "plugin.ts", "plugin.js"];

/**
 * The run in a folder; null where there is no folder or nothing in it.
 *
 * @throws {GfnError} `E_PERMISSION`; `E_OUT_TAKEN` when it holds files that are no run's;
 * `E_RUN_READ` when a line other than a last, unfinished one is no event
 */
export function readRun(path: string): StoredRun | null {
  requireAccess(`read the run in ${path}`, path, ["read"]);
  const names = namesIn(path);
  if (names.length === 0) return null;
  const foreign = names.find((name) => !OWN_FILES.includes(name));
  if (foreign !== undefined || !names.includes("metrics.jsonl")) {
    throw usageError(
      "E_OUT_TAKEN",
      `Cannot use the folder ${path}: found ${foreign ?? names[0]} there, want a run or nothing`,
    );
  }
  const text = attempt(path, () => Deno.readTextFileSync(`${path}/metrics.jsonl`));
  const lines = text.split("\n");
  // Behind the last line end lies nothing, or what a killed run had begun to write.
  const events = lines.slice(0, -1).map((line, i) => eventIn(line, `${path}/metrics.jsonl`, i + 1));
  const [run] = events, last = events.at(-1);
  if (run?.type !== "run") {
    if (events.length === 0) return { run: emptyRun, events, finished: false };
    throw failure(
      "E_RUN_READ",
      `Cannot read ${path}/metrics.jsonl: line 1 is "${events[0]!.type}", want "run"`,
    );
  }
  return { run, events, finished: last?.type === "end" && last.reason === "finished" };
}

/** What a run that was killed before its first line counts as. */
const emptyRun: RunEvent = { type: "run", format: 1, version: "", config: {}, configHash: "" };

/** Removes the files of a run that was not finished, and nothing else. */
export function discardRun(path: string): void {
  requireAccess(`remove the unfinished run in ${path}`, path, ["read", "write"]);
  const names = namesIn(path).filter((name) => OWN_FILES.includes(name));
  for (const name of names) attempt(path, () => Deno.removeSync(`${path}/${name}`));
}

function namesIn(path: string): string[] {
  try {
    return Array.from(Deno.readDirSync(path), ({ name }) => name).toSorted();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw cannotRead(path, error);
  }
}

function eventIn(line: string, file: string, number: number): Event {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw failure("E_RUN_READ", `Cannot read ${file}: line ${number} is no JSON`);
  }
  const parsed = eventSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw failure(
    "E_RUN_READ",
    `Cannot read ${file}: line ${number} is no event of a run (${path.join(".")}: ${message})`,
  );
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw cannotRead(path, error);
  }
}

function cannotRead(path: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return failure("E_RUN_READ", `Cannot read the run in ${path}: ${reason}`, { cause: error });
}

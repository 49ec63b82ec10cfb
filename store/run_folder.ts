/**
 * The folder of a run: `run.json`, what was run, and `metrics.jsonl`, one event a line. This is the
 * only code that writes files, and it writes nowhere else.
 *
 * @module
 */
import { failure, type GfnError, usageError } from "../errors.ts";
import type { Event } from "../train/events.ts";
import { requireAccess } from "./permissions.ts";
import { writeAll, writeWhole } from "./whole_file.ts";

/** The source of a foreign plugin, so that a run can be repeated when its URL is gone. */
export interface PluginText {
  text: string;
  language: "typescript" | "javascript";
}

/** A run folder that is being written. */
export interface RunFolder {
  /** Appends one line. */
  write(event: Event): void;
  /** Puts what was written on the disk and closes the file. */
  close(): void;
}

/**
 * Makes a run folder, or takes an empty folder for one.
 *
 * @param run the first line of the metrics, which is also what `run.json` says
 * @param plugin goes to `plugin.ts` or `plugin.js` unchanged
 * @throws {GfnError} `E_PERMISSION`; `E_OUT_TAKEN` when the path is a file or holds anything;
 * `E_OUT_WRITE` when it cannot be written
 */
export function createRunFolder(
  path: string,
  run: Event,
  plugin: PluginText | null = null,
): RunFolder {
  requireAccess(`write the run to ${path}`, path, ["read", "write"]);
  requireFree(path);
  return attempt(path, () => {
    Deno.mkdirSync(path, { recursive: true });
    // The file is made first and never over another: of two runs at once, one fails here.
    const file = Deno.openSync(`${path}/metrics.jsonl`, { write: true, createNew: true });
    writeWhole(`${path}/run.json`, `${JSON.stringify(run, null, 2)}\n`);
    if (plugin) {
      const ending = plugin.language === "typescript" ? "ts" : "js";
      writeWhole(`${path}/plugin.${ending}`, plugin.text);
    }
    return {
      write(event) {
        attempt(path, () => writeAll(file, `${JSON.stringify(event)}\n`));
      },
      close() {
        file.syncSync();
        file.close();
      },
    };
  });
}

function requireFree(path: string): void {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw cannotWrite(path, error);
  }
  if (!info.isDirectory) {
    throw usageError(
      "E_OUT_TAKEN",
      `Cannot write the run to ${path}: found a file, want a new or empty folder`,
    );
  }
  const names = attempt(path, () => Array.from(Deno.readDirSync(path), ({ name }) => name));
  if (names.length === 0) return;
  const what = names.includes("run.json")
    ? "another run"
    : `${names.length} other files, ${names[0]} among them`;
  throw usageError(
    "E_OUT_TAKEN",
    `Cannot write the run to ${path}: found ${what} there, want a new or empty folder`,
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
  const reason = error instanceof Error ? error.message : String(error);
  return failure("E_OUT_WRITE", `Cannot write the run to ${path}: ${reason}`, { cause: error });
}

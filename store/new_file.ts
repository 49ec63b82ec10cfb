/**
 * Writing files that were not there.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";
import { requireAccess } from "./permissions.ts";
import { writeNew } from "./whole_file.ts";

/**
 * Writes new files, all or none.
 *
 * @param texts by path
 * @throws {GfnError} `E_PERMISSION`; `E_OUT_TAKEN` when one is there already; `E_OUT_WRITE`
 */
export function writeNewFiles(texts: Readonly<Record<string, string>>): void {
  for (const path of Object.keys(texts)) requireAccess(`write ${path}`, path, ["read", "write"]);
  for (const path of Object.keys(texts)) requireNew(path);
  for (const [path, text] of Object.entries(texts)) {
    try {
      Deno.writeTextFileSync(path, text, { createNew: true });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw failure("E_OUT_WRITE", `Cannot write ${path}: ${reason}`, { cause: error });
    }
  }
}

/**
 * Makes a folder of new files.
 *
 * @param files by name
 * @throws {GfnError} `E_PERMISSION`; `E_OUT_TAKEN` when there is something by the folder's name; `E_OUT_WRITE`
 */
export function writeNewFolder(
  path: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): void {
  requireAccess(`write ${path}`, path, ["read", "write"]);
  requireNew(path);
  try {
    Deno.mkdirSync(path);
    for (const [name, data] of Object.entries(files)) writeNew(`${path}/${name}`, data);
  } catch (error) {
    throw failure("E_OUT_WRITE", `Cannot write ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * Makes sure that there is nothing by a name, before anything long is begun that would be written there.
 *
 * @throws {GfnError} `E_OUT_TAKEN`
 */
export function requireNew(path: string): void {
  if (!isThere(path)) return;
  throw usageError("E_OUT_TAKEN", `Cannot write ${path}: found it there already, want a new name`);
}

/** Whether there is anything by a name. */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

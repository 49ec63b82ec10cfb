/**
 * Writing files that were not there.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";
import { requireAccess } from "./permissions.ts";

/**
 * Writes new files, all or none.
 *
 * @param texts by path
 * @throws {GfnError} `E_PERMISSION`; `E_OUT_TAKEN` when one is there already; `E_OUT_WRITE`
 */
export function writeNewFiles(texts: Readonly<Record<string, string>>): void {
  for (const path of Object.keys(texts)) requireAccess(`write ${path}`, path, ["read", "write"]);
  for (const path of Object.keys(texts)) {
    if (!exists(path)) continue;
    throw usageError(
      "E_OUT_TAKEN",
      `Cannot write ${path}: found it there already, want a new name`,
    );
  }
  for (const [path, text] of Object.entries(texts)) {
    try {
      Deno.writeTextFileSync(path, text, { createNew: true });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw failure("E_OUT_WRITE", `Cannot write ${path}: ${reason}`, { cause: error });
    }
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

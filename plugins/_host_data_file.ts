/**
 * Data files that a plugin's options name: read by the host, hashed into the run, handed over as bytes.
 *
 * @module
 */
import { sha256Of } from "../config/canonical.ts";
import type { OptionSpecs, OptionValues } from "../config/options.ts";
import { failure } from "../errors.ts";
import { requireAccess } from "../store/permissions.ts";

/** Largest data file. */
const DATA_BYTES = 512 * 2 ** 20;

/** A data file that was read. */
export interface DataFile {
  bytes: Uint8Array<ArrayBuffer>;
  /** Lower-case hexadecimal. */
  sha256: string;
}

/**
 * Reads the files that options of the kind `file` name.
 *
 * @returns by option, those that were given
 * @throws {GfnError} `E_PERMISSION`, or `E_DATA_FILE` when one cannot be read
 */
export async function readDataFiles(
  specs: OptionSpecs,
  options: OptionValues,
): Promise<Record<string, DataFile>> {
  const files: Record<string, DataFile> = {};
  for (const [key, spec] of Object.entries(specs)) {
    const path = options[key];
    if (!("file" in spec) || typeof path !== "string") continue;
    const bytes = read(key, path);
    files[key] = { bytes, sha256: await sha256Of(bytes) };
  }
  return files;
}

function read(key: string, path: string): Uint8Array<ArrayBuffer> {
  requireAccess(`use the setting env.${key} = ${path}`, path, ["read"]);
  try {
    const { size } = Deno.statSync(path);
    if (size > DATA_BYTES) throw new Error(`it has more than ${DATA_BYTES / 2 ** 20} MiB`);
    return Deno.readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure("E_DATA_FILE", `Cannot use the setting env.${key}: ${path}: ${reason}`, {
      cause: error,
    });
  }
}

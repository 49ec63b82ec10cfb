/**
 * Reading a config file.
 *
 * @module
 */
import { parseSettings, type SettingsTree } from "../config/overrides.ts";
import { failure } from "../errors.ts";
import { requireAccess } from "./permissions.ts";

/**
 * The settings in a file.
 *
 * @throws {GfnError} `E_PERMISSION`, `E_CONFIG_READ` or `E_CONFIG_JSON`
 */
export function readConfigFile(path: string): SettingsTree {
  return parseSettings(read("config file", path), path);
}

/**
 * The text of a sweep's file.
 *
 * @throws {GfnError} `E_PERMISSION` or `E_CONFIG_READ`
 */
export function readSweepFile(path: string): string {
  return read("sweep", path);
}

function read(what: string, path: string): string {
  requireAccess(`read ${what} ${path}`, path, ["read"]);
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw failure("E_CONFIG_READ", `Cannot read ${what} ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

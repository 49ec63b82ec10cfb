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
  requireAccess(`read config file ${path}`, path, ["read"]);
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw failure(
      "E_CONFIG_READ",
      `Cannot read config file ${path}: ${(error as Error).message}`,
      { cause: error },
    );
  }
  return parseSettings(text, path);
}

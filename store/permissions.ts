/**
 * Permissions, asked about before they are used: the answer to a missing one is a line that names the
 * flag. Deno's own prompt never appears, on a terminal neither.
 *
 * @module
 */
import { usageError } from "../errors.ts";

/** What may be done with a path. */
export type Access = "read" | "write";

/**
 * Makes sure of access to a path.
 *
 * @param what is being tried, as the beginning of the error
 * @throws {GfnError} `E_PERMISSION` that names every flag that is missing
 */
export function requireAccess(what: string, path: string, access: readonly Access[]): void {
  const missing = access.filter((name) =>
    Deno.permissions.querySync({ name, path }).state !== "granted"
  );
  if (missing.length === 0) return;
  const flags = access.map((name) => `--allow-${name}=${path}`).join(" ");
  throw usageError(
    "E_PERMISSION",
    `Cannot ${what}: found no permission to ${missing.join(" and ")} it, want deno run ${flags}`,
  );
}

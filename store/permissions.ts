/**
 * Permissions, asked about before they are used: the answer to a missing one is a line that names the
 * flag. Deno's own prompt never appears, on a terminal neither.
 *
 * @module
 */
import { usageError } from "../errors.ts";

/** What may be done with a path. */
export type Access = "read" | "write";

/** A path and what is to be done with it. */
export interface Wanted {
  path: string;
  access: readonly Access[];
}

/**
 * Makes sure of access to a path.
 *
 * @param what is being tried, as the beginning of the error
 * @throws {GfnError} `E_PERMISSION` that names every flag that is missing
 */
export function requireAccess(what: string, path: string, access: readonly Access[]): void {
  const missing = missingOf({ path, access });
  if (missing.length === 0) return;
  const flags = access.map((name) => `--allow-${name}=${path}`).join(" ");
  throw usageError(
    "E_PERMISSION",
    `Cannot ${what}: found no permission to ${missing.join(" and ")} it, want deno run ${flags}`,
  );
}

/**
 * Makes sure of access to several paths.
 *
 * @param what is being tried, as the beginning of the error
 * @param address host and port that are listened on, or null
 * @throws {GfnError} `E_PERMISSION` that names the flags for all of them
 */
export function requireAccessToAll(
  what: string,
  wanted: readonly Wanted[],
  address: string | null = null,
): void {
  const missing = wanted.flatMap((one) => missingOf(one).map((name) => `${name} ${one.path}`));
  if (address !== null && !mayListenOn(address)) missing.push(`listen on ${address}`);
  if (missing.length === 0) return;
  const flags = (["read", "write"] as const).flatMap((name) => {
    const paths = wanted.filter(({ access }) => access.includes(name)).map(({ path }) => path);
    return paths.length === 0 ? [] : [`--allow-${name}=${[...new Set(paths)].join(",")}`];
  });
  if (address !== null) flags.unshift(`--allow-net=${address}`);
  throw usageError(
    "E_PERMISSION",
    `Cannot ${what}: found no permission to ${missing.join(", ")}, want deno run ${
      flags.join(" ")
    }`,
  );
}

function mayListenOn(host: string): boolean {
  return Deno.permissions.querySync({ name: "net", host }).state === "granted";
}

function missingOf({ path, access }: Wanted): Access[] {
  return access.filter((name) => Deno.permissions.querySync({ name, path }).state !== "granted");
}

/**
 * Makes sure that a program may be run.
 *
 * @param what is being tried, as the beginning of the error
 * @throws {GfnError} `E_PERMISSION`
 */
export function requireRun(what: string, program: string): void {
  if (Deno.permissions.querySync({ name: "run", command: program }).state === "granted") return;
  const want = Deno.build.standalone
    ? `it on the PATH, as gfn where it is gfn itself` // the names that a binary is compiled with
    : `deno run --allow-run=${program}`;
  throw usageError(
    "E_PERMISSION",
    `Cannot ${what}: found no permission to run ${program}, want ${want}`,
  );
}

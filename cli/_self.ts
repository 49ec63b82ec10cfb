/**
 * How this very gfn is started once more, whichever form it has: a clone, one file, a binary.
 *
 * @module
 */
import { carriedWorker } from "../sandbox/carried_worker.ts";

/** A program and its arguments. */
export interface Invocation {
  program: string;
  args: readonly string[];
}

/** Whether gfn is one file, bundled or compiled: nothing of it lies beside it. */
export function isOneFile(): boolean {
  return carriedWorker() !== null;
}

/**
 * The program that runs this gfn, to be given its arguments.
 *
 * @param permissions flags for Deno; a binary has those that it was compiled with
 */
export function invocation(permissions: readonly string[]): Invocation {
  const program = Deno.execPath();
  if (Deno.build.standalone) return { program, args: [] };
  const main = Deno.mainModule;
  return {
    program,
    args: [
      ...["run", "--quiet", "--no-prompt"],
      // What deno.json says in a clone.
      ...(isOneFile() ? ["--unstable-worker-options"] : []),
      ...permissions,
      main.startsWith("file:") ? pathOf(main) : main,
    ],
  };
}

/** The path of a file: URL, with a drive's letter first where there are such. */
function pathOf(url: string): string {
  const path = decodeURIComponent(new URL(url).pathname);
  return Deno.build.os === "windows" ? path.slice(1) : path;
}

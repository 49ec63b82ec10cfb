/**
 * The command line of one run of a sweep, with the permissions that it needs and no others.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { SweepFolder } from "../store/sweep_folder.ts";
import { type Invocation, invocation } from "./_self.ts";
import type { SweptRun } from "./_sweep_plan.ts";

/** The program that runs each of these, to be given {@linkcode beginning} or {@linkcode goingOn}. */
export function trainer(folder: SweepFolder, runs: readonly SweptRun[]): Invocation {
  const all = <T>(of: (run: SweptRun) => readonly T[]) => [...new Set(runs.flatMap(of))];
  const net = all(({ needs }) => needs.net);
  return invocation([
    `--allow-read=${list([folder.path, ...all(({ needs }) => needs.read)])}`,
    `--allow-write=${list([folder.path])}`,
    ...(net.length > 0 ? [`--allow-net=${net.join(",")}`] : []),
    ...(runs.some(({ needs }) => needs.native) ? ["--allow-ffi"] : []),
  ]);
}

/** The arguments that begin a run. */
export function beginning(folder: SweepFolder, name: string): string[] {
  return ["train", "--config", folder.planOf(name), "--out", folder.runOf(name)];
}

/** The arguments that go on with a run. */
export function goingOn(folder: SweepFolder, name: string): string[] {
  return ["train", "--resume", folder.runOf(name)];
}

/** The arguments of either. */
export function common(threads: number): string[] {
  return ["--threads", String(threads), "--quiet"];
}

/** Paths as Deno takes them between commas. */
function list(paths: readonly string[]): string {
  for (const path of paths) {
    if (!path.includes(",")) continue;
    throw usageError(
      "E_SWEEP",
      `Cannot give a run the permission for ${path}: found a comma, by which Deno takes it for two paths, want another name`,
    );
  }
  return paths.join(",");
}

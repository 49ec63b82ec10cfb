/**
 * The folder of a comparison: a run folder for each objective and seed, and what people put beside them.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";

/** The folder of a run in a comparison. */
export function comparedRun(path: string, objective: string, seed: number): string {
  return `${path}/${objective}-seed${seed}`;
}

/**
 * Makes sure that a path is free for a comparison, or has one, which may be unfinished.
 *
 * @throws {GfnError} `E_OUT_TAKEN` when it is a file, a run, or a folder of something else; `E_OUT_WRITE` when
 * it cannot be looked into
 */
export function requireComparison(path: string): void {
  const taken = (found: string) =>
    usageError(
      "E_OUT_TAKEN",
      `Cannot write the runs to ${path}: found ${found}, want a new or empty folder, or that of a comparison`,
    );
  let names: string[];
  try {
    names = Array.from(Deno.readDirSync(path), ({ name }) => name).toSorted();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (error instanceof Deno.errors.NotADirectory) throw taken("a file");
    throw failure("E_OUT_WRITE", `Cannot write the runs to ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (names.includes("run.json")) throw taken("a run there");
  if (names.length === 0 || names.some((name) => /.-seed\d+$/.test(name))) return;
  const others = names.length - 1;
  throw taken(`${names[0]}${others > 0 ? ` and ${others} more` : ""} there`);
}

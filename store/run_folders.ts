/**
 * Finding run folders: a folder that is one, or a folder of them such as `gfn compare --out` writes.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";

/**
 * The run folders that a path stands for: itself, or those in it by name. None where it is neither.
 *
 * @throws {GfnError} `E_RUN_READ` when it cannot be looked into
 */
export function runFoldersIn(path: string): string[] {
  try {
    if (isRun(path)) return [path];
    const inner = Array.from(Deno.readDirSync(path), ({ name }) => `${path}/${name}`);
    return inner.filter(isRun).sort((a, b) => byName(a, b));
  } catch (error) {
    if (isMissing(error)) return [];
    throw failure("E_RUN_READ", `Cannot read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * Makes sure that none of these paths is a file; what is not there yet may become a folder.
 *
 * @throws {GfnError} `E_RUN_READ`
 */
export function requireNoFile(paths: readonly string[]): void {
  for (const path of paths) {
    let info: Deno.FileInfo;
    try {
      info = Deno.statSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      throw failure("E_RUN_READ", `Cannot watch ${path}: ${(error as Error).message}`, {
        cause: error,
      });
    }
    if (info.isDirectory) continue;
    throw usageError(
      "E_RUN_READ",
      `Cannot watch ${path}: found a file, want a run folder, a folder of them, or one that is yet to come`,
    );
  }
}

function isRun(path: string): boolean {
  try {
    return Deno.statSync(`${path}/run.json`).isFile;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** With seed 10 behind seed 9. */
function byName(a: string, b: string): number {
  const parts = (name: string) => name.split(/(\d+)/);
  const x = parts(a), y = parts(b);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] === y[i]) continue;
    return i % 2 === 1 && Number(x[i]) !== Number(y[i])
      ? Number(x[i]) - Number(y[i])
      : x[i]! < y[i]!
      ? -1
      : 1;
  }
  return x.length - y.length;
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

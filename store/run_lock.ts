/**
 * One writer at a time: a lock that the system drops with its process, however that ends.
 *
 * @module
 */
import { usageError } from "../errors.ts";

/** A lock that is held. */
export interface RunLock {
  release(): void;
}

/**
 * Takes the lock of a run folder, which is there.
 *
 * @throws {GfnError} `E_OUT_BUSY` when another process has it
 */
export function lockRun(folder: string): RunLock {
  const file = Deno.openSync(`${folder}/lock`, { write: true, create: true });
  if (!file.tryLockSync(true)) {
    file.close();
    throw usageError(
      "E_OUT_BUSY",
      `Cannot write the run to ${folder}: found another process that writes there, want it ended first`,
    );
  }
  return { release: () => file.close() };
}

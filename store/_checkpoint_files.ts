/**
 * The checkpoints of a run folder: written whole, the last ones and the best one kept, the newest that is
 * whole found again.
 *
 * @module
 */
import { failure, GfnError } from "../errors.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { makeFolder, syncFolder, writeWhole } from "./whole_file.ts";

/** Steps in a name are padded so that names sort as steps do. */
const DIGITS = 10;

/** The file of a step, below the run folder. */
export function checkpointFile(step: number): string {
  return `checkpoints/${String(step).padStart(DIGITS, "0")}.safetensors`;
}

/** Steps that have a checkpoint, newest first. */
export function checkpointSteps(folder: string): number[] {
  try {
    return Array.from(Deno.readDirSync(`${folder}/checkpoints`), ({ name }) => name)
      .flatMap((name) => /^\d{10}\.safetensors$/.test(name) ? [parseInt(name, 10)] : [])
      .toSorted((a, b) => b - a);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw failure(
      "E_CHECKPOINT",
      `Cannot read ${folder}/checkpoints: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** Writes a checkpoint. */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const bytes = await encodeCheckpoint(checkpoint);
  makeFolder(`${folder}/checkpoints`);
  writeWhole(`${folder}/${checkpointFile(checkpoint.snapshot.step)}`, bytes);
  syncFolder(`${folder}/checkpoints`);
}

/** Reads the checkpoint of a step. */
export async function readCheckpoint(folder: string, step: number): Promise<Checkpoint> {
  const path = `${folder}/${checkpointFile(step)}`;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Deno.readFileSync(path);
  } catch (error) {
    throw failure(
      "E_CHECKPOINT",
      `Cannot read the checkpoint ${path}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
  return await decodeCheckpoint(bytes, path);
}

/**
 * The newest checkpoint that is whole, and what is wrong with newer ones.
 *
 * @param identity that it must have, where it matters
 * @throws {GfnError} `E_CHECKPOINT` when one cannot be read, or is whole and not for us: of a newer gfn, or
 * of a run with other settings. To pass over it would be to lose it.
 */
export async function newestCheckpoint(
  folder: string,
  identity?: string,
): Promise<{ checkpoint: Checkpoint | null; refused: string[] }> {
  const refused: string[] = [];
  for (const step of checkpointSteps(folder)) {
    try {
      const checkpoint = await readCheckpoint(folder, step);
      if (identity !== undefined && checkpoint.identity !== identity) {
        throw failure(
          "E_CHECKPOINT",
          `Cannot use the checkpoint ${folder}/${
            checkpointFile(step)
          }: found that of a run with other settings`,
        );
      }
      return { checkpoint, refused };
    } catch (error) {
      if (!(error instanceof GfnError) || error.code !== "E_CHECKPOINT_DAMAGED") throw error;
      refused.push(error.message);
    }
  }
  return { checkpoint: null, refused };
}

/** Removes all but the last `keep` and the best one. */
export function pruneCheckpoints(folder: string, keep: number, best: number | null): void {
  for (const step of checkpointSteps(folder).slice(keep)) {
    if (step !== best) Deno.removeSync(`${folder}/${checkpointFile(step)}`);
  }
}

/** Sets those of later steps aside: they are damaged, and the run will come there again. */
export function setLaterAside(folder: string, step: number): void {
  for (const other of checkpointSteps(folder)) {
    if (other <= step) continue;
    const path = `${folder}/${checkpointFile(other)}`;
    Deno.renameSync(path, `${path}.damaged`);
  }
}

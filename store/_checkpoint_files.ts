/**
 * The checkpoints of a run folder: written whole, the last ones and the best one kept, the newest that is
 * whole found again.
 *
 * @module
 */
import { failure, type GfnError } from "../errors.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { syncFolder, writeWhole } from "./whole_file.ts";

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
    throw error;
  }
}

/** Writes a checkpoint. */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const bytes = await encodeCheckpoint(checkpoint);
  Deno.mkdirSync(`${folder}/checkpoints`, { recursive: true });
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
      refused.push((error as GfnError).message);
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

/** Removes those of later steps: they are of a past that is not gone on from. */
export function dropLaterCheckpoints(folder: string, step: number): void {
  for (const other of checkpointSteps(folder)) {
    if (other > step) Deno.removeSync(`${folder}/${checkpointFile(other)}`);
  }
}

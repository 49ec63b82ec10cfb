/**
 * A checkpoint: the state of training as one safetensors file, with what is needed to go on from it and a
 * checksum over all of it.
 *
 * @module
 */
import { z } from "zod";
import { sha256Of } from "../config/canonical.ts";
import { failure } from "../errors.ts";
import type { Snapshot } from "../train/snapshot.ts";
import { decodeTensors, encodeTensors } from "./safetensors.ts";

/**
 * Version of what a checkpoint holds. It rises when names or meanings of tensors change; `migrations` then
 * gets a step from each older version to the next, so that every old checkpoint can still be read.
 */
export const CHECKPOINT_FORMAT = 1;

/** From a version to the next one. */
const migrations: Readonly<Record<number, (snapshot: Snapshot) => Snapshot>> = {};

/** What stands in a checkpoint beside the state. */
export interface CheckpointFacts {
  /** Bytes of metrics.jsonl behind its first line when the state was taken. */
  metricsBytes: number;
  /** Hash of the settings that a run keeps as long as it goes on. */
  identity: string;
  /** Seconds of training until then, over all its processes. */
  elapsed: number;
}

/** A state with its facts. */
export interface Checkpoint extends CheckpointFacts {
  snapshot: Snapshot;
}

const count = z.int().min(0);
const metadata = z.object({
  format: z.int(),
  step: count,
  trajectories: count,
  rewards: count,
  metricsBytes: count,
  identity: z.string(),
  elapsed: z.number(),
});

/** Stands in the place of the checksum while it is computed. */
const NO_SUM = "0".repeat(64);

/** The bytes of a checkpoint. */
export async function encodeCheckpoint(
  { snapshot, ...facts }: Checkpoint,
): Promise<Uint8Array<ArrayBuffer>> {
  const { tensors, ...counts } = snapshot;
  const gfn = JSON.stringify({ format: CHECKPOINT_FORMAT, ...counts, ...facts });
  const bytes = encodeTensors({ tensors, metadata: { sha256: NO_SUM, gfn } });
  const at = placeOfSum(bytes, NO_SUM);
  bytes.set(new TextEncoder().encode(await sha256Of(bytes)), at);
  return bytes;
}

/**
 * Reads a checkpoint.
 *
 * @param name of the file, for errors
 * @throws {GfnError} `E_CHECKPOINT_DAMAGED` when its bytes are not those that were written, `E_CHECKPOINT`
 * when they are of a newer gfn
 */
export async function decodeCheckpoint(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): Promise<Checkpoint> {
  const problem = (found: string, want: string, code = "E_CHECKPOINT_DAMAGED") =>
    failure(code, `Cannot use the checkpoint ${name}: found ${found}, want ${want}`);
  let file: ReturnType<typeof decodeTensors>;
  try {
    file = decodeTensors(bytes, name);
  } catch (error) {
    throw problem(
      (error as Error).message.replace(/^.*: found (.*), want .*$/s, "$1"),
      "a whole file",
    );
  }
  const { sha256, gfn } = file.metadata;
  if (typeof sha256 !== "string" || typeof gfn !== "string") {
    throw problem("no checksum", "a checkpoint of gfn");
  }
  const copy = bytes.slice(), at = placeOfSum(copy, sha256);
  if (at < 0) throw problem("a checksum out of place", "a checkpoint of gfn");
  copy.set(new TextEncoder().encode(NO_SUM), at);
  if (await sha256Of(copy) !== sha256) {
    throw problem("another checksum than it names", "the bytes that were written");
  }
  const parsed = metadata.safeParse(JSON.parse(gfn));
  if (!parsed.success) throw problem("counts that cannot be read", "those of a checkpoint");
  const { format, step, trajectories, rewards, ...facts } = parsed.data;
  if (format > CHECKPOINT_FORMAT) {
    throw problem(
      `format ${format}`,
      `at most ${CHECKPOINT_FORMAT}, or a newer gfn`,
      "E_CHECKPOINT",
    );
  }
  let snapshot: Snapshot = { step, trajectories, rewards, tensors: file.tensors };
  for (let old = format; old < CHECKPOINT_FORMAT; old++) snapshot = migrations[old]!(snapshot);
  return { snapshot, ...facts };
}

/** Where the checksum stands, the first text of the header's first object; -1 where it does not. */
function placeOfSum(bytes: Uint8Array, sum: string): number {
  const head = new TextDecoder("latin1").decode(bytes.subarray(8, 8 + 256));
  const at = head.indexOf(`"sha256":"${sum}"`);
  return at < 0 ? at : 8 + at + '"sha256":"'.length;
}

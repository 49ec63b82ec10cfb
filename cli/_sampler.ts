/**
 * A trained sampler as commands take it up.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { CheckpointChoice } from "../store/stored_run.ts";
import { openStoredSampler, type StoredSampler } from "../stored/sampler.ts";
import { say } from "./_print.ts";

/** Which sampler of a run. */
export interface SamplerArguments {
  run: string;
  /** `last`, `best` or a step. */
  checkpoint: string;
  averaged: boolean;
  threads: number | undefined;
}

/** Opens the sampler of a run folder, and says what was wrong with newer checkpoints. */
export async function openAsked(
  { run, checkpoint, averaged, threads }: SamplerArguments,
): Promise<StoredSampler> {
  const sampler = await openStoredSampler(run, {
    checkpoint: choiceOf(checkpoint),
    parameters: averaged ? "averaged" : "trained",
    ...(threads !== undefined && { threads }),
  });
  for (const message of sampler.refused) say(message);
  return sampler;
}

/** The checkpoint that an argument names. */
export function choiceOf(text: string): CheckpointChoice {
  if (text === "last" || text === "best") return text;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usageError(
    "E_CHECKPOINT",
    `Cannot use --checkpoint ${text}: found neither last, best nor a step, want one of these`,
  );
}

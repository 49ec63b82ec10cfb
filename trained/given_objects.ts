/**
 * Objects that somebody gives, as states: nobody vouches for them.
 *
 * @module
 */
import { failure } from "../errors.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { type Batch, terminatingStates } from "../rollout/batch.ts";

/** States, one after the other. */
export interface GivenObjects {
  /** [X * words] */
  states: Int32Array;
  /** Words of a state. */
  words: number;
}

/**
 * Makes sure that states have the length of an environment's.
 *
 * @throws {GfnError} `E_OBJECTS`
 */
export function requireWidth(environment: HostedEnvironment, words: number): void {
  const { name, stateWords } = environment;
  if (words === stateWords) return;
  throw failure(
    "E_OBJECTS",
    `Cannot use the objects given: found states of ${words} words, want ${stateWords} in environment "${name}"`,
  );
}

/**
 * Makes sure that trajectories which were sampled back from states lead to them again.
 *
 * @param ends [N * W]
 * @throws {GfnError} `E_OBJECTS`
 */
export function requireReached(
  { name }: HostedEnvironment,
  batch: Batch,
  ends: Int32Array,
): void {
  const reached = terminatingStates(batch), W = batch.stateWords;
  const odd = reached.findIndex((word, i) => word !== ends[i]);
  if (odd < 0) return;
  const at = Math.floor(odd / W) * W;
  throw failure(
    "E_OBJECTS",
    `Cannot use the objects given: found the state [${
      ends.subarray(at, at + W).join(" ")
    }], which no trajectory reaches in environment "${name}"`,
  );
}

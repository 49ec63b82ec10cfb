/**
 * Objects that somebody gives, as states: nobody vouches for them.
 *
 * @module
 */
import { failure, GfnError } from "../errors.ts";
import type { HostedEnvironment } from "../plugins/open.ts";
import { type BackwardLogits, sampleTrajectoriesTo } from "../rollout/backward.ts";
import { type Batch, terminatingStates } from "../rollout/batch.ts";
import { type Actions, layEndToEnd, walk } from "../rollout/walk.ts";
import { RandomStream } from "../tensor/random.ts";

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

/** What walking there and back says where a state is none of an environment's objects. */
const STRANGE = ["E_ENV_LENGTH", "E_ENV_ACTION", "E_ENV_UNFINISHED"];

/**
 * A trajectory to each of the states given, sampled back from it with P_B.
 *
 * @param ends [N * W]
 * @param logReward [N] nats, where it is known already
 * @throws {GfnError} `E_OBJECTS` that names a state which is no object
 */
export async function trajectoriesTo(
  environment: HostedEnvironment,
  ends: Int32Array,
  backward: BackwardLogits,
  random: RandomStream,
  logReward: Pick<Actions, "logReward"> = {},
): Promise<Batch> {
  try {
    const paths = sampleTrajectoriesTo(environment, ends, backward, random);
    const batch = await walk(environment, { ...layEndToEnd(paths), ...logReward }, "other");
    requireReached(environment, batch, ends);
    return batch;
  } catch (error) {
    if (!(error instanceof GfnError && STRANGE.includes(error.code))) throw error;
    throw await findStrange(environment, ends) ?? error;
  }
}

/** The error of the first state that is no object by itself; null where each of them is one. */
async function findStrange(
  environment: HostedEnvironment,
  ends: Int32Array,
): Promise<GfnError | null> {
  const W = environment.stateWords, random = RandomStream.of(0, "strange objects");
  for (let at = 0; at < ends.length; at += W) {
    const end = ends.subarray(at, at + W);
    try {
      const paths = sampleTrajectoriesTo(environment, end, "uniform", random);
      const known = { ...layEndToEnd(paths), logReward: Float64Array.of(0) };
      requireReached(environment, await walk(environment, known, "other"), end);
    } catch (error) {
      if (error instanceof GfnError && STRANGE.includes(error.code)) {
        return strange(environment, end, error);
      }
      throw error;
    }
  }
  return null;
}

/** Makes sure that trajectories which were sampled back from states lead to them again. */
function requireReached(environment: HostedEnvironment, batch: Batch, ends: Int32Array): void {
  const reached = terminatingStates(batch), W = batch.stateWords;
  const odd = reached.findIndex((word, i) => word !== ends[i]);
  if (odd < 0) return;
  const at = Math.floor(odd / W) * W;
  throw strange(environment, ends.subarray(at, at + W));
}

function strange({ name }: HostedEnvironment, state: Int32Array, cause?: GfnError): GfnError {
  return failure(
    "E_OBJECTS",
    `Cannot use the objects given: found the state [${
      state.join(" ")
    }], which no trajectory reaches in environment "${name}"`,
    { cause },
  );
}

/**
 * The replay buffer as named arrays.
 *
 * @module
 */
import type { ReplayBuffer, ReplayContents } from "../rollout/replay.ts";
import { take, type TensorTable, vector } from "./snapshot.ts";

/** What a buffer holds, by name. */
export function replayTable(replay: ReplayBuffer): TensorTable {
  const { added, largestLoss, ...arrays } = replay.contents();
  const counts = vector(Float64Array.of(added, largestLoss));
  return {
    counts,
    ...Object.fromEntries(Object.entries(arrays).map(([name, x]) => [name, vector(x)])),
  };
}

/**
 * Fills a buffer with what {@linkcode replayTable} gave.
 *
 * @throws {GfnError} `E_CHECKPOINT` when something is missing
 */
export function refillReplay(replay: ReplayBuffer, table: TensorTable): void {
  const [added, largestLoss] = take(table, "counts", Float64Array);
  replay.refill(
    {
      added: added!,
      largestLoss: largestLoss!,
      id: take(table, "id", Float64Array),
      start: take(table, "start", Int32Array),
      action: take(table, "action", Int32Array),
      end: take(table, "end", Int32Array),
      logReward: take(table, "logReward", Float64Array),
      loss: take(table, "loss", Float64Array),
    } satisfies ReplayContents,
  );
}

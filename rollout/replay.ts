/**
 * The replay buffer: a ring of trajectories that were sampled, their rewards kept, so that training on
 * them again asks the environment for none.
 *
 * @module
 */
import type { RandomStream } from "../tensor/random.ts";
import { type Batch, terminatingStates, trajectoryCount } from "./batch.ts";
import type { Actions } from "./walk.ts";

/** How likely an entry is to be drawn. */
export type ReplayPriority = "uniform" | "reward" | "loss";

/** Settings of a buffer. */
export interface ReplayOptions {
  /** Trajectories kept; the oldest goes first. */
  capacity: number;
  priority: ReplayPriority;
  /** Power of the reward or the loss that an entry is drawn in proportion to. */
  exponent: number;
}

/** What a buffer holds, as arrays: E entries in the order of their places in the ring. */
export interface ReplayContents {
  /** Trajectories added so far: the id of the next one. */
  added: number;
  /** The loss that a new entry is taken to have. */
  largestLoss: number;
  /** [E] */
  id: Float64Array;
  /** [E+1] entry i took actions start[i] .. start[i+1]-1. */
  start: Int32Array;
  action: Int32Array;
  /** [E * W] terminating states. */
  end: Int32Array;
  /** [E] nats */
  logReward: Float64Array;
  /** [E] */
  loss: Float64Array;
}

/** One trajectory. */
interface Entry {
  /** Number of its own; entry `id` lies at id modulo the capacity. */
  id: number;
  action: Int32Array;
  end: Int32Array;
  logReward: number;
  /** When it was last trained on. */
  loss: number;
}

/** A ring of trajectories. Entries are known by ids, which are never used again. */
export class ReplayBuffer {
  readonly #options: ReplayOptions;
  readonly #entries: Entry[] = [];
  #added = 0;
  /** What a new entry is taken to have: it has not been trained on. */
  #largestLoss = 1;

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  /** Trajectories held. */
  get size(): number {
    return this.#entries.length;
  }

  /** Adds every trajectory of a batch. Returns their ids. */
  add(batch: Batch): number[] {
    const ends = terminatingStates(batch), { start, action, logReward, stateWords: W } = batch;
    return Array.from({ length: trajectoryCount(batch) }, (_, i) => {
      const id = this.#added++;
      this.#entries[id % this.#options.capacity] = {
        id,
        action: action.slice(start[i]!, start[i + 1]!),
        end: ends.slice(i * W, (i + 1) * W),
        logReward: logReward[i]!,
        loss: this.#largestLoss,
      };
      return id;
    });
  }

  /** Draws ids with replacement, in proportion to their priority. */
  draw(count: number, random: RandomStream): number[] {
    const weights = this.#weights(), upTo = new Float64Array(weights.length);
    let total = 0;
    weights.forEach((weight, i) => upTo[i] = total += weight);
    return Array.from({ length: count }, () => {
      const u = random.uniform() * total;
      let low = 0, high = upTo.length - 1; // the first entry whose weights so far pass u
      while (low < high) {
        const middle = (low + high) >> 1;
        if (upTo[middle]! > u) high = middle;
        else low = middle + 1;
      }
      return this.#entries[low]!.id;
    });
  }

  /** The trajectories of the ids drawn, with their rewards. */
  trajectories(ids: readonly number[]): Actions {
    const entries = ids.map((id) => this.#entry(id));
    const start = new Int32Array(ids.length + 1);
    entries.forEach((entry, i) => start[i + 1] = start[i]! + entry.action.length);
    const action = new Int32Array(start[ids.length]!);
    entries.forEach((entry, i) => action.set(entry.action, start[i]!));
    return { start, action, logReward: this.#rewards(entries) };
  }

  /** The objects of the ids drawn, [count * W], with their rewards. */
  objects(ids: readonly number[]): { ends: Int32Array; logReward: Float64Array } {
    const entries = ids.map((id) => this.#entry(id));
    return {
      ends: Int32Array.from(entries.flatMap(({ end }) => [...end])),
      logReward: this.#rewards(entries),
    };
  }

  /** Notes the losses that trajectories had when they were trained on; ids that are gone are passed over. */
  noteLosses(ids: readonly number[], losses: ArrayLike<number>): void {
    ids.forEach((id, i) => {
      const entry = this.#entries[id % this.#options.capacity];
      if (entry?.id === id) entry.loss = losses[i]!;
      this.#largestLoss = Math.max(this.#largestLoss, losses[i]!);
    });
  }

  /** A copy of all that is held. */
  contents(): ReplayContents {
    const entries = this.#entries;
    const start = new Int32Array(entries.length + 1);
    entries.forEach(({ action }, i) => start[i + 1] = start[i]! + action.length);
    const action = new Int32Array(start[entries.length]!);
    entries.forEach((entry, i) => action.set(entry.action, start[i]!));
    const W = entries[0]?.end.length ?? 0, end = new Int32Array(entries.length * W);
    entries.forEach((entry, i) => end.set(entry.end, i * W));
    return {
      added: this.#added,
      largestLoss: this.#largestLoss,
      id: Float64Array.from(entries, ({ id }) => id),
      start,
      action,
      end,
      logReward: this.#rewards(entries),
      loss: Float64Array.from(entries, ({ loss }) => loss),
    };
  }

  /** Holds what {@linkcode contents} gave, and nothing else. */
  refill({ added, largestLoss, id, start, action, end, logReward, loss }: ReplayContents): void {
    const W = id.length === 0 ? 0 : end.length / id.length;
    this.#added = added;
    this.#largestLoss = largestLoss;
    this.#entries.length = 0;
    id.forEach((own, i) =>
      this.#entries.push({
        id: own,
        action: action.slice(start[i]!, start[i + 1]!),
        end: end.slice(i * W, (i + 1) * W),
        logReward: logReward[i]!,
        loss: loss[i]!,
      })
    );
  }

  #entry(id: number): Entry {
    return this.#entries[id % this.#options.capacity]!;
  }

  #rewards(entries: readonly Entry[]): Float64Array {
    return Float64Array.from(entries, ({ logReward }) => logReward);
  }

  #weights(): Float64Array {
    const { priority, exponent } = this.#options;
    switch (priority) {
      case "uniform":
        return new Float64Array(this.size).fill(1);
      case "loss":
        return Float64Array.from(
          this.#entries,
          ({ loss }) => Math.max(loss, 0) ** exponent + 1e-12,
        );
      case "reward": {
        const largest = this.#entries.reduce((max, e) => Math.max(max, e.logReward), -Infinity);
        return Float64Array.from(
          this.#entries,
          (e) => e.logReward === largest ? 1 : Math.exp(exponent * (e.logReward - largest)),
        );
      }
    }
  }
}

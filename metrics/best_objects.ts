/**
 * The best distinct objects among samples, and how far apart they are.
 *
 * @module
 */

import type { HostedEnvironment } from "../plugins/open.ts";
import { type Batch, terminatingStates } from "../rollout/batch.ts";
import { observe } from "../rollout/observe.ts";

/** One object. */
interface Found {
  key: string;
  logReward: number;
  /** What its observation holds. */
  features: Int32Array | Float32Array;
}

/** The best k distinct objects seen so far. */
export class BestObjects {
  readonly #k: number;
  /** Best first. */
  readonly #best: Found[] = [];
  /** Keys of them. */
  readonly #held = new Set<string>();

  constructor(k: number) {
    this.#k = k;
  }

  /** Objects held: k, or all distinct ones while they are fewer. */
  get size(): number {
    return this.#best.length;
  }

  /** Takes note of every object of a batch. */
  seeAll(environment: HostedEnvironment, batch: Batch): void {
    const ends = terminatingStates(batch), W = batch.stateWords;
    batch.logReward.forEach((logReward, i) => {
      // Most objects are none of the best, and are not looked at.
      if (this.size === this.#k && logReward <= this.#best.at(-1)!.logReward) return;
      const end = ends.subarray(i * W, (i + 1) * W), key = end.join(" ");
      if (this.#held.has(key)) return;
      this.#insert({ key, logReward, features: observe(environment, end, 1).values });
    });
  }

  /** Mean log R of the best, nats, and how far apart they are. */
  measures(): { topMeanLogReward: number; topDiversity: number } {
    return { topMeanLogReward: this.#meanLogReward(), topDiversity: this.#diversity() };
  }

  #insert(found: Found): void {
    const best = this.#best;
    let at = best.length;
    while (at > 0 && best[at - 1]!.logReward < found.logReward) at--;
    best.splice(at, 0, found);
    this.#held.add(found.key);
    if (best.length > this.#k) this.#held.delete(best.pop()!.key);
  }

  #meanLogReward(): number {
    return this.#best.reduce((sum, { logReward }) => sum + logReward, 0) / this.size;
  }

  /**
   * Mean over pairs of the share of places at which two observations differ (Hamming distance over
   * length), 0 to 1; NaN for fewer than two objects.
   */
  #diversity(): number {
    let total = 0, pairs = 0;
    this.#best.forEach(({ features: a }, i) => {
      for (const { features: b } of this.#best.slice(i + 1)) {
        let differing = 0;
        for (let j = 0; j < a.length; j++) if (a[j] !== b[j]) differing++;
        total += differing / a.length;
        pairs++;
      }
    });
    return total / pairs;
  }
}

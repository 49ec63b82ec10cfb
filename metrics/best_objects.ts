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
      const end = ends.subarray(i * W, (i + 1) * W);
      this.#see(end.join(" "), logReward, () => observe(environment, end, 1).values);
    });
  }

  /** Mean log R of the best, nats, and how far apart they are. */
  measures(): { topMeanLogReward: number; topDiversity: number } {
    return { topMeanLogReward: this.#meanLogReward(), topDiversity: this.#diversity() };
  }

  #see(key: string, logReward: number, features: () => Int32Array | Float32Array): void {
    const best = this.#best;
    if (best.length === this.#k && logReward <= best.at(-1)!.logReward) return;
    if (best.some((one) => one.key === key)) return;
    let at = best.length;
    while (at > 0 && best[at - 1]!.logReward < logReward) at--;
    best.splice(at, 0, { key, logReward, features: features() });
    if (best.length > this.#k) best.pop();
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

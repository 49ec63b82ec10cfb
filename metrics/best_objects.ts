/**
 * The best distinct objects among samples, and how far apart they are.
 *
 * @module
 */

import type { HostedEnvironment } from "../plugins/open.ts";
import { type Batch, terminatingStates } from "../rollout/batch.ts";
import { observe } from "../rollout/observe.ts";
import { fingerprintOf, meanTanimoto } from "./fingerprints.ts";

/** One object. */
interface Found {
  key: string;
  logReward: number;
  /** What its observation holds. */
  features: Int32Array | Float32Array;
  /** Where the environment has fingerprints. */
  fingerprint: Int32Array | null;
}

/** What is measured. */
export interface BestMeasures {
  /** Mean log R of the best, nats. */
  topMeanLogReward: number;
  /** Mean of R^(1/beta) of the best: of the reward before its exponent. */
  topMeanReward: number;
  /** How far apart their observations are. */
  topDiversity: number;
  /** How alike they are, where the environment has fingerprints. */
  topSimilarity?: number;
}

/** [N] log R of objects, nats: where the states of one share it out, the whole. */
async function objectLogRewards(
  environment: HostedEnvironment,
  ends: Int32Array,
  logReward: Float64Array,
): Promise<Float64Array> {
  if (environment.over !== "objects") return logReward;
  const copies = new Float64Array(logReward.length);
  await environment.logCopies!(ends, copies.length, copies);
  return logReward.map((share, i) => share + copies[i]!);
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

  /** Takes note of every object of a batch; two states are two objects. */
  async seeAll(environment: HostedEnvironment, batch: Batch): Promise<void> {
    const ends = terminatingStates(batch), W = batch.stateWords;
    const logRewards = await objectLogRewards(environment, ends, batch.logReward);
    logRewards.forEach((logReward, i) => {
      // Most objects are none of the best, and are not looked at.
      if (this.size === this.#k && logReward <= this.#best.at(-1)!.logReward) return;
      const end = ends.subarray(i * W, (i + 1) * W), key = end.join(" ");
      if (this.#held.has(key)) return;
      const features = observe(environment, end, 1).values;
      const fingerprint = environment.fingerprint ? fingerprintOf(environment, end, 0) : null;
      this.#insert({ key, logReward, features, fingerprint });
    });
  }

  /**
   * The measures.
   *
   * @param exponent beta, that log R has been multiplied by
   */
  measures(exponent = 1): BestMeasures {
    const prints = this.#best.flatMap(({ fingerprint }) =>
      fingerprint === null ? [] : [fingerprint]
    );
    const mean = (of: (logReward: number) => number) =>
      this.#best.reduce((sum, { logReward }) => sum + of(logReward), 0) / this.size;
    return {
      topMeanLogReward: mean((logReward) => logReward),
      topMeanReward: mean((logReward) => Math.exp(logReward / exponent)),
      topDiversity: this.#diversity(),
      ...(prints.length > 0 && { topSimilarity: meanTanimoto(prints) }),
    };
  }

  #insert(found: Found): void {
    const best = this.#best;
    let at = best.length;
    while (at > 0 && best[at - 1]!.logReward < found.logReward) at--;
    best.splice(at, 0, found);
    this.#held.add(found.key);
    if (best.length > this.#k) this.#held.delete(best.pop()!.key);
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

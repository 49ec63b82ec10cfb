/**
 * Rewards that are remembered: an environment is asked about an object once, as long as it is among the
 * last that were asked about. Since a reward depends on nothing but the object, nothing else changes.
 *
 * @module
 */
import type { Environment } from "./contract.ts";

/** What rewards were asked for, objects met twice in one batch included. */
export interface CacheCounts {
  asked: number;
  /** Of these, the ones that the environment was not asked for. */
  remembered: number;
}

/** Log R of the objects that were asked about last, at most `capacity` of them. */
export class RewardCache {
  readonly #capacity: number;
  /** By the words of a state; the one asked about longest ago comes first. */
  readonly #known = new Map<string, number>();
  readonly counts: CacheCounts = { asked: 0, remembered: 0 };

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** `logReward` of an environment, asked only about objects that are not remembered, once each. */
  around({ stateWords: W }: Environment, give: Environment["logReward"]): Environment["logReward"] {
    return (states, count, out) => {
      const keys = Array.from(
        { length: count },
        (_, i) => states.subarray(i * W, (i + 1) * W).join(" "),
      );
      const found = new Map<string, number>(), asked = new Map<string, number>();
      keys.forEach((key, i) => {
        const known = this.#known.get(key);
        if (known !== undefined) found.set(key, known);
        else if (!asked.has(key)) asked.set(key, i);
      });
      this.counts.asked += count;
      this.counts.remembered += count - asked.size;
      const some = new Int32Array(asked.size * W), answers = new Float64Array(asked.size);
      [...asked.values()].forEach((i, k) => some.set(states.subarray(i * W, (i + 1) * W), k * W));
      answers.fill(NaN); // so that an entry the plugin leaves out is found
      const finish = () => {
        [...asked.keys()].forEach((key, k) => found.set(key, answers[k]!));
        keys.forEach((key, i) => this.#remember(key, out[i] = found.get(key)!));
      };
      const slow = asked.size > 0 ? give(some, asked.size, answers) : undefined;
      if (slow) return slow.then(finish);
      finish();
    };
  }

  #remember(key: string, logReward: number): void {
    this.#known.delete(key);
    this.#known.set(key, logReward);
    if (this.#known.size <= this.#capacity) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      break;
    }
  }
}

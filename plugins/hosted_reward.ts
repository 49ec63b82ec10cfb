/**
 * The rewards of an environment as training sees them: with the run's floor and exponent, over states or over
 * objects, remembered, and each number looked at.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";
import type { Environment } from "./contract.ts";
import type { HostedEnvironment, RewardSettings } from "./open.ts";
import { RewardCache } from "./reward_cache.ts";

/** A function that writes a number for each of `count` states. */
type Numbers = Environment["logReward"];

/** Whose numbers are looked at, and which there may be. */
type What = "log reward" | "partial log reward" | "log copies";

const WANTED: Readonly<Record<What, string>> = {
  "log reward": "a finite number or -Infinity",
  "partial log reward": "a finite number",
  "log copies": "a finite number of at least 0",
};

/** log of one copy may miss 0 by rounding. */
const ROUNDING = 1e-9;

/**
 * What of a hosted environment has to do with rewards. Over objects log R of a state is that of the object less
 * `logCopies`, after exponent and floor, so that the states of an object have its R together. Partial rewards
 * stay what they are: they steer, and the target is none of theirs.
 *
 * @throws {GfnError} `E_REWARD_OVER` when the target is to be over objects and there is no `logCopies`
 */
export function hostedReward(
  name: string,
  environment: Environment,
  { exponent, min, over = "states", cache: capacity = 0 }: RewardSettings,
): Pick<
  HostedEnvironment,
  "logReward" | "partialLogReward" | "logCopies" | "over" | "rewardCache"
> {
  if (over === "objects" && !environment.logCopies) {
    throw usageError(
      "E_REWARD_OVER",
      `Cannot set reward.over = objects in environment "${name}": found no logCopies, want an environment that says how many of its states are one object; with reward.over = states each has a share of R`,
    );
  }
  const floor = min === null ? -Infinity : Math.log(min), W = environment.stateWords;

  function lookedAt(give: Numbers, what: What): Numbers {
    const finish = (states: Int32Array, count: number, out: Float64Array) => {
      for (let i = 0; i < count; i++) {
        const raw = out[i]!, used = what === "log copies" ? raw : Math.max(raw, floor);
        if (!(used < Infinity && used >= least(what))) {
          const state = states.subarray(i * W, (i + 1) * W).join(" ");
          throw failure(
            "E_ENV_REWARD",
            `Cannot use ${what} of environment "${name}": found ${raw} at the state [${state}], want ${
              WANTED[what]
            }`,
          );
        }
        out[i] = what === "log copies" ? used : exponent * used;
      }
    };
    return (states, count, out) => {
      out.fill(NaN, 0, count); // so that an entry the plugin leaves out is found
      const slow = give(states, count, out);
      if (slow) return slow.then(() => finish(states, count, out));
      finish(states, count, out);
    };
  }

  const cache = capacity > 0 ? new RewardCache(capacity) : null;
  const plain: Numbers = (s, n, out) => environment.logReward(s, n, out);
  const logReward = lookedAt(cache ? cache.around(environment, plain) : plain, "log reward");
  const partial = environment.partialLogReward?.bind(environment);
  const rest = {
    over,
    ...(partial && { partialLogReward: lookedAt(partial, "partial log reward") }),
    ...(cache && { rewardCache: cache.counts }),
  };
  if (over === "states") return { logReward, ...rest };
  const counted = environment.logCopies!.bind(environment);
  const remembered = cache ? new RewardCache(capacity).around(environment, counted) : counted;
  const logCopies = lookedAt(remembered, "log copies");
  return { logReward: less(logReward, logCopies), logCopies, ...rest };
}

/** The least number that is one. A difference of two partial rewards has no meaning where both are -Infinity. */
function least(what: What): number {
  if (what === "log copies") return -ROUNDING;
  return what === "log reward" ? -Infinity : -Number.MAX_VALUE;
}

/** The difference of two functions. One is asked after the other: a foreign plugin answers one call at a time. */
function less(give: Numbers, take: Numbers): Numbers {
  return (states, count, out) => {
    const taken = new Float64Array(count);
    const finish = () => {
      for (let i = 0; i < count; i++) out[i]! -= taken[i]!;
    };
    const then = () => {
      const slow = take(states, count, taken);
      if (slow) return slow.then(finish);
      finish();
    };
    const slow = give(states, count, out);
    return slow ? slow.then(then) : then();
  };
}

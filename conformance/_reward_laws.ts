/**
 * Laws of rewards.
 *
 * @module
 */
import type { HostedEnvironment } from "../plugins/open.ts";
import type { Law } from "./laws.ts";
import { want } from "./_want.ts";
import { shown } from "./walks.ts";

async function rewardsOf(
  environment: HostedEnvironment,
  states: readonly Int32Array[],
): Promise<Float64Array> {
  const W = environment.stateWords, flat = new Int32Array(states.length * W);
  states.forEach((state, i) => flat.set(state, i * W));
  const out = new Float64Array(states.length);
  await environment.logReward(flat, states.length, out);
  return out;
}

/** Laws of rewards. */
export const rewardLaws: readonly Law[] = [
  {
    name: "reward",
    says: "log R of every end is a number, finite at one end at least",
    async holds({ environment, walks }) {
      const rewards = await rewardsOf(environment, walks.ends);
      want(rewards.some(Number.isFinite), () => "every end found has log R = -Infinity");
      const low = rewards.reduce((a, b) => Math.min(a, b)), high = Math.max(...rewards);
      return `log R from ${low.toFixed(3)} to ${high.toFixed(3)}`;
    },
  },
  {
    name: "reward batches",
    says: "a state has the same reward alone, in a batch, asked again, and opened again",
    async holds({ environment, open, walks }) {
      const { ends } = walks, together = await rewardsOf(environment, ends);
      const others = await rewardsOf(await open(), ends);
      for (const [i, state] of ends.entries()) {
        const alone = (await rewardsOf(environment, [state]))[0]!;
        want(
          alone === together[i] && others[i] === alone,
          () =>
            `log R is ${together[i]} in a batch, ${alone} alone and ${others[i]} opened again, at ${
              shown(state)
            }`,
        );
      }
    },
  },
];

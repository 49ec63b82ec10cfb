/**
 * The four advantages Psi_t of the soft policy gradient, and what the critic is fitted to under each.
 *
 * @module
 */
import { stepCount } from "../rollout/batch.ts";
import { gae, rewardToGo, softReturns, softRewards, totalReturn } from "./_soft_returns.ts";
import type { StepNumbers } from "./contract.ts";

/** Which advantage: Eqs. 10 to 13 of arXiv:2606.15793. */
export type Advantage =
  | { kind: "total" }
  | { kind: "reward_to_go" }
  | { kind: "baseline" }
  | { kind: "gae"; lambda: number };

/**
 * What r_t is: `soft` as Eq. 7 has it; `terminal` without the log P_B on the way, the ablation that
 * samples an object in proportion to R(x) times its number of trajectories.
 */
export type SoftReward = "soft" | "terminal";

/** Advantages and critic targets, frozen at the rollout. */
export type FrozenAdvantages = {
  /** [S] Psi_t, nats */
  advantage: Float64Array;
  /** [S] what V(s_t) is fitted to, nats; absent where no critic is used */
  valueTarget?: Float64Array;
};

/** Psi_t of a rollout, with the critic's target: sg[Psi_t + V(s_t)]. */
export function freezeAdvantages(
  numbers: StepNumbers,
  psi: Advantage,
  reward: SoftReward = "soft",
): FrozenAdvantages {
  const { batch } = numbers;
  const onTheWay = reward === "soft" ? numbers.logPb() : new Float64Array(stepCount(batch));
  const g = softReturns(softRewards(batch, onTheWay), numbers.logPf());
  switch (psi.kind) {
    case "total":
      return { advantage: totalReturn(g, batch.start) };
    case "reward_to_go":
      return { advantage: rewardToGo(g, batch.start) };
    case "baseline": {
      const v = numbers.value(), target = rewardToGo(g, batch.start);
      return { advantage: target.map((x, t) => x - v[t]!), valueTarget: target };
    }
    case "gae": {
      const v = numbers.value(), advantage = gae(g, v, batch.start, psi.lambda);
      return { advantage, valueTarget: advantage.map((x, t) => x + v[t]!) };
    }
  }
}

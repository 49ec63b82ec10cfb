/**
 * Local search, back and forth (Kim et al. 2024, arXiv:2310.02710): part of an object is undone with
 * P_B and built anew with P_F, and the better of both is searched from again. Whatever was built is
 * off-policy data.
 *
 * @module
 */
import type { HostedEnvironment } from "../plugins/open.ts";
import type { RandomStream } from "../tensor/random.ts";
import { type BackwardLogits, ending, sampleBackward } from "./backward.ts";
import { type Batch, selectTrajectories, terminatingStates, trajectoryCount } from "./batch.ts";
import { concatBatches } from "./concat.ts";
import { type PolicyLogits, sampleActions } from "./forward.ts";
import { layEndToEnd, walk } from "./walk.ts";

/** Settings of the search. */
export interface LocalSearchOptions {
  /** Share of an object's moves that is undone, at least one. */
  depth: number;
  /** Go on from a new object when its reward is larger, or with the Metropolis-Hastings probability. */
  accept: "better" | "metropolis";
}

/** What the search samples with. */
export interface SearchPolicies {
  forward: PolicyLogits;
  backward: BackwardLogits;
  /** [S] log P_F and log P_B of the steps of a batch, nats. */
  logProbabilities: (batch: Batch) => { logPf: Float64Array; logPb: Float64Array };
}

/** One round of the search. */
export interface SearchRound {
  /** Every trajectory that was built, one for each that was searched from. */
  built: Batch;
  /** What to search from next: built where it was accepted, else as before. */
  current: Batch;
}

/** Undoes and rebuilds every trajectory of a batch once. Asks for N rewards. */
export async function searchRound(
  environment: HostedEnvironment,
  current: Batch,
  { depth, accept }: LocalSearchOptions,
  policies: SearchPolicies,
  random: RandomStream,
): Promise<SearchRound> {
  const N = trajectoryCount(current), ends = terminatingStates(current);
  const states = ends.slice();
  const moves = Array.from({ length: N }, (_, i) => {
    const length = current.start[i + 1]! - current.start[i]! - ending(environment, ends, i).length;
    return Math.max(1, Math.round(depth * length));
  });
  const undone = sampleBackward(environment, states, moves, policies.backward, random);
  const middle = states.slice();
  const toStart = new Float64Array(N).fill(Infinity);
  const prefix = sampleBackward(environment, states, toStart, policies.backward, random);
  const again = sampleActions(environment, middle, policies.forward, random);
  const rebuilt = prefix.map((head, i) => [
    ...head,
    ...again.action.subarray(again.start[i]!, again.start[i + 1]!),
  ]);
  const built = await walk(environment, layEndToEnd(rebuilt), "other");
  const old = prefix.map((head, i) => [...head, ...undone[i]!, ...ending(environment, ends, i)]);
  const wins = accept === "better"
    ? built.logReward.map((logR, i) => logR > current.logReward[i]! ? 1 : 0)
    : await metropolis(environment, { old, built, prefix, current }, policies, random);
  const both = concatBatches([current, built]);
  const chosen = Array.from(wins, (win, i) => win ? N + i : i);
  return { built, current: selectTrajectories(both, chosen).batch };
}

/**
 * 1 where a new object x' is accepted, with probability min(1, R(x') q(x'->x) / (R(x) q(x->x'))): q is
 * the probability of undoing to the state in the middle with P_B and building from it with P_F. The number
 * of moves undone is no part of it, so that the chain is exact only where all objects take as many moves.
 */
async function metropolis(
  environment: HostedEnvironment,
  { old, built, prefix, current }: {
    old: number[][];
    built: Batch;
    prefix: number[][];
    current: Batch;
  },
  { logProbabilities }: SearchPolicies,
  random: RandomStream,
): Promise<Float64Array> {
  const before = await walk(
    environment,
    { ...layEndToEnd(old), logReward: current.logReward },
    "other",
  );
  const logQ = (batch: Batch) => {
    const { logPf, logPb } = logProbabilities(batch);
    return prefix.map((head, i) => {
      let ratio = 0; // log P_B - log P_F behind the state in the middle
      for (let k = batch.start[i]! + head.length; k < batch.start[i + 1]!; k++) {
        ratio += logPb[k]! - logPf[k]!;
      }
      return ratio;
    });
  };
  const there = logQ(built), back = logQ(before);
  return built.logReward.map((logR, i) => {
    const log = logR - current.logReward[i]! + there[i]! - back[i]!;
    return Math.log(1 - random.uniform()) < log ? 1 : 0;
  });
}

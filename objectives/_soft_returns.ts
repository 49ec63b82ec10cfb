/**
 * Soft returns and advantages of entropy-regularised reinforcement learning, in doubles: Eqs. 7 to 13
 * of arXiv:2606.15793. S steps of N trajectories laid end to end; the sink behind the last step of a
 * trajectory has V = 0.
 *
 * @module
 */
import type { Batch } from "../rollout/batch.ts";

/**
 * Rewards r_t = log P_B(s_t|s_{t+1}) on a move, log R(x) on the exit, and both on a move that fills the
 * object: Eq. 7.
 *
 * @param logPb [S] nats, 0 on an exit
 * @returns [S] nats
 */
export function softRewards(batch: Batch, logPb: Float64Array): Float64Array {
  const { start, logReward } = batch;
  requireLength("logPb", logPb, batch.action.length);
  const r = logPb.slice();
  for (let i = 0; i + 1 < start.length; i++) r[start[i + 1]! - 1]! += logReward[i]!;
  return r;
}

/**
 * One-step soft returns g_t = r_t - log pi(a_t|s_t): Eq. 9. Their sum over a trajectory is minus its
 * trajectory-balance score.
 *
 * @param r [S] nats
 * @param logPf [S] nats
 * @returns [S] nats
 */
export function softReturns(r: Float64Array, logPf: Float64Array): Float64Array {
  requireLength("logPf", logPf, r.length);
  return r.map((value, t) => value - logPf[t]!);
}

/**
 * The total soft return of its trajectory at every step, sum_k g_k.
 *
 * @param g [S] nats
 * @param start [N+1] step offsets
 * @returns [S] nats
 */
export function totalReturn(g: Float64Array, start: Int32Array): Float64Array {
  const total = rewardToGo(g, start);
  for (let i = 0; i + 1 < start.length; i++) {
    total.fill(total[start[i]!] ?? 0, start[i]!, start[i + 1]!);
  }
  return total;
}

/**
 * Reward-to-go sum_{k>=t} g_k: Eq. 10.
 *
 * @param g [S] nats
 * @param start [N+1] step offsets
 * @returns [S] nats
 */
export function rewardToGo(g: Float64Array, start: Int32Array): Float64Array {
  return gae(g, new Float64Array(g.length), start, 1);
}

/**
 * Advantages A_t = sum_k lambda^k delta_{t+k} with delta_t = g_t + V(s_{t+1}) - V(s_t): Eqs. 12 and 13.
 * lambda = 1 is reward-to-go minus V (Eq. 11), lambda = 0 is delta.
 *
 * @param g [S] one-step soft returns, nats
 * @param v [S] V at the state each step leaves, nats
 * @param start [N+1] step offsets
 * @param lambda in [0, 1]
 * @returns [S] nats
 *
 * @example One trajectory of three steps: delta = [1 + 1 - 0.5, 2 + 2 - 1, 3 + 0 - 2]
 * ```ts
 * import { gae } from "./_soft_returns.ts";
 * const a = gae(Float64Array.of(1, 2, 3), Float64Array.of(0.5, 1, 2), Int32Array.of(0, 3), 0.5);
 * if (a.join() !== "3.25,3.5,1") throw new Error(a.join());
 * ```
 */
export function gae(
  g: Float64Array,
  v: Float64Array,
  start: Int32Array,
  lambda: number,
): Float64Array {
  requireLength("v", v, g.length);
  const advantage = new Float64Array(g.length);
  for (let i = 0; i + 1 < start.length; i++) {
    let later = 0, laterV = 0; // the sink
    for (let t = start[i + 1]! - 1; t >= start[i]!; t--) {
      later = g[t]! + laterV - v[t]! + lambda * later;
      laterV = v[t]!;
      advantage[t] = later;
    }
  }
  return advantage;
}

function requireLength(name: string, values: Float64Array, length: number): void {
  if (values.length === length) return;
  throw new RangeError(
    `Cannot compute soft returns as ${name} must have ${length} entries: current length is ${values.length}`,
  );
}

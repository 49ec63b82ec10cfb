/**
 * Exact measures of a policy, where all states can be listed. Nothing is sampled: probability mass is
 * pushed through the graph in topological order. All in doubles, natural logarithms throughout.
 *
 * A policy is the table [M * A] of log P_F(a|s); P_B is given edge by edge, as the table [M * A] of
 * log P_B(s|s') for the edge that action a takes from s to s'.
 *
 * @module
 */
import { EXIT, type StateGraph } from "./state_graph.ts";
import { Tables } from "./tables.ts";

/** All exact measures; formulas and ranges are in `docs/metrics.md`. */
export interface ExactMetrics {
  /** Total variation between the terminating distribution q and the target p, 0 to 1. */
  tv: number;
  /** KL(p || q), nats. */
  kl: number;
  /** KL(q || p), nats. */
  klReverse: number;
  /** Jensen-Shannon divergence, 0 to log 2 nats. */
  jsd: number;
  /** E under P_F of log R + sum log P_B - sum log P_F, at most log Z; nats. */
  elbo: number;
  /** The same under x ~ p and P_B, at least log Z; nats. */
  eubo: number;
  /** log of the sum of R, nats. */
  logZExact: number;
  /** E under q of log R, nats. */
  meanLogReward: number;
  /** |E under q of R - E under p of R| / E under p of R. */
  rewardDelta: number;
}

/**
 * Measures a policy.
 *
 * @param graph M states
 * @param logPf [M * A] log P_F(a|s), nats, -Infinity where masked
 * @param edgeLogPb [M * A] log P_B of the edge that each action takes, nats
 * @param tables to work in, for who measures again and again
 */
export function exactMetrics(
  graph: StateGraph,
  logPf: Float64Array,
  edgeLogPb: Float64Array,
  tables: Tables = new Tables(),
): ExactMetrics {
  const { terminating: q } = visits(graph, logPf, tables);
  const logZExact = logPartition(graph);
  const p = tables.uninitialised("target", graph.size);
  graph.logReward.forEach((logR, x) => p[x] = Math.exp(logR - logZExact));
  return {
    ...divergences(p, q),
    elbo: softValue(graph, logPf, edgeLogPb, tables)[0]!,
    eubo: eubo(graph, logPf, edgeLogPb, tables),
    logZExact,
    meanLogReward: expectation(q, graph.logReward),
    rewardDelta: rewardDelta(p, q, graph.logReward),
  };
}

/**
 * Where the trajectories of a policy pass and where they end.
 *
 * @returns `visit` [M], the probability that a trajectory passes through a state, and `terminating`
 * [M], that it ends there (sums to 1)
 */
export function visits(
  { size: M, forwardActions: A, next, terminating: ends }: StateGraph,
  logPf: Float64Array,
  tables: Tables = new Tables(),
): { visit: Float64Array; terminating: Float64Array } {
  const visit = tables.zeros("visit", M), terminating = tables.zeros("terminating", M);
  visit[0] = 1;
  for (let s = 0; s < M; s++) {
    const mass = visit[s]!;
    let full = ends[s] === 1;
    for (let e = s * A; e < (s + 1) * A; e++) {
      const to = next[e]!;
      if (to >= 0) visit[to]! += mass * Math.exp(logPf[e]!);
      else if (to === EXIT) terminating[s] = mass * Math.exp(logPf[e]!);
      else continue;
      full = false;
    }
    if (full) terminating[s] = mass;
  }
  return { visit, terminating };
}

/** log Z = log of the sum of R(x) over the terminating states, nats. */
export function logPartition({ logReward }: StateGraph): number {
  const max = logReward.reduce((a, b) => Math.max(a, b), -Infinity);
  if (max === -Infinity) return -Infinity;
  return max + Math.log(logReward.reduce((sum, logR) => sum + Math.exp(logR - max), 0));
}

/** [M] R(x) / Z of the terminating states, 0 of others. */
export function targetDistribution(graph: StateGraph): Float64Array {
  const logZ = logPartition(graph);
  return graph.logReward.map((logR) => Math.exp(logR - logZ));
}

/** TV, both KL divergences and JSD between a target p and a distribution q, each [M]. */
export function divergences(
  p: Float64Array,
  q: Float64Array,
): Pick<ExactMetrics, "tv" | "kl" | "klReverse" | "jsd"> {
  let l1 = 0, kl = 0, klReverse = 0, jsd = 0;
  for (let x = 0; x < p.length; x++) {
    const px = p[x]!, qx = q[x]!, middle = (px + qx) / 2;
    l1 += Math.abs(px - qx);
    if (px > 0) {
      kl += px * Math.log(px / qx);
      jsd += px * Math.log(px / middle) / 2;
    }
    if (qx > 0) {
      klReverse += qx * Math.log(qx / px);
      jsd += qx * Math.log(qx / middle) / 2;
    }
  }
  return { tv: l1 / 2, kl, klReverse, jsd };
}

/**
 * The soft value of a policy: V(s) = E of the soft returns from s on, Eq. 9 of arXiv:2606.15793.
 *
 * @returns [M] nats; V(s_0) is the ELBO
 */
export function softValue(
  { size: M, forwardActions: A, next, logReward, terminating }: StateGraph,
  logPf: Float64Array,
  edgeLogPb: Float64Array,
  tables: Tables = new Tables(),
): Float64Array {
  const value = tables.zeros("value", M);
  for (let s = M - 1; s >= 0; s--) {
    let sum = 0, full = terminating[s] === 1;
    for (let e = s * A; e < (s + 1) * A; e++) {
      const to = next[e]!;
      if (to < 0 && to !== EXIT) continue;
      full = false;
      const p = Math.exp(logPf[e]!);
      if (p === 0) continue; // p log p is 0 in the limit
      sum += p * ((to === EXIT ? logReward[s]! : edgeLogPb[e]! + value[to]!) - logPf[e]!);
    }
    value[s] = full ? logReward[s]! : sum;
  }
  return value;
}

/** E over x ~ R/Z and tau ~ P_B of log R(x) + sum log P_B - sum log P_F, nats; at least log Z. */
function eubo(
  graph: StateGraph,
  logPf: Float64Array,
  edgeLogPb: Float64Array,
  tables: Tables,
): number {
  const { size: M, forwardActions: A, next, logReward, terminating } = graph;
  const logZ = logPartition(graph);
  const behind = tables.zeros("behind", M); // E under P_B of sum log P_B - log P_F on the way from s_0
  let total = 0;
  for (let s = 0; s < M; s++) {
    let full = terminating[s] === 1, exit = 0;
    for (let e = s * A; e < (s + 1) * A; e++) {
      const to = next[e]!;
      if (to < 0 && to !== EXIT) continue;
      full = false;
      if (to === EXIT) exit = logPf[e]!;
      else {
        const p = Math.exp(edgeLogPb[e]!);
        if (p > 0) behind[to]! += p * (behind[s]! + edgeLogPb[e]! - logPf[e]!);
      }
    }
    const p = Math.exp(logReward[s]! - logZ);
    if (p > 0) total += p * (logReward[s]! + behind[s]! - (full ? 0 : exit));
  }
  return total;
}

/** [M * A] log P_B of every edge where P_B is uniform over the allowed backward actions, nats. */
export function uniformLogPb(
  { size: M, forwardActions: A, backwardActions: B, next, backwardMask }: StateGraph,
): Float64Array {
  const ofState = Float64Array.from({ length: M }, (_, s) => {
    let allowed = 0;
    for (let b = s * B; b < (s + 1) * B; b++) allowed += backwardMask[b]!;
    return -Math.log(allowed);
  });
  return Float64Array.from({ length: M * A }, (_, e) => next[e]! >= 0 ? ofState[next[e]!]! : 0);
}

/**
 * The flows that a P_B fixes: F(s) = [s may end] R(s) + sum over moves F(s') P_B(s|s').
 *
 * @returns [M] log F, nats; log F(s_0) is log Z
 */
export function optimalLogFlow(
  { size: M, forwardActions: A, next, logReward }: StateGraph,
  edgeLogPb: Float64Array,
): Float64Array {
  const logF = new Float64Array(M), terms = new Float64Array(A + 1);
  for (let s = M - 1; s >= 0; s--) {
    let count = 0, max = -Infinity;
    const add = (term: number) => {
      terms[count++] = term;
      max = Math.max(max, term);
    };
    add(logReward[s]!);
    for (let e = s * A; e < (s + 1) * A; e++) {
      const to = next[e]!;
      if (to >= 0) add(logF[to]! + edgeLogPb[e]!);
    }
    let sum = 0;
    for (let i = 0; i < count; i++) sum += Math.exp(terms[i]! - max);
    logF[s] = max === -Infinity ? -Infinity : max + Math.log(sum);
  }
  return logF;
}

/** In logarithms, since rewards may be larger than any double. */
function rewardDelta(p: Float64Array, q: Float64Array, logReward: Float64Array): number {
  const largest = logReward.reduce((a, b) => Math.max(a, b), -Infinity);
  let ofPolicy = 0, ofTarget = 0;
  for (let x = 0; x < p.length; x++) {
    const share = Math.exp(logReward[x]! - largest); // of the largest reward
    ofPolicy += q[x]! * share;
    ofTarget += p[x]! * share;
  }
  return Math.abs(ofPolicy / ofTarget - 1);
}

function expectation(q: Float64Array, values: Float64Array): number {
  return q.reduce((sum, qx, x) => qx > 0 ? sum + qx * values[x]! : sum, 0);
}

/**
 * The measures that a report draws: what each is called, where it stands in the metrics, how it is read.
 *
 * @module
 */
import type { EvalEvent, TrainEvent } from "../train/events.ts";

/** A number in a metrics file. */
type Metric = number | string | undefined;

/** A measure along a run. */
export interface Measure {
  /** For file names and anchors. */
  id: string;
  title: string;
  /** In the head of a table. */
  short: string;
  /** On the axis, with its unit. */
  axis: string;
  /** One sentence for who does not know it. */
  says: string;
  /** How its axis grows. */
  scale: "linear" | "log";
  /** Which of two is the better one; null where neither is. */
  better: "less" | "more" | "nearer" | null;
  of(event: EvalEvent): number | null;
  /** A second number that belongs beside it, drawn dashed. */
  beside?: { name: string; own: string; of(event: EvalEvent): number | null };
  /** What it is to reach, the same for all runs of an environment. */
  reference?: { name: string; of(target: Target): number | null };
}

/** What is known of a target. */
export interface Target {
  /** Nats. */
  logZ: number | null;
  /** Nats. */
  entropy: number | null;
}

/** A metric as a number; null where there is none, infinities and NaN as such. */
export function numberOf(x: Metric): number | null {
  if (x === undefined) return null;
  if (typeof x === "number") return x;
  return x === "inf" ? Infinity : x === "-inf" ? -Infinity : NaN;
}

const exactLogZ = { name: "exact log Z", of: ({ logZ }: Target) => logZ };

/** All of them, the most telling first. A figure appears where a run has the numbers. */
export const measures: readonly Measure[] = [
  {
    id: "tv",
    title: "Total variation",
    short: "TV",
    axis: "TV",
    says: "Half the summed distance between sampler and target, exact: 0 is equal, 1 is disjoint.",
    scale: "log",
    better: "less",
    of: ({ tv }) => numberOf(tv),
  },
  {
    id: "elbo",
    title: "ELBO and EUBO",
    short: "ELBO",
    axis: "nats",
    says:
      "Two bounds on log Z: the ELBO (solid) looks at what the sampler draws, the EUBO (dashed) at what the target holds. They meet where the sampler is right.",
    scale: "linear",
    better: "more",
    of: (event) => numberOf(event.elbo),
    beside: { name: "EUBO", own: "ELBO", of: ({ eubo }) => numberOf(eubo) },
    reference: exactLogZ,
  },
  {
    id: "elbo-samples",
    title: "ELBO from samples",
    short: "ELBO",
    axis: "nats",
    says:
      "A lower bound on log Z from what the sampler draws; a mode that it misses is not noticed.",
    scale: "linear",
    better: "more",
    of: (event) => numberOf(event.elboForwardSamples),
  },
  {
    id: "log-z",
    title: "log Z, learned",
    short: "log Z",
    axis: "log Z, nats",
    says: "What the objective takes the logarithm of the partition function to be.",
    scale: "linear",
    better: "nearer",
    of: (event) => numberOf(event.logZ),
    reference: exactLogZ,
  },
  {
    id: "entropy",
    title: "Entropy of the sampler",
    short: "entropy",
    axis: "H(q), nats",
    says:
      "How widely the sampler spreads, exact: log Z - KL(q || p) - E[log R]. One far below the target's has lost modes.",
    scale: "linear",
    better: "nearer",
    of: exactEntropy,
    reference: { name: "target", of: ({ entropy }) => entropy },
  },
  {
    id: "entropy-samples",
    title: "Entropy of the sampler, at least",
    short: "entropy, at least",
    axis: "bound on H(q), nats",
    says: "ELBO - E[log R], from samples: the entropy is at least this.",
    scale: "linear",
    better: null,
    of: entropyBound,
  },
  {
    id: "modes",
    title: "Modes found",
    short: "modes",
    axis: "different modes",
    says: "Different modes among all objects that training has sampled so far.",
    scale: "linear",
    better: "more",
    of: ({ modesFound }) => numberOf(modesFound),
  },
  {
    id: "log-reward",
    title: "Mean log reward",
    short: "mean log R",
    axis: "E[log R], nats",
    says: "Under the sampler. More is not better: the target has a mean of its own.",
    scale: "linear",
    better: "nearer",
    of: (event) => numberOf(event.meanLogReward ?? event.meanLogRewardForwardSamples),
    // E under p of log R = log Z + E under p of log p.
    reference: {
      name: "target",
      of: ({ logZ, entropy }) => logZ === null || entropy === null ? null : logZ - entropy,
    },
  },
  {
    id: "top",
    title: "Mean log reward of the 100 best",
    short: "log R, top 100",
    axis: "log R, nats",
    says: "Over the best different objects of an evaluation's samples.",
    scale: "linear",
    better: "more",
    of: ({ topMeanLogReward }) => numberOf(topMeanLogReward),
  },
  {
    id: "diversity",
    title: "Diversity of the 100 best",
    short: "diversity, top 100",
    axis: "share of places",
    says: "Mean share of places in which two of the best different objects differ.",
    scale: "linear",
    better: "more",
    of: ({ topDiversity }) => numberOf(topDiversity),
  },
];

/** The loss of the policy's update; only runs of one objective can be compared by it. */
export function lossOf({ losses }: TrainEvent): number | null {
  return numberOf(losses.policy);
}

/** H(q) = log Z - KL(q || p) - E under q of log R, nats. */
function exactEntropy({ logZExact, klReverse, meanLogReward }: EvalEvent): number | null {
  const parts = [logZExact, klReverse, meanLogReward].map(numberOf);
  if (parts.some((x) => x === null)) return null;
  return parts[0]! - parts[1]! - parts[2]!;
}

/** H(tau) + E of sum log P_B, which is at most H(q): P_B is no better than the posterior of the paths. */
function entropyBound(event: EvalEvent): number | null {
  const elbo = numberOf(event.elboForwardSamples);
  const logReward = numberOf(event.meanLogRewardForwardSamples);
  return elbo === null || logReward === null ? null : elbo - logReward;
}

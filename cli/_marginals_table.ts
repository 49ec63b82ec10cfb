/**
 * The marginals of a feature for a person: the likeliest of all pairs of nodes.
 *
 * @module
 */
import type { FeatureMarginals } from "../trained/feature_marginals.ts";
import { short } from "./_print.ts";
import { table } from "./_table.ts";

/** Pairs shown. */
const MOST_PAIRS = 20;

const titles = {
  edge: { title: "Edges", between: "->" },
  path: { title: "Paths", between: "=>" },
  markovBlanket: { title: "Markov blankets", between: "~" },
} as const;

/** Head and rows. */
export function marginalsTable(marginals: FeatureMarginals): string {
  const { feature, nodes, learned, target, learnedForwardSamples, samples } = marginals;
  const { learnedForwardSamplesError } = marginals;
  const { title, between } = titles[feature], order = target ?? learnedForwardSamples;
  const pairs = nodes.flatMap((_, i) =>
    nodes.flatMap((_, j) =>
      // A blanket is of both its nodes.
      i === j || feature === "markovBlanket" && i > j ? [] : [[i, j] as const]
    )
  );
  const shown = pairs.toSorted(([a, b], [c, d]) => order[c]![d]! - order[a]![b]!)
    .slice(0, MOST_PAIRS);
  const fixed = (x: number) => x.toFixed(4).replace(/^-(?=[0.]+$)/, "");
  const of = shown.length < pairs.length
    ? `the ${shown.length} likeliest of ${pairs.length}`
    : `all ${pairs.length}`;
  return [
    `${title}, ${of} pairs; ${samples} samples${agreement(marginals, between)}`,
    table([
      [
        feature,
        ...(target && learned ? ["target", "learned", "difference"] : []),
        ...["samples", "standard error"],
      ],
      ...shown.map(([i, j]) => [
        `${nodes[i]} ${between} ${nodes[j]}`,
        ...(target && learned
          ? [target[i]![j]!, learned[i]![j]!, learned[i]![j]! - target[i]![j]!].map(fixed)
          : []),
        ...[learnedForwardSamples, learnedForwardSamplesError].map((all) => fixed(all[i]![j]!)),
      ]),
    ]),
  ].join("\n");
}

function agreement(marginals: FeatureMarginals, between: string): string {
  const { pearson, spearman, largestDifference, largestDifferenceAt: at } = marginals;
  if (at === undefined) return "";
  return `; learned and target: Pearson ${short(pearson)}, Spearman ${short(spearman)}, at most ${
    short(largestDifference)
  } apart, at ${at[0]} ${between} ${at[1]}`;
}

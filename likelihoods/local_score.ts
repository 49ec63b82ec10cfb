/**
 * Marginal likelihoods of Bayesian networks, variable by variable: what `envs/dag.ts` loads when it is opened.
 *
 * @module
 */
import type { EnvironmentTools } from "../plugins/contract.ts";
import { bde, type BdeOptions } from "./bde.ts";
import { bge, type BgeOptions } from "./bge.ts";
import { linearGaussian, type LinearGaussianOptions } from "./linear_gaussian.ts";
import { readSamples } from "./samples.ts";

/** log of the marginal likelihood of variable j given these parents, nats; their order makes no difference. */
export type LocalScore = (j: number, parents: readonly number[]) => number;

/** Which likelihood, and the constants of all. */
export interface ScoreOptions extends BgeOptions, LinearGaussianOptions, BdeOptions {
  score: "bge" | "linear-gaussian" | "bde";
}

/** Scores of named variables. */
export interface ScoredVariables {
  names: readonly string[];
  local: LocalScore;
}

const likelihoods = { bge, "linear-gaussian": linearGaussian, bde } as const;

/**
 * The scores of the variables of a CSV file.
 *
 * @param most variables that can be used
 * @throws {GfnError} of `tools.fail`, where the file or the options do not fit
 */
export function scoreVariables(
  csv: Uint8Array,
  most: number,
  options: ScoreOptions,
  tools: EnvironmentTools,
): ScoredVariables {
  const samples = readSamples(csv, most, tools);
  return { names: samples.names, local: likelihoods[options.score](samples, options, tools) };
}

/**
 * How the entries of a file of objectives are computed: what the plans of all kinds share.
 *
 * @module
 */
import { objectives } from "../../objectives/_registry.ts";
import { softReturns, softRewards } from "../../objectives/_soft_returns.ts";
import type { Frozen, StepNumbers, StepTensors, Update } from "../../objectives/contract.ts";
import type { Check } from "./check.ts";
import type { Fixture } from "./fixture.ts";
import type { Read } from "./gradients.ts";
import type { Backward, Setting } from "./setting.ts";

/** How to compute an entry. */
export interface Plan {
  /** Networks that the loss reads. */
  read: Read;
  /** Gradients that must be given: by the network's place in `dOutputs` and in `dParams`. */
  outputs: readonly string[];
  params: readonly string[];
  /** Further numbers of the entry, and the keys that its settings stand under. */
  keys: readonly string[];
  update: (setting: Setting) => { loss: Update["loss"]; frozen: Frozen };
  details?: (setting: Setting, check: Check, steps: StepTensors, frozen: Frozen) => void;
}

/** From an entry to its plan; null where a setting is not known. */
export type Planner = (entry: Fixture, pb: Backward) => Plan | null;

/** g_t in doubles. */
export function returnsOf(numbers: StepNumbers): Float64Array {
  return softReturns(softRewards(numbers.batch, numbers.logPb()), numbers.logPf());
}

/** The first update of an objective, with what it freezes. */
export function freeze(name: string, options: unknown, numbers: StepNumbers) {
  const objective = objectives[name]!;
  const { loss } = objective.updates(options)[0]!;
  return { loss, frozen: objective.freeze(numbers, options) as Frozen };
}

/** Our name of a regression loss, by the file's. */
export const REGRESSIONS: Readonly<Record<string, string>> = {
  squared: "square",
  halfSquared: "half-square",
  shiftedCosh: "shifted-cosh",
  huber: "huber",
  linex: "linex",
};

/** Our name of a weighting of sub-trajectories, by the file's. */
export const WEIGHTINGS: Readonly<Record<string, string>> = {
  geometric_within: "geometric-within",
  geometric: "geometric",
  equal_within: "equal-within",
  equal: "equal",
  DB: "db",
  ModifiedDB: "modified-db",
  TB: "tb",
};

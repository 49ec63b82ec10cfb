/**
 * The numbers of a run along its way, and of a group at its end.
 *
 * @module
 */
import type { EvalEvent, TrainEvent } from "../train/events.ts";
import { mean, type Measured } from "./bands.ts";
import type { ReportedRun } from "./reported_run.ts";

/** What evaluations say of a measure. */
export function along(
  { evaluations }: ReportedRun,
  of: (event: EvalEvent) => number | null,
): Measured[] {
  return evaluations.flatMap((event) => measured(event, of(event)));
}

/** What lines of training say. */
export function alongTraining(
  { trainings }: ReportedRun,
  of: (event: TrainEvent) => number | null,
): Measured[] {
  return trainings.flatMap((event) => measured(event, of(event)));
}

function measured(
  { step, trajectories, time }: Pick<EvalEvent, "step" | "trajectories" | "time">,
  value: number | null,
): Measured[] {
  if (value === null) return [];
  const seconds = typeof time?.elapsed === "number" ? time.elapsed : null;
  return [{ step, trajectories, seconds, value }];
}

/** Mean, least and greatest over runs. */
export interface Spread {
  mean: number;
  min: number;
  max: number;
  runs: number;
}

/** The spread of those numbers that are known; null where none is. */
export function spreadOf(values: readonly (number | null | undefined)[]): Spread | null {
  const known = values.filter((x) => x !== null && x !== undefined);
  if (known.length === 0) return null;
  return {
    ...{ mean: mean(known), min: Math.min(...known), max: Math.max(...known) },
    runs: known.length,
  };
}

/**
 * Curves over seeds: at every iteration that was measured the mean over the runs, and the least and greatest.
 *
 * @module
 */

/** What a run measured at one iteration. */
export interface Measured {
  step: number;
  trajectories: number;
  /** Of training, so far; null where the line does not tell. */
  seconds: number | null;
  value: number;
}

/** What the runs of a group measured at one iteration. */
export interface BandPoint {
  step: number;
  /** Means over the runs. */
  trajectories: number;
  seconds: number | null;
  mean: number;
  min: number;
  max: number;
  /** Runs that measured it. */
  runs: number;
}

/**
 * The band of several runs, by iteration. A run that has not come as far is missing from later points, which
 * `runs` tells. Numbers that are not finite are left out.
 *
 * @param most points at most: every k-th is kept, and the last
 */
export function bandOf(runs: readonly (readonly Measured[])[], most: number): BandPoint[] {
  const bySteps = Map.groupBy(
    runs.flat().filter(({ value }) => Number.isFinite(value)),
    ({ step }) => step,
  );
  const points = [...bySteps].sort(([a], [b]) => a - b).map(([step, own]) => {
    const values = own.map(({ value }) => value), seconds = own.map(({ seconds }) => seconds);
    return {
      step,
      trajectories: mean(own.map(({ trajectories }) => trajectories)),
      seconds: seconds.every((x) => x !== null) ? mean(seconds as number[]) : null,
      mean: mean(values),
      min: Math.min(...values),
      max: Math.max(...values),
      runs: own.length,
    };
  });
  const every = Math.ceil(points.length / most);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

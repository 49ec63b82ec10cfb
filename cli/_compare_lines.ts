/**
 * The lines that `gfn compare` prints: one for each run, and one for each objective over its seeds.
 *
 * @module
 */
import { z } from "zod";
import { type EvalEvent, metric, toMetric } from "../train/events.ts";

const time = z.record(z.string(), metric).describe("wall-clock seconds; left out of comparisons");
const tv = metric.describe("exact total variation, the mean of the last evaluations");
const elbo = metric.describe("where states cannot be listed: ELBO from samples, likewise");

/** A finished run. */
export const runLine = z.strictObject({
  type: z.literal("compare-run"),
  objective: z.string(),
  seed: z.int(),
  configHash: z.string(),
  trajectories: z.int(),
  evaluations: z.int().describe("how many the means are over"),
  tv: tv.optional(),
  tvAveraged: tv.optional().describe("the same of the moving average of the parameters"),
  elboForwardSamples: elbo.optional(),
  reached: z.int().nullable()
    .describe("trajectories at the first evaluation whose total variation was small enough"),
  logZ: metric.optional(),
  logZExact: metric.optional(),
  time,
});

const spread = z.strictObject({ mean: metric, min: metric, max: metric });

/** An objective over its seeds. */
export const objectiveLine = z.strictObject({
  type: z.literal("compare"),
  objective: z.string(),
  seeds: z.array(z.int()),
  tv: spread.optional(),
  tvAveraged: spread.optional(),
  elboForwardSamples: spread.optional(),
  reached: z.strictObject({
    runs: z.int().describe("how many reached it"),
    mean: metric.nullable().describe("trajectories, over these"),
  }),
  time: z.strictObject({ seconds: metric.describe("mean of a run") }),
});

export type RunLine = z.infer<typeof runLine>;
export type ObjectiveLine = z.infer<typeof objectiveLine>;

/** What is measured of a run. */
export interface Measured {
  objective: string;
  seed: number;
  configHash: string;
  trajectories: number;
  evaluations: readonly EvalEvent[];
  seconds: number;
}

/**
 * The line of a run.
 *
 * @param last evaluations that the means are over
 * @param reach total variation to be reached
 */
export function lineOfRun(measured: Measured, last: number, reach: number): RunLine {
  const { objective, seed, configHash, trajectories, seconds } = measured;
  // The evaluation before the first step says nothing of training.
  const trained = measured.evaluations.filter(({ step }) => step > 0);
  const final = (trained.length > 0 ? trained : measured.evaluations).slice(-last);
  const mean = (of: (event: EvalEvent) => EvalEvent["tv"]) => {
    const values = final.map(of);
    return values.some((value) => value === undefined) ? undefined : toMetric(average(values));
  };
  const tv = mean((event) => event.tv), tvAveraged = mean((event) => event.averaged?.tv);
  const elboForwardSamples = mean((event) => event.elboForwardSamples);
  const end = final.at(-1);
  return {
    type: "compare-run",
    objective,
    seed,
    configHash,
    trajectories,
    evaluations: final.length,
    ...(tv !== undefined && { tv }),
    ...(tvAveraged !== undefined && { tvAveraged }),
    ...(elboForwardSamples !== undefined && { elboForwardSamples }),
    reached: trained.find(({ tv }) => typeof tv === "number" && tv <= reach)?.trajectories ?? null,
    ...(end?.logZ !== undefined && { logZ: end.logZ }),
    ...(end?.logZExact !== undefined && { logZExact: end.logZExact }),
    time: { seconds },
  };
}

/** The line of an objective from those of its runs. */
export function lineOfObjective(runs: readonly RunLine[]): ObjectiveLine {
  const spreadOf = (of: (run: RunLine) => RunLine["tv"]) => {
    const values = runs.map(of);
    if (values.some((value) => value === undefined)) return undefined;
    const numbers = values.map(Number).toSorted((a, b) => a - b);
    return {
      mean: toMetric(average(values)),
      min: toMetric(numbers[0]!),
      max: toMetric(numbers.at(-1)!),
    };
  };
  const tv = spreadOf((run) => run.tv), tvAveraged = spreadOf((run) => run.tvAveraged);
  const elboForwardSamples = spreadOf((run) => run.elboForwardSamples);
  const reached = runs.flatMap((run) => run.reached ?? []);
  return {
    type: "compare",
    objective: runs[0]!.objective,
    seeds: runs.map(({ seed }) => seed),
    ...(tv && { tv }),
    ...(tvAveraged && { tvAveraged }),
    ...(elboForwardSamples && { elboForwardSamples }),
    reached: { runs: reached.length, mean: reached.length > 0 ? average(reached) : null },
    time: { seconds: toMetric(average(runs.map(({ time }) => time.seconds!))) },
  };
}

/** The mean; a word for what is not finite counts as NaN, "inf" as Infinity. */
function average(values: readonly (EvalEvent["tv"])[]): number {
  const numbers = values.map((value) =>
    value === "inf" ? Infinity : value === "-inf" ? -Infinity : Number(value)
  );
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}

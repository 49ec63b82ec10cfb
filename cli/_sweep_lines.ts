/**
 * The lines of a sweep's table: one for each run, and one for each point over its seeds.
 *
 * @module
 */
import { z } from "zod";
import type { SweptSettings } from "../config/sweep.ts";
import type { SweptProgress } from "../store/sweep_folder.ts";
import { type EvalEvent, metric, toMetric } from "../train/events.ts";
import { short } from "./_print.ts";
import type { SweptRun } from "./_sweep_plan.ts";
import { table } from "./_table.ts";

const settings = z.record(z.string(), z.unknown()).describe("what the sweep changed");
const spread = z.strictObject({ mean: metric, min: metric, max: metric });

/** A run. */
export const sweptRunLine = z.strictObject({
  type: z.literal("sweep-run"),
  name: z.string().describe("of its folder in runs/"),
  settings,
  seed: z.int(),
  configHash: z.string(),
  state: z.enum(["waiting", "begun", "failed", "finished"]),
  step: z.int(),
  measures: z.record(z.string(), metric).describe("of its last evaluation"),
  time: z.record(z.string(), metric).describe("wall-clock seconds; left out of comparisons"),
});

/** A point over those of its seeds whose runs are finished. */
export const sweptPointLine = z.strictObject({
  type: z.literal("sweep"),
  settings,
  seeds: z.array(z.int()),
  measures: z.record(z.string(), spread).describe("those that every run has"),
});

export type SweptRunLine = z.infer<typeof sweptRunLine>;
export type SweptPointLine = z.infer<typeof sweptPointLine>;

/** The line of a run. */
export function lineOfRun(
  { name, settings, seed, configHash }: SweptRun,
  { state, step, evaluation, elapsed }: SweptProgress,
): SweptRunLine {
  return {
    type: "sweep-run",
    name,
    settings,
    seed,
    configHash,
    state,
    step,
    measures: evaluation === null ? {} : measuresOf(evaluation),
    time: elapsed === null ? {} : { elapsed },
  };
}

function measuresOf(
  { type: _type, step: _step, averaged: _averaged, time: _time, host: _host, ...measures }:
    EvalEvent,
): SweptRunLine["measures"] {
  return measures as SweptRunLine["measures"]; // what is optional is absent, never undefined
}

/** The lines of points, in the order of their first runs. */
export function linesOfPoints(runs: readonly SweptRunLine[]): SweptPointLine[] {
  const points = Map.groupBy(runs, ({ settings }) => JSON.stringify(settings));
  return Array.from(points.values(), (own) => {
    const finished = own.filter(({ state }) => state === "finished");
    const names = Object.keys(finished[0]?.measures ?? {})
      .filter((name) => finished.every(({ measures }) => name in measures));
    const measures = names.map((name) =>
      [name, spreadOf(finished.map((run) => numberOf(run.measures[name]!)))] as const
    );
    return {
      type: "sweep",
      settings: own[0]!.settings,
      seeds: finished.map(({ seed }) => seed),
      measures: Object.fromEntries(measures),
    };
  });
}

function spreadOf(values: readonly number[]): z.infer<typeof spread> {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return { mean: toMetric(mean), min: toMetric(min), max: toMetric(max) };
}

function numberOf(value: z.infer<typeof metric>): number {
  if (typeof value === "number") return value;
  return value === "nan" ? NaN : value === "inf" ? Infinity : -Infinity;
}

/** The table for a person: a row a point, with what measures it best. */
export function sweepTable(points: readonly SweptPointLine[]): string {
  const keys = Object.keys(points[0]?.settings ?? {});
  const exact = points.some(({ measures }) => measures.tv !== undefined);
  const measure = exact ? "tv" : "elboForwardSamples", called = exact ? "TV" : "ELBO";
  const rows = points.map(({ settings, seeds, measures }) => {
    const found = measures[measure];
    return [
      ...keys.map((key) => textOf(settings[key])),
      String(seeds.length),
      ...(found === undefined
        ? ["-", "-"]
        : [short(found.mean), `${short(found.min)}..${short(found.max)}`]),
    ];
  });
  return table([[...keys, "seeds", `${called} mean`, "min..max"], ...rows]);
}

function textOf(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Settings in a few words. */
export function wordsOf(settings: SweptSettings, seed: number): string {
  const words = Object.entries(settings).map(([key, value]) => `${key}=${textOf(value)}`);
  return [...words, `seed ${seed}`].join(" ");
}

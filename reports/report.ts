/**
 * A report: what run folders hold, put together for a reader. How it looks is for `page.ts`, `markdown.ts`
 * and the figures' own files.
 *
 * @module
 */
import type { EvalEvent } from "../train/events.ts";
import type { Portrait } from "../trained/portrait.ts";
import { openCharts } from "./_charts.ts";
import { shortNumber } from "./_text.ts";
import { bandOf, type BandPoint, mean, type Measured } from "./bands.ts";
import { bandText, type Curve, curveFigure, MOST_POINTS } from "./curve_figure.ts";
import type { Figure, Table } from "./figure.ts";
import {
  environmentName,
  type Group,
  groupRuns,
  type RunsOfEnvironment,
  settingAt,
  settingText,
} from "./groups.ts";
import { histogramFigure } from "./histogram_figure.ts";
import { mapFigure } from "./map_figure.ts";
import { lossOf, type Measure, measures } from "./measures.ts";
import type { Notice } from "./notice.ts";
import { rankFigure } from "./rank_figure.ts";
import { isRun, noRun, readReportedRun, type ReportedRun } from "./reported_run.ts";

/** How a sampler of a group looks, and how its runs are repeated. */
export interface GroupFacts {
  /** Of one run, which has a checkpoint; null where there is none to look at. */
  look: { run: ReportedRun; step: number; portrait: Portrait } | null;
  /** What to say to a shell. */
  command: string;
}

/** A group with what is told of it. */
export interface ReportedGroup extends Group, GroupFacts {}

/** What is told of one environment. */
export interface Section {
  id: string;
  name: string;
  /** What the environment and its target are. */
  settings: string;
  groups: ReportedGroup[];
  /** Last measures of every group; the best mean of a column is marked. */
  summary: { table: Table; best: readonly (readonly boolean[])[] };
  curves: Figure[];
  distributions: Figure[];
  runs: Table;
  /** How many of the first columns of `runs` are settings in which runs differ. */
  differing: number;
}

/** A report. */
export interface Report {
  title: string;
  /** Of the gfn that makes it. */
  version: string;
  runs: number;
  sections: Section[];
  notices: Notice[];
}

/** What folders hold. */
export interface ReadFolders {
  runs: ReportedRun[];
  /** What was wrong where there is no run. */
  notices: Notice[];
}

/**
 * Reads folders.
 *
 * @param found the run folders that each thing asked for stands for
 */
export function readFolders(found: Readonly<Record<string, readonly string[]>>): ReadFolders {
  const read: ReadFolders = { runs: [], notices: [] };
  for (const asked of Object.keys(found)) {
    if (found[asked]!.length === 0) read.notices.push(noRun(asked));
  }
  for (const path of new Set(Object.values(found).flat())) {
    const one = readReportedRun(path);
    if (isRun(one)) read.runs.push(one);
    else read.notices.push(one);
  }
  return read;
}

/**
 * Puts a report together.
 *
 * @param learn asks for what only a sampler and its environment can tell of a group
 */
export async function makeReport(
  { runs, notices }: ReadFolders,
  version: string,
  learn: (group: Group) => Promise<GroupFacts & { notices: Notice[] }>,
): Promise<Report> {
  const charts = await openCharts(), sections: Section[] = [];
  const told = [...notices, ...runs.flatMap((run) => run.notices), ...runs.flatMap(warningsOf)];
  for (const [i, environment] of groupRuns(runs).entries()) {
    const id = `e${i + 1}`, groups: ReportedGroup[] = [];
    for (const group of environment.groups) {
      const { notices, ...facts } = await learn(group);
      told.push(...notices);
      groups.push({ ...group, ...facts });
    }
    sections.push({
      ...{ id, name: environment.name, settings: settingsOf(environment), groups },
      summary: summaryOf(groups),
      curves: curvesOf(id, groups),
      distributions: distributionsOf(id, groups),
      ...runsTable(environment),
    });
  }
  const names = [...new Set(sections.map(({ name }) => name))];
  const labels = [...new Set(sections.flatMap(({ groups }) => groups.map(({ label }) => label)))];
  const title = `${labels.join(", ")} on ${names.join(", ")}`;
  return { title, version, runs: runs.length, sections, notices: told };

  function curvesOf(id: string, groups: readonly ReportedGroup[]): Figure[] {
    const figures = measures.map((measure) =>
      curveFigure(charts, {
        ...{ id: `${id}-${measure.id}`, title: measure.title, axis: measure.axis },
        ...{ says: measure.says, scale: measure.scale },
        curves: groups.flatMap((group) => curvesOfMeasure(group, measure)),
        reference: referenceOf(groups, measure),
      })
    );
    // Losses of different objectives are different quantities: a figure for each.
    const objectives = Map.groupBy(groups, objectiveOf);
    const losses = [...objectives].map(([name, own]) => {
      const curves = own.map(({ label, place, runs }) => ({
        ...{ label, place, beside: false },
        points: bandOf(runs.map(lossesOf), MOST_POINTS),
      }));
      const positive = curves.every(({ points }) => points.every(({ min }) => min > 0));
      return curveFigure(charts, {
        ...{ id: `${id}-loss-${name}`, title: `Loss of ${name}`, axis: "loss" },
        says:
          "Of the policy's updates. Only runs of one objective can be compared by it, and a small loss is no close fit by itself.",
        ...{ scale: positive ? "log" as const : "linear" as const, curves, reference: null },
      });
    });
    return [...figures, ...losses].filter((figure) => figure !== null);
  }

  function distributionsOf(id: string, groups: readonly ReportedGroup[]): Figure[] {
    const looks = groups.flatMap(({ label, place, look }) =>
      look ? [{ label, place, ...look }] : []
    );
    const from = `Of one run each, at its last checkpoint: ${
      looks.map(({ label, run, step }) => `${label} ${seedText(run)}, step ${shortNumber(step)}`)
        .join("; ")
    }.`;
    const exact = looks.flatMap(({ label, place, portrait: { exact } }) =>
      exact ? [{ label, place, exact }] : []
    );
    const sampled = looks.filter(({ portrait: { exact } }) => exact === null)
      .map(({ label, place, portrait: { sampled } }) => ({ label, place, sampled }));
    return [
      mapFigure(`${id}-map`, exact, from),
      rankFigure(charts, `${id}-ranks`, exact, from),
      sampled.length === 0 ? null : histogramFigure(charts, `${id}-log-r`, sampled, from),
    ].filter((figure) => figure !== null);
  }
}

/** Warnings that runs gave, each once for a run. */
function warningsOf({ path, warnings }: ReportedRun): Notice[] {
  return [...new Set(warnings.map(({ message }) => message))]
    .map((message) => ({ kind: "note", about: path, message }));
}

function objectiveOf({ runs }: Group): string {
  return settingText(settingAt(runs[0]!.run.config, "objective.name"));
}

/** A run's seed in words. */
export function seedText({ run }: ReportedRun): string {
  return `seed ${settingText(run.config.seed)}`;
}

function along(run: ReportedRun, of: Measure["of"]): Measured[] {
  return run.evaluations.flatMap((event) => {
    const value = of(event);
    return value === null ? [] : [measured(event, value)];
  });
}

function lossesOf({ trainings }: ReportedRun): Measured[] {
  return trainings.flatMap((event) => {
    const value = lossOf(event);
    return value === null ? [] : [measured(event, value)];
  });
}

function measured(
  { step, trajectories, time }: Pick<EvalEvent, "step" | "trajectories" | "time">,
  value: number,
): Measured {
  const seconds = typeof time?.elapsed === "number" ? time.elapsed : null;
  return { step, trajectories, seconds, value };
}

function curvesOfMeasure({ label, place, runs }: Group, { of, beside }: Measure): Curve[] {
  const points = (of: Measure["of"]) => bandOf(runs.map((run) => along(run, of)), MOST_POINTS);
  return [
    { label, place, points: points(of), beside: false },
    ...(beside
      ? [{ label: `${label}, ${beside.name}`, place, points: points(beside.of), beside: true }]
      : []),
  ];
}

/** The level of a measure: it belongs to the environment, so any run knows it. */
function referenceOf(
  groups: readonly Group[],
  { reference }: Measure,
): { name: string; value: number } | null {
  if (!reference) return null;
  const events = groups.flatMap(({ runs }) => runs.flatMap(({ evaluations }) => evaluations));
  const value = events.map(reference.of).find((x) => x !== null && Number.isFinite(x));
  return value === undefined || value === null ? null : { name: reference.name, value };
}

/** Settings of an environment that are not null, and the reward's. */
function settingsOf({ groups }: RunsOfEnvironment): string {
  const { config, plugin } = groups[0]!.runs[0]!.run;
  const env = config.env as Record<string, unknown>, reward = config.reward ?? {};
  const told = [
    ...(plugin ? [`from ${plugin.reference}`] : []),
    ...Object.entries(env).filter(([key, value]) => key !== "name" && value !== null)
      .map(([key, value]) => `${key} = ${settingText(value)}`),
    ...Object.entries(reward)
      .filter(([key, value]) => value !== null && !(key === "exponent" && value === 1))
      .map(([key, value]) => `reward.${key} = ${settingText(value)}`),
  ];
  return told.join(", ");
}

/** The last of a run's measures, over the runs of each group. */
function summaryOf(groups: readonly Group[]): Section["summary"] {
  const last = (of: Measure["of"]) => ({ runs }: Group) =>
    bandAtEnd(runs.map((run) => along(run, of).at(-1)?.value ?? null));
  const columns = measures.filter(({ of }) =>
    groups.some(({ runs }) => runs.some((run) => along(run, of).length > 0))
  ).map(({ title, of, better, reference }) => ({
    head: reference && better === null ? `${title}, off by` : title,
    better: reference && better === null ? "less" as const : better,
    bands: groups.map((group) => {
      if (!reference || better !== null) return last(of)(group);
      return last((event) => {
        const own = of(event), level = reference.of(event);
        return own === null || level === null ? null : Math.abs(own - level);
      })(group) ?? undefined;
    }),
  })).filter(({ bands }) => bands.some((band) => band !== undefined));
  const time = groups.map(({ runs }) => bandAtEnd(runs.map(({ seconds }) => seconds)));
  const best = groups.map((_, i) =>
    columns.map(({ better, bands }) => {
      const means = bands.flatMap((band) => band && Number.isFinite(band.mean) ? [band.mean] : []);
      if (better === null || means.length < 2) return false;
      return bands[i]?.mean === (better === "less" ? Math.min(...means) : Math.max(...means));
    })
  );
  return {
    best: best.map((row) => [false, false, false, false, ...row]),
    table: {
      head: ["settings", "runs", "trajectories", "seconds", ...columns.map(({ head }) => head)],
      rows: groups.map(({ label, runs }, i) => [
        ...[label, String(runs.length)],
        shortNumber(Math.round(mean(runs.map(({ trajectories }) => trajectories)))),
        time[i] === undefined ? "-" : time[i].mean.toFixed(1),
        ...columns.map(({ bands }) => spreadText(bands[i])),
      ]),
    },
  };
}

function bandAtEnd(values: readonly (number | null)[]): Omit<BandPoint, "step"> | undefined {
  const known = values.filter((x) => x !== null);
  if (known.length === 0) return undefined;
  const [min, max] = [Math.min(...known), Math.max(...known)];
  return { trajectories: 0, seconds: null, mean: mean(known), min, max, runs: known.length };
}

function spreadText(band: Omit<BandPoint, "step"> | undefined): string {
  if (band === undefined || band.runs === 1) return bandText(band);
  return `${shortNumber(band.mean)} (${shortNumber(band.min)}..${shortNumber(band.max)})`;
}

/** Every run, with the settings in which runs differ first. */
function runsTable({ groups, differing }: RunsOfEnvironment): Pick<Section, "runs" | "differing"> {
  const keys = [
    "objective.name",
    "seed",
    ...differing.filter((key) => key !== "objective.name" && key !== "seed"),
  ];
  const tv = measures.find(({ id }) => id === "tv")!,
    elbo = measures.find(({ id }) => id === "elbo-samples")!;
  const runs = groups.flatMap(({ runs }) => runs);
  const shown = [tv, elbo].filter(({ of }) => runs.some((run) => along(run, of).length > 0));
  return {
    differing: keys.length,
    runs: {
      head: [
        ...keys,
        ...["run", "ended", "steps", "trajectories", "seconds"],
        ...shown.map(({ title }) => title),
      ],
      rows: runs.map((run) => [
        ...keys.map((key) => cellOf(settingAt(run.run.config, key))),
        ...[run.path, run.end?.reason ?? "not yet", shortNumber(run.step)],
        ...[shortNumber(run.trajectories), run.seconds?.toFixed(1) ?? "-"],
        ...shown.map(({ of }) => shortNumber(along(run, of).at(-1)?.value)),
      ]),
    },
  };
}

function cellOf(value: unknown): string {
  return value === undefined ? "-" : settingText(value);
}

export { environmentName };

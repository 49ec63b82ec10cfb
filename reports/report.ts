/**
 * A report: what run folders hold, put together for a reader. How it looks is for `page.ts`, `markdown.ts`
 * and the figures' own files.
 *
 * @module
 */
import type { Portrait } from "../trained/portrait.ts";
import { openCharts } from "./_charts.ts";
import type { Figure, Table } from "./figure.ts";
import { type Group, groupRuns, type RunsOfEnvironment, settingText } from "./groups.ts";
import type { Notice } from "./notice.ts";
import { isRun, noRun, readReportedRun, type ReportedRun } from "./reported_run.ts";
import { runsTable, summaryTable } from "./run_tables.ts";
import { curveFigures, distributionFigures, lossFigures, targetOf } from "./section_figures.ts";

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
  summary: Table;
  curves: Figure[];
  losses: Figure[];
  distributions: Figure[];
  runs: Table;
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
  for (const [asked, folders] of Object.entries(found)) {
    if (folders.length === 0) read.notices.push(noRun(asked));
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
 * @param version of the gfn that makes it
 * @param learn asks for what only a sampler and its environment can tell of a group
 */
export async function makeReport(
  { runs, notices }: ReadFolders,
  version: string,
  learn: (group: Group) => Promise<GroupFacts & { notices: Notice[] }>,
): Promise<Report> {
  const charts = await openCharts(), sections: Section[] = [];
  const told = [...notices, ...runs.flatMap((run) => [...run.notices, ...warningsOf(run)])];
  for (const [i, environment] of groupRuns(runs).entries()) {
    const id = `e${i + 1}`, groups: ReportedGroup[] = [];
    for (const group of environment.groups) {
      const { notices, ...facts } = await learn(group);
      told.push(...notices);
      groups.push({ ...group, ...facts });
    }
    const target = targetOf(groups);
    sections.push({
      ...{ id, name: environment.name, settings: settingsOf(environment), groups },
      summary: summaryTable(groups, target),
      curves: curveFigures(charts, id, groups, target),
      losses: lossFigures(charts, id, groups),
      distributions: distributionFigures(charts, id, groups),
      runs: runsTable(environment),
    });
  }
  const names = [...new Set(sections.map(({ name }) => name))];
  const labels = [...new Set(sections.flatMap(({ groups }) => groups.map(({ label }) => label)))];
  const title = `${labels.join(", ")} on ${names.join(", ")}`;
  return { title, version, runs: runs.length, sections, notices: told };
}

/** Warnings that runs gave, each once for a run. */
function warningsOf({ path, warnings }: ReportedRun): Notice[] {
  return [...new Set(warnings.map(({ message }) => message))]
    .map((message) => ({ kind: "note", about: path, message }));
}

/** Settings of the reward that say nothing. */
const REWARD_DEFAULTS: Readonly<Record<string, unknown>> = { exponent: 1, over: "states" };

/** Settings of an environment that are not null, and the reward's. */
function settingsOf({ groups }: RunsOfEnvironment): string {
  const { config, plugin } = groups[0]!.runs[0]!.run;
  const env = config.env as Record<string, unknown>, reward = config.reward ?? {};
  const told = [
    ...(plugin ? [`from ${plugin.reference}`] : []),
    ...Object.entries(env).filter(([key, value]) => key !== "name" && value !== null)
      .map(([key, value]) => `${key} = ${settingText(value)}`),
    ...Object.entries(reward)
      .filter(([key, value]) => value !== null && value !== REWARD_DEFAULTS[key])
      .map(([key, value]) => `reward.${key} = ${settingText(value)}`),
  ];
  return told.join(", ");
}

/**
 * Which runs belong together: those of one environment stand in one section, those that differ in nothing but
 * the seed are one group, drawn as one curve with a band.
 *
 * @module
 */
import { canonicalJson } from "../config/canonical.ts";
import { differingKeys } from "../config/identity.ts";
import type { ReportedRun } from "./reported_run.ts";

/** Runs that differ in their seeds alone. */
export interface Group {
  /** The objective and what else tells it from the other groups. */
  label: string;
  /** Its place among all labels, which gives it the same colour wherever it is drawn. */
  place: number;
  runs: ReportedRun[];
}

/** Runs of one environment with one target. */
export interface RunsOfEnvironment {
  name: string;
  groups: Group[];
  /** Settings, dotted, in which its runs differ; an objective's own only where runs of it differ. */
  differing: string[];
}

/** Settings that say how long a run is and how it is stored, not what it is. */
const NOT_TOLD = ["seed", "steps", "checkpoint", "log"];

/** Sorts runs into environments and groups, both in the order in which they were given. */
export function groupRuns(runs: readonly ReportedRun[]): RunsOfEnvironment[] {
  const places = new Map<string, number>();
  const placeOf = (label: string) => {
    if (!places.has(label)) places.set(label, places.size);
    return places.get(label)!;
  };
  return Map.groupBy(runs, environmentOf).values().map((own) => {
    const groups = Map.groupBy(own, settingsOf).values().toArray();
    const labels = labelsOf(groups.map(([first]) => first!.run.config));
    return {
      name: environmentName(own[0]!),
      groups: groups.map((runs, i) => ({ label: labels[i]!, place: placeOf(labels[i]!), runs })),
      differing: differingSettings(own.map(({ run }) => run.config)),
    };
  }).toArray();
}

/** What a run's environment calls itself; a plugin is named by its own name. */
export function environmentName({ run }: ReportedRun): string {
  return run.plugin?.name ?? String(settingAt(run.config, "env.name"));
}

/** The value of a dotted setting; undefined where the run has none such. */
export function settingAt(config: unknown, key: string): unknown {
  return key.split(".").reduce<unknown>(
    (inner, part) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, part)
        ? (inner as Record<string, unknown>)[part]
        : undefined,
    config,
  );
}

/** A value as a setting is written. */
export function settingText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "-";
}

/** A run's seed in words. */
export function seedText({ run }: ReportedRun): string {
  return `seed ${settingText(run.config.seed)}`;
}

function environmentOf({ run: { config: { env, reward }, plugin, files } }: ReportedRun): string {
  return canonicalJson({ env, reward, plugin: plugin?.sha256, files });
}

function settingsOf({ run: { config } }: ReportedRun): string {
  return canonicalJson(
    Object.fromEntries(Object.entries(config).filter(([key]) => !NOT_TOLD.includes(key))),
  );
}

function objectiveOf(config: unknown): string {
  return settingText(settingAt(config, "objective.name"));
}

/** The keys that differ among configs, as a reader wants them: no options of one objective alone. */
function differingSettings(configs: readonly Record<string, unknown>[]): string[] {
  const among = (some: readonly Record<string, unknown>[]) =>
    some.flatMap((config) => differingKeys(some[0], config));
  const objectives = Map.groupBy(configs, objectiveOf);
  const keys = [
    ...among(configs).filter((key) => key === "objective.name" || !key.startsWith("objective.")),
    ...objectives.values().flatMap(among),
  ];
  return [...new Set(keys)];
}

/** The objective, with the settings in which groups of one objective differ. */
function labelsOf(configs: readonly Record<string, unknown>[]): string[] {
  return configs.map((config) => {
    const name = objectiveOf(config);
    const alike = configs.filter((other) => objectiveOf(other) === name);
    const keys = differingSettings(alike).filter((key) => !NOT_TOLD.includes(key.split(".")[0]!));
    return [name, ...keys.map((key) => `${key}=${settingText(settingAt(config, key))}`)].join(", ");
  });
}

/**
 * From the arguments of `gfn compare` to its runs, all checked before the first is trained.
 *
 * @module
 */
import { wantOneOf } from "../config/near_name.ts";
import { applyOverride, type SettingsTree } from "../config/overrides.ts";
import { lookUp, resolveRun } from "../config/resolve.ts";
import type { RunConfig } from "../config/schema.ts";
import { usageError } from "../errors.ts";
import { objectives } from "../objectives/_registry.ts";
import type { Pins } from "../store/pin_file.ts";
import type { Environments } from "../stored/ground.ts";
import { checkFit, unfitSettings } from "../train/check_fit.ts";
import { environmentsFor } from "./_environments.ts";
import { seedNumbers } from "./_seeds.ts";
import { presetOf, type SettingsArguments, settingsOf } from "./_settings.ts";

/** One run of a comparison. */
export interface PlannedRun {
  objective: string;
  seed: number;
  config: RunConfig;
}

/** All runs of a comparison. */
interface Plan {
  planned: PlannedRun[];
  environments: Environments;
  /** What is to be told of it. */
  notes: string[];
}

/**
 * The runs, objective by objective and seed by seed: they differ in nothing else, but that an objective
 * is spared those settings of the preset that it cannot be trained with.
 */
export async function plannedRuns(
  args: SettingsArguments & { objectives: string; seeds: string },
  pins: Pins | null,
): Promise<Plan> {
  const names = objectiveNames(args.objectives), seeds = seedNumbers(args.seeds, "--seeds");
  const own = new Map<string, string[]>(names.map((name) => [name, []]));
  const shared: string[] = [];
  for (const override of args.set) {
    const [, first, rest] = /^([A-Za-z-]+)\.(.*)$/s.exec(override) ?? [];
    if (override.startsWith("preset=")) shared.push(override);
    else if (first === "objective") {
      throw usageError(
        "E_SET",
        `Cannot use --set "${override}" in a comparison: it would mean every objective, want the objective's name in its place, as in ${
          names[0]
        }.${rest}`,
      );
    }
    if (first === undefined || !Object.hasOwn(objectives, first)) shared.push(override);
    else if (own.has(first)) own.get(first)!.push(`objective.${rest}`);
    else {
      throw usageError(
        "E_SET",
        `Cannot use --set "${override}": ${first} is not compared, ${wantOneOf(first, names)}`,
      );
    }
  }
  const given = { ...args, set: shared }, tree = settingsOf(given, ["objective"]);
  if (tree.objective !== undefined || tree.seed !== undefined) {
    throw usageError(
      "E_CONFIG_KEY",
      `Cannot compare with the setting ${
        tree.objective === undefined ? "seed" : "objective"
      }: found it in the settings, want --${tree.objective === undefined ? "seeds" : "objectives"}`,
    );
  }
  const environments = await environmentsFor(tree, pins), { registry } = environments;
  const resolve = (name: string, from: SettingsTree) => {
    let settings: SettingsTree = { ...from, objective: { name } };
    for (const override of own.get(name)!) settings = applyOverride(settings, override);
    return resolveRun(settings, { environments: registry, objectives });
  };
  const preset = presetOf(given), spared = new Map<string, string[]>();
  const planned = names.flatMap((name) => {
    let config = resolve(name, tree);
    // A preset was written for an objective of its own, as its choice of objective was, which a comparison
    // leaves out. Refusing would leave nothing but to take exploration away from the others as well, which
    // need it; what somebody sets himself stays, and is refused with its remedy.
    const unfit = unfitSettings(objectives[name]!, config)
      .filter((key) => preset !== null && Object.hasOwn(preset.settings, key));
    if (unfit.length > 0) {
      config = resolve(name, settingsOf(given, ["objective", ...unfit]));
      const what = unfit.map((key) => `${key} = ${JSON.stringify(preset!.settings[key])}`);
      const note = `without ${what.join(" and ")} of the preset ${preset!.name}`;
      spared.set(note, [...spared.get(note) ?? [], name]);
    }
    checkFit(objectives[name]!, config);
    return seeds.map((seed) => ({ objective: name, seed, config: { ...config, seed } }));
  });
  const notes = Array.from(
    spared,
    ([note, own]) =>
      `${own.join(", ")}: ${note}, which ${
        own.length === 1 ? "it" : "they"
      } cannot be trained with`,
  );
  return { planned, environments, notes };
}

/** `all`, or names between commas. */
function objectiveNames(text: string): string[] {
  if (text === "all") return Object.keys(objectives);
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) lookUp(name, objectives, "objective", "E_OBJECTIVE_UNKNOWN");
  return [...new Set(names)];
}

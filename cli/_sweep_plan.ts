/**
 * From the file of a sweep to its runs, all checked before the first is trained.
 *
 * @module
 */
import { configHash } from "../config/canonical.ts";
import { resolveRun } from "../config/resolve.ts";
import type { RunConfig } from "../config/schema.ts";
import { overrideOf, pointsOf, type Sweep, type SweptSettings } from "../config/sweep.ts";
import { objectives } from "../objectives/_registry.ts";
import { parseReference } from "../plugins/reference.ts";
import { requireAccess } from "../store/permissions.ts";
import type { Environments } from "../stored/ground.ts";
import { RandomStream } from "../tensor/random.ts";
import { checkFit } from "../train/check_fit.ts";
import { environmentNamed, environmentsFor } from "./_environments.ts";
import { seedNumbers } from "./_seeds.ts";
import { isOneFile } from "./_self.ts";
import { settingsOver } from "./_settings.ts";

/** One run of a sweep. */
export interface SweptRun {
  /** Of its folder: what was changed, the seed, and a part of the hash of its settings. */
  name: string;
  /** What the sweep changed. */
  settings: SweptSettings;
  seed: number;
  config: RunConfig;
  configHash: string;
  /** What it needs beside its own folder. */
  needs: Needs;
}

/** What a run has to be allowed beside its own folder. */
export interface Needs {
  /** Paths that it reads. */
  read: readonly string[];
  /** Hosts that it fetches from. */
  net: readonly string[];
  /** Whether it calls native code. */
  native: boolean;
}

/** The runs of a sweep, point by point and seed by seed; a run that comes up twice is there once. */
export async function sweptRuns(sweep: Sweep): Promise<SweptRun[]> {
  const draws = sweep.search.kind === "random"
    ? RandomStream.of(sweep.search.seed, "sweep")
    : { uniform: () => 0 };
  const seeds = typeof sweep.seeds === "string"
    ? seedNumbers(sweep.seeds, "the seeds")
    : sweep.seeds;
  const known = new Map<unknown, Promise<Environments>>(), runs = new Map<string, SweptRun>();
  for (const settings of pointsOf(sweep, () => draws.uniform())) {
    for (const seed of seeds) {
      const run = await sweptRun(sweep, settings, seed, known);
      runs.set(run.name, run);
    }
  }
  return [...runs.values()];
}

async function sweptRun(
  sweep: Sweep,
  settings: SweptSettings,
  seed: number,
  known: Map<unknown, Promise<Environments>>,
): Promise<SweptRun> {
  // Names first: another environment or objective has other options.
  const keys = Object.keys(settings), isName = (key: string) => /^(preset|\w+\.name)$/.test(key);
  const ordered = [...keys.filter(isName), ...keys.filter((key) => !isName(key))];
  const set = ordered.map((key) => overrideOf(key, settings[key]!));
  const tree = settingsOver(sweep.settings, { env: undefined, set, seed, steps: undefined });
  const name = environmentNamed(tree);
  if (!known.has(name)) known.set(name, environmentsFor(tree)); // a plugin is fetched once
  const environments = await known.get(name)!;
  const config = resolveRun(tree, { environments: environments.registry, objectives });
  checkFit(objectives[config.objective.name]!, config);
  const hash = await configHash(config), needs = needsOf(config, environments);
  return { name: nameOf(settings, seed, hash), settings, seed, config, configHash: hash, needs };
}

/** A folder's name on any system, the same whatever else the sweep holds. */
function nameOf(settings: SweptSettings, seed: number, hash: string): string {
  const said = Object.entries(settings).map(([key, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return `${key.replace(/\.name$/, "")}-${text}`.replaceAll(/[^A-Za-z0-9.]+/g, "-");
  });
  return [said.join("_").slice(0, 80), `seed${seed}`, hash.slice(0, 8)]
    .filter((part) => part !== "").join("_");
}

function needsOf(config: RunConfig, { registry, foreign }: Environments): Needs {
  const files = Object.entries(registry[config.env.name]!.config).flatMap(([option, spec]) => {
    const path = config.env[option];
    if (!("file" in spec) || typeof path !== "string") return [];
    requireAccess(`use the setting env.${option} = ${path}`, path, ["read"]);
    return [path];
  });
  const native = config.engine.gemm === "blas";
  if (foreign === null) return { read: files, net: [], native };
  const { kind, location } = parseReference(foreign.source.reference.text);
  return {
    read: [...files, ...(kind === "file" ? [location] : []), ...(isOneFile() ? [] : [ownFolder()])],
    net: kind === "remote" ? [new URL(location).host] : [],
    native,
  };
}

/** The folder of a clone, which the sandbox's worker is read from. */
function ownFolder(): string {
  return decodeURIComponent(new URL("../", import.meta.url).pathname);
}

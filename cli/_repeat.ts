/**
 * What to say to a shell so that a run is repeated: what its settings have beyond the defaults, and no more.
 *
 * @module
 */
import { configHash } from "../config/canonical.ts";
import { differingKeys } from "../config/identity.ts";
import { applyOverride, type SettingsTree } from "../config/overrides.ts";
import { type Registries, resolveRun } from "../config/resolve.ts";
import { GfnError } from "../errors.ts";
import type { RunEvent } from "../train/events.ts";

/** Keys that have an argument of their own. */
const ARGUMENTS = ["seed", "steps"];

/**
 * The command that resolves to the settings of a run; null where none does, as after a change of defaults.
 *
 * @param seeds of the runs that it is for, the first that of the run
 */
export async function repeatCommand(
  { config, configHash: wanted }: RunEvent,
  seeds: readonly unknown[],
  registries: Registries,
): Promise<string | null> {
  const valueAt = (key: string) =>
    key.split(".").reduce<unknown>((inner, part) => (inner as SettingsTree)?.[part], config);
  const env = String(valueAt("env.name")), objective = String(valueAt("objective.name"));
  const first: SettingsTree = { env: { name: env }, objective: { name: objective } };
  const resolvesTo = async (overrides: readonly string[]) => {
    try {
      const tree = overrides.reduce<SettingsTree>(applyOverride, first);
      return await configHash(resolveRun(tree, registries)) === wanted;
    } catch (error) {
      if (error instanceof GfnError) return false;
      throw error;
    }
  };
  const defaults = resolveOrNull(first, registries);
  if (defaults === null) return null;
  let overrides = differingKeys(defaults, config).map((key) => override(key, valueAt(key)));
  if (!await resolvesTo(overrides)) return null;
  // What follows from another setting need not be said.
  for (const one of [...overrides].reverse()) {
    const fewer = overrides.filter((other) => other !== one);
    if (await resolvesTo(fewer)) overrides = fewer;
  }
  const told = overrides.filter((text) => !ARGUMENTS.some((key) => text.startsWith(`${key}=`)));
  const words = [
    ...["gfn", "train", env, "--set", `objective=${objective}`],
    ...told.flatMap((text) => ["--set", text]),
    ...["--steps", String(config.steps), "--seed", String(config.seed), "--out", "DIR"],
  ];
  return withSeeds(words.map(quoted).join(" "), seeds);
}

/** The command for who has the settings in a file. */
export function repeatFromFile({ config }: RunEvent, seeds: readonly unknown[]): string {
  return withSeeds(
    `gfn train --config settings.json --seed ${config.seed} --out DIR  # settings.json: all settings`,
    seeds,
  );
}

function withSeeds(command: string, seeds: readonly unknown[]): string {
  const others = seeds.slice(1).map((seed) => JSON.stringify(seed)).join(", ");
  return others === "" ? command : `${command}\n# likewise with --seed ${others}`;
}

function override(key: string, value: unknown): string {
  // A text that would be read as JSON is written as JSON.
  if (typeof value !== "string") return `${key}=${JSON.stringify(value)}`;
  try {
    JSON.parse(value);
    return `${key}=${JSON.stringify(value)}`;
  } catch {
    return `${key}=${value}`;
  }
}

function resolveOrNull(tree: SettingsTree, registries: Registries) {
  try {
    return resolveRun(tree, registries);
  } catch (error) {
    if (error instanceof GfnError) return null;
    throw error;
  }
}

/** A word as a POSIX shell takes it. */
function quoted(word: string): string {
  return /^[\w.,:/=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * From a tree of settings to a run: names looked up, every key checked, every default filled in.
 *
 * @module
 */
import { z } from "zod";
import { usageError } from "../errors.ts";
import { wantOneOf } from "./near_name.ts";
import { optionSchema } from "./option_schema.ts";
import type { OptionSpecs } from "./options.ts";
import { isTree, type SettingsTree } from "./overrides.ts";
import { wanted } from "./_wanted.ts";
import { resolveDerived, type RunConfig, runSchema } from "./schema.ts";

/** What can be named in a run. The registries are handed in, since config knows neither. */
export interface Registries {
  environments: Readonly<Record<string, { name: string; config: OptionSpecs }>>;
  objectives: Readonly<Record<string, { name: string; options: z.ZodType }>>;
}

/** What is trained, and how, where nothing is said. */
export const DEFAULT_NAMES = { env: "hypergrid", objective: "ent-ppo" } as const;

/**
 * Checks settings and fills in defaults.
 *
 * @throws {GfnError} `E_ENV_UNKNOWN`, `E_OBJECTIVE_UNKNOWN`, `E_CONFIG_KEY` or `E_CONFIG_VALUE`
 */
export function resolveRun(tree: SettingsTree, registries: Registries): RunConfig {
  const env = named(tree, "env", DEFAULT_NAMES.env);
  const objective = named(tree, "objective", DEFAULT_NAMES.objective);
  const schema = schemaOf(env.name, objective.name, registries);
  const parsed = schema.safeParse({ ...tree, env, objective });
  if (!parsed.success) throw settingsError(parsed.error.issues[0]!, schema, { ...tree, env });
  return resolveDerived(parsed.data);
}

/** The JSON Schema of a config file for one environment and objective. */
export function runJsonSchema(env: string, objective: string, registries: Registries): object {
  return z.toJSONSchema(schemaOf(env, objective, registries), { io: "input" });
}

function schemaOf(env: string, objective: string, { environments, objectives }: Registries) {
  const plugin = lookUp(env, environments, "environment", "E_ENV_UNKNOWN");
  const chosen = lookUp(objective, objectives, "objective", "E_OBJECTIVE_UNKNOWN");
  return runSchema(
    { name: env, options: optionSchema(plugin.config) },
    { name: objective, options: chosen.options as z.ZodObject },
  );
}

/**
 * The entry of a registry.
 *
 * @throws {GfnError} with the code given, naming a near entry
 */
export function lookUp<T>(
  name: string,
  registry: Readonly<Record<string, T>>,
  what: string,
  code: string,
): T {
  if (Object.hasOwn(registry, name)) return registry[name]!;
  throw usageError(
    code,
    `Cannot find ${what} "${name}": ${wantOneOf(name, Object.keys(registry))}`,
  );
}

/** The part of the tree under `env` or `objective`, with its name; a plain text is the name alone. */
function named(tree: SettingsTree, key: "env" | "objective", fallback: string) {
  const found = tree[key] ?? {};
  if (typeof found === "string") return { name: found };
  if (!isTree(found)) {
    throw usageError(
      "E_CONFIG_VALUE",
      `Cannot use the setting ${key}: found ${JSON.stringify(found)}, want an object or a name`,
    );
  }
  const name = found.name ?? fallback;
  if (typeof name === "string") return { ...found, name };
  throw usageError(
    "E_CONFIG_VALUE",
    `Cannot use the setting ${key}.name: found ${JSON.stringify(name)}, want a name`,
  );
}

/** The first thing that is wrong, as one line: the key, what was found, what is wanted. */
function settingsError(issue: z.core.$ZodIssue, schema: z.ZodType, tree: SettingsTree): Error {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const allowed = keysAt(schema, path);
    return usageError(
      "E_CONFIG_KEY",
      `Cannot use the setting ${[...path, key].join(".")}: found no such key, ${
        wantOneOf(key, allowed)
      }`,
    );
  }
  const found = path.reduce<unknown>((at, key) => (at as SettingsTree | undefined)?.[key], tree);
  return usageError(
    "E_CONFIG_VALUE",
    `Cannot use the setting ${path.join(".")}: found ${JSON.stringify(found)}, ${
      wanted(issue, found, "an object of settings")
    }`,
  );
}

/** The keys that an object in the schema takes. */
function keysAt(schema: z.ZodType, path: readonly string[]): string[] {
  let at: unknown = schema;
  for (const key of path) at = shapeOf(at)?.[key];
  return Object.keys(shapeOf(at) ?? {});
}

/** The fields of an object schema, behind whatever default wraps it. */
function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  let at = schema as { shape?: Record<string, unknown>; def?: { innerType?: unknown } } | undefined;
  while (at && at.shape === undefined) at = at.def?.innerType as typeof at;
  return at?.shape;
}

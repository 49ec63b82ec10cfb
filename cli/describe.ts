/**
 * `gfn describe NAME`: an environment, an objective, the settings of a run, or the metrics.
 *
 * @module
 */
import { z } from "zod";
import { optionSchema } from "../config/option_schema.ts";
import { DEFAULT_NAMES, lookUp, runJsonSchema } from "../config/resolve.ts";
import { presets } from "../config/presets.ts";
import { environments } from "../envs/_registry.ts";
import { objectives } from "../objectives/_registry.ts";
import { eventSchema } from "../train/events.ts";
import { printData } from "./_print.ts";
import { type SettingSchema, settingsTable } from "./_settings_table.ts";

/** What can be described: its words and its JSON Schema. */
interface Description {
  title: string;
  schema: object;
  /** The settings as text, or nothing where only the schema says it well. */
  table: string;
}

/** Prints a description. Returns the exit status. */
export function describeCommand({ name, json }: { name: string; json: boolean }): number {
  const { title, schema, table } = lookUp(name, descriptions(), "anything to describe", "E_NAME")();
  printData(json ? JSON.stringify(schema, null, 2) : `${title}\n${table}`);
  return 0;
}

/** Everything that can be described, by name. */
export function descriptions(): Record<string, () => Description> {
  const described: Record<string, () => Description> = {};
  for (const plugin of Object.values(environments)) {
    described[plugin.name] = () => {
      const schema = z.toJSONSchema(optionSchema(plugin.config), { io: "input" });
      const table = settingsTable(schema as SettingSchema, "env");
      return { title: `${plugin.name}: ${plugin.summary}\n  ${plugin.source}`, schema, table };
    };
  }
  for (const objective of Object.values(objectives)) {
    described[objective.name] = () => {
      const schema = z.toJSONSchema(objective.options, { io: "input" });
      const { paper, equation } = objective.source;
      const title = `${objective.name}: ${objective.summary}\n  ${paper}, ${equation}`;
      return { title, schema, table: settingsTable(schema as SettingSchema, "objective") };
    };
  }
  described.run = () => {
    const { env, objective } = DEFAULT_NAMES, schema = runSettings();
    const table = settingsTable(schema, "");
    return { title: `run: the settings of ${objective} on ${env}`, schema, table };
  };
  for (const [name, { summary, source, differs, settings }] of Object.entries(presets)) {
    described[name] = () => ({
      title: `${name}: ${summary}\n  ${source}${
        differs === "" ? "" : `\n  not so here: ${differs}`
      }`,
      schema: settings,
      table: JSON.stringify(settings, null, 2),
    });
  }
  described.metrics = () => ({
    title: "metrics: the JSON lines of a run; see docs/metrics.md, or --json for their schema",
    schema: z.toJSONSchema(eventSchema),
    table: "",
  });
  return described;
}

/** The settings of a run of the default objective on the default environment. */
export function runSettings(): SettingSchema {
  const { env, objective } = DEFAULT_NAMES;
  return runJsonSchema(env, objective, { environments, objectives }) as SettingSchema;
}

/**
 * `gfn plugin info REFERENCE`: what a plugin says about itself, loaded in the sandbox and not trained on.
 *
 * @module
 */
import { z } from "zod";
import { optionSchema } from "../config/option_schema.ts";
import { environments } from "../envs/_registry.ts";
import { type GfnError, usageError } from "../errors.ts";
import { loadSource } from "../plugins/_host_source.ts";
import { isReference } from "../plugins/reference.ts";
import { describePlugin } from "../sandbox/sandbox.ts";
import { printData } from "./_print.ts";
import { type SettingSchema, settingsTable } from "./_settings_table.ts";

/** Prints name, options, version and hash. Returns the exit status. */
export async function pluginInfoCommand(
  { reference, json }: { reference: string; json: boolean },
): Promise<number> {
  if (!isReference(reference)) throw noPlugin(reference);
  const source = await loadSource(reference), { sha256, language } = source;
  const description = await describePlugin(source);
  if (json) {
    printData(JSON.stringify({ ...description, language, sha256 }, null, 2));
    return 0;
  }
  const { name, summary, source: from, apiVersion, config, rewardHook } = description;
  const schema = z.toJSONSchema(optionSchema(config), { io: "input" }) as SettingSchema;
  printData(`${name}: ${summary}\n  ${from}`);
  const options = settingsTable(schema, "env");
  if (options !== "") printData(options);
  if (rewardHook) printData(`  reward hook ${rewardHook.name}: ${rewardHook.help}`);
  printData(`  contract    version ${apiVersion}`);
  printData(`  language    ${language}`);
  printData(`  pin         #sha256=${sha256}`);
  return 0;
}

/** A name without a path: of ours, or of nothing. */
function noPlugin(name: string): GfnError {
  return Object.hasOwn(environments, name)
    ? usageError(
      "E_PLUGIN_REFERENCE",
      `Cannot show the plugin ${name}: found an environment of gfn's own, want gfn describe ${name}, or a file, as in ./${name}.ts`,
    )
    : usageError(
      "E_PLUGIN_REFERENCE",
      `Cannot show the plugin ${name}: found a name, want a path or a URL, as in ./${name}.ts`,
    );
}

/**
 * `gfn plugin check REFERENCE`: an environment held to every law of the contract.
 *
 * @module
 */
import { resolveRun } from "../config/resolve.ts";
import { checkEnvironment, type LawReport } from "../conformance/check.ts";
import { environments } from "../envs/_registry.ts";
import { objectives } from "../objectives/_registry.ts";
import { openEnvironment } from "../plugins/open.ts";
import { checkPlugin } from "../sandbox/sandbox.ts";
import { fileBytes, groundFor } from "../stored/ground.ts";
import { environmentsFor, type PinArguments, pinsOf } from "./_environments.ts";
import { printData } from "./_print.ts";
import { settingsOf } from "./_settings.ts";

/** What the command line says. */
export interface PluginCheckArguments extends PinArguments {
  reference: string;
  set: readonly string[];
  seed: number | undefined;
  json: boolean;
}

/** Checks. Returns the exit status: 1 when a law is broken. */
export async function pluginCheckCommand(
  { reference, set, seed = 0, json, ...trust }: PluginCheckArguments,
): Promise<number> {
  const pins = pinsOf(trust);
  const tree = settingsOf({ env: reference, config: undefined, set, steps: undefined });
  const known = await environmentsFor(tree, pins), { foreign } = known;
  const config = resolveRun(tree, { environments: known.registry, objectives });
  const { name, ...options } = config.env;
  const { files } = await groundFor(config, known, pins);
  const given = { ...options, ...fileBytes(files) };
  let reports: LawReport[];
  if (foreign) {
    const limits = config.sandbox;
    reports = await checkPlugin(foreign.source, given, { seed, limits });
  } else {
    const open = () => openEnvironment(environments[name]!, given);
    reports = await checkEnvironment(open, { seed, now: () => performance.now() });
  }
  const broken = reports.filter(({ outcome }) => outcome === "broken").length;
  if (json) printData(JSON.stringify({ reference, seed, laws: reports }, null, 2));
  else {
    for (const report of reports) printData(lineOf(report));
    printData(`${reports.length - broken} of ${reports.length} laws hold or do not apply`);
  }
  return broken === 0 ? 0 : 1;
}

function lineOf({ law, says, outcome, detail }: LawReport): string {
  const told = outcome === "broken" ? `${says}: ${detail}` : detail === "" ? says : detail;
  return `${outcome.padEnd(15)} ${law.padEnd(16)} ${told}`;
}

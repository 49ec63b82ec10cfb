/**
 * `gfn eval`: measures of a trained sampler.
 *
 * @module
 */
import { readObjects } from "../store/objects_file.ts";
import type { Assessment } from "../trained/assessment.ts";
import { marginalsTable } from "./_marginals_table.ts";
import { printData, say, short } from "./_print.ts";
import { openAsked, type SamplerArguments } from "./_sampler.ts";
import { table } from "./_table.ts";

/** What the command line says. */
export interface EvalArguments extends SamplerArguments {
  samples: number;
  seed: number;
  top: number;
  /** File of objects that the sampler was not trained on. */
  objects: string | undefined;
  paths: number;
  quiet: boolean;
}

/** Measures. Returns the exit status. */
export async function evalCommand(args: EvalArguments): Promise<number> {
  const { samples, seed, top, paths } = args;
  const heldOut = args.objects === undefined ? null : readObjects(args.objects);
  using sampler = await openAsked(args);
  const { checkpoint, parameters } = sampler, { step, trajectories } = checkpoint.snapshot;
  const asked = { samples, seed, top, heldOut, paths };
  const { marginals = [], ...measured } = await sampler.assess(asked);
  const line: Assessment = { type: "assessment", step, trajectories, parameters, ...measured };
  printData(JSON.stringify(line));
  for (const one of marginals) {
    printData(JSON.stringify({ type: "marginals", step, parameters, ...one }));
  }
  if (args.quiet) return 0;
  say(tableOf(line));
  for (const one of marginals) say(`\n${marginalsTable(one)}`);
  return 0;
}

/** Every measure, with its error where it has one. */
function tableOf({ heldOut, ...line }: Assessment): string {
  const rows: [string, unknown, unknown?][] = [];
  const all = line as Record<string, unknown>;
  for (const [name, value] of Object.entries(all)) {
    if (name === "type" || name.endsWith("Error")) continue;
    rows.push([name, value, all[`${name}Error`]]);
  }
  for (const [name, value] of Object.entries(heldOut ?? {})) rows.push([`heldOut.${name}`, value]);
  return table([
    ["measure", "value", "standard error"],
    ...rows.map(([name, value, error]) => [name, cell(value), cell(error)]),
  ]);
}

function cell(value: unknown): string {
  if (value === undefined) return "";
  return Number.isInteger(value) ? String(value) : short(value as number | string);
}

/**
 * `gfn list`: what there is.
 *
 * @module
 */
import { environments } from "../envs/_registry.ts";
import { objectives } from "../objectives/_registry.ts";
import { presets } from "../config/presets.ts";
import { printData } from "./_print.ts";

/** What can be listed. */
export const kinds = ["envs", "objectives", "presets"] as const;
type Kind = typeof kinds[number];

/** Prints names and summaries. Returns the exit status. */
export function listCommand(
  { what, json }: { what: Kind | undefined; json: boolean },
): number {
  const every = {
    envs: entries(environments),
    objectives: entries(objectives),
    presets: Object.entries(presets).map(([name, { summary }]) => ({ name, summary })),
  };
  const all = what === undefined ? every : { [what]: every[what] };
  if (json) printData(JSON.stringify(all));
  else {
    for (const [kind, list] of Object.entries(all)) {
      const width = Math.max(...list.map(({ name }) => name.length)) + 2;
      printData(kind);
      for (const { name, summary } of list) printData(`  ${name.padEnd(width)}${summary}`);
    }
  }
  return 0;
}

function entries(registry: Readonly<Record<string, { name: string; summary: string }>>) {
  return Object.values(registry).map(({ name, summary }) => ({ name, summary }));
}

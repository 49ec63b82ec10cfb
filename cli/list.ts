/**
 * `gfn list`: what there is.
 *
 * @module
 */
import { environments } from "../envs/_registry.ts";
import { objectives } from "../objectives/_registry.ts";
import { printData } from "./_print.ts";

/** Prints names and summaries. Returns the exit status. */
export function listCommand(
  { what, json }: { what: "envs" | "objectives" | undefined; json: boolean },
): number {
  const all = {
    ...(what !== "objectives" && { envs: entries(environments) }),
    ...(what !== "envs" && { objectives: entries(objectives) }),
  };
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

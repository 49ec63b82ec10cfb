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
  const asked = what === undefined ? kinds : [what];
  printData(
    json
      ? JSON.stringify(Object.fromEntries(asked.map((kind) => [kind, entries(kind)])))
      : asked.map(listText).join("\n"),
  );
  return 0;
}

/** One kind, a line each. */
export function listText(kind: Kind): string {
  const list = entries(kind), width = Math.max(...list.map(({ name }) => name.length)) + 2;
  return [kind, ...list.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`)].join("\n");
}

function entries(kind: Kind): { name: string; summary: string }[] {
  if (kind === "presets") {
    return Object.entries(presets).map(([name, { summary }]) => ({ name, summary }));
  }
  return Object.values(kind === "envs" ? environments : objectives)
    .map(({ name, summary }) => ({ name, summary }));
}

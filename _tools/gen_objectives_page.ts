/**
 * The generated parts of `docs/objectives.md`: for each objective, critic and weighting what its entry
 * in the registry says. Prose stands around them by hand:
 *
 *     <!-- generated: tb -->
 *     ...
 *     <!-- end -->
 *
 * What has no section yet gets one.
 *
 * @module
 */
import { z } from "zod";
import { critics, objectives } from "../objectives/_registry.ts";
import type { Critic, Need, Objective } from "../objectives/contract.ts";

/** What each need is called on the page. */
const NEEDS: Readonly<Record<Need, string>> = {
  value: "V (the critic)",
  flow: "log F",
  logZ: "log Z",
  target: "target copies",
  partialRewards: "rewards of partial objects",
  terminatingRewards: "the reward of every state, each of which may stop",
  parents: "every edge into every state visited",
};

const ZERO = {
  batch: "zero on every batch",
  expectation: "zero in expectation",
  elsewhere: "not zero: it aims at another target",
};

/** The page with every generated part made anew. */
export function pageText(page: string): string {
  const sections = { ...objectiveSections(), ...criticSections() };
  const found = new Set<string>();
  const text = page.replaceAll(
    /<!-- generated: ([a-z-]+) -->[\s\S]*?<!-- end -->/g,
    (_, name: string) => {
      const section = sections[name];
      if (section === undefined) throw new Error(`docs/objectives.md: ${name} is not registered`);
      found.add(name);
      return `<!-- generated: ${name} -->\n\n${section}\n\n<!-- end -->`;
    },
  );
  return Object.keys(sections).filter((name) => !found.has(name))
    .reduce((text, name) => withSection(text, name, sections[name]!), text);
}

/** The page with a section of something new, for prose to be put into. */
function withSection(page: string, name: string, section: string): string {
  const { summary } = { ...objectives, ...critics }[name]!;
  const before = Object.hasOwn(objectives, name) ? "## Critics\n" : "## Backward policies\n";
  const at = page.indexOf(before);
  if (at === -1) throw new Error(`docs/objectives.md: no heading ${before.trim()}`);
  const added =
    `### ${name}\n\n${summary}\n\n<!-- generated: ${name} -->\n\n${section}\n\n<!-- end -->\n\n`;
  return page.slice(0, at) + added + page.slice(at);
}

/** Whether two pages say the same: `deno fmt` breaks lines where it likes. */
export function samePage(a: string, b: string): boolean {
  const words = (text: string) => text.split(/\s+/).join(" ");
  return words(a) === words(b);
}

function objectiveSections(): Record<string, string> {
  return Object.fromEntries(Object.values(objectives).map((one) => [one.name, sectionOf(one)]));
}

function sectionOf(objective: Objective): string {
  const { source, options } = objective;
  const defaults = options.parse({});
  const needs = objective.needs(defaults).map((need) => NEEDS[need]);
  const joint = objective.updates(defaults).some(({ trains }) => trains.includes("backward"));
  return [
    `- Source: ${source.paper}, ${source.equation}.`,
    `- Reads beside P_F and P_B: ${needs.join(", ") || "nothing"}.`,
    `- Data: ${
      objective.data === "any" ? "any, off-policy too" : "the policy's own trajectories alone"
    }.`,
    `- P_B learned jointly: ${joint ? "yes" : "no"}.`,
    `- Gradient at exact flows: ${ZERO[objective.zero(defaults)]}.`,
    ...optionLines(options as z.ZodObject),
  ].join("\n");
}

function criticSections(): Record<string, string> {
  return Object.fromEntries(
    Object.values(critics as Record<string, Critic>).map(({ name, summary, source }) => [
      name,
      `- Source: ${source.paper}, ${source.equation}.\n- In a word: ${summary}.`,
    ]),
  );
}

/** A line for each option: key, default, help. */
function optionLines(options: z.ZodObject): string[] {
  const { properties } = z.toJSONSchema(options, { io: "input" }) as {
    properties: Record<string, { default: unknown; description: string }>;
  };
  return Object.entries(properties).map(([key, { default: preset, description }]) =>
    `- \`objective.${key}\` (${String(preset)}): ${plain(description)}.`
  );
}

/** Text that markdown leaves as it is. */
function plain(text: string): string {
  return text.replaceAll(/[*<>[\]|]/g, (mark) => `\\${mark}`);
}

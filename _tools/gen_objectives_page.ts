/**
 * The generated parts of `docs/objectives.md`: for each objective and critic what its entry in the
 * registry says. A section is a heading, one generated part of the same name, and prose by hand:
 *
 *     ### tb
 *
 *     <!-- generated: tb -->
 *     ...
 *     <!-- end -->
 *
 * What has no section yet gets one. The text is as `deno fmt` leaves it, so that a page is fresh when
 * it is equal byte for byte.
 *
 * @module
 */
import { z } from "zod";
import { critics, objectives } from "../objectives/_registry.ts";
import type { Critic, Need, Objective } from "../objectives/contract.ts";
import { filled, list, plain, table } from "./_markdown.ts";

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

/** What the page describes. */
export interface Described {
  objectives: Readonly<Record<string, Objective>>;
  critics: Readonly<Record<string, Critic>>;
}

/** A generated part, and what a section that is new needs beside. */
interface Part {
  text: string;
  summary: string;
  /** The heading that a new section is put before. */
  before: string;
}

/**
 * The page with every generated part made anew.
 *
 * @throws {Error} where a section is of nothing registered, or is not a heading and one generated part
 */
export function pageText(page: string, described: Described = { objectives, critics }): string {
  const parts = partsOf(described);
  const names = sectionNames(page);
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined) {
    throw new Error(
      `Cannot generate docs/objectives.md: found a section "${unknown}", want none but of what is registered`,
    );
  }
  const text = page.replaceAll(
    /^<!-- generated: (.+) -->$[\s\S]*?^<!-- end -->$/gm,
    (_, name: string) => marked(name, parts[name]!),
  );
  return Object.keys(parts).filter((name) => !names.includes(name))
    .reduce((text, name) => withSection(text, name, parts[name]!), text);
}

/**
 * The names of the sections of a page, in their order. A mark that is missing would have one part
 * swallow the prose up to the end of the next, so the marks are checked first.
 */
function sectionNames(page: string): string[] {
  const found = [...page.matchAll(/^(?:### .+|<!-- generated: .+ -->|<!-- end -->)$/gm)]
    .map(([line]) => line);
  const names = found.filter((line) => line.startsWith("### ")).map((line) => line.slice(4));
  const want = [...new Set(names)].flatMap((name) => [`### ${name}`, opening(name), CLOSING]);
  const at = Array.from({ length: Math.max(found.length, want.length) }, (_, i) => i)
    .find((i) => found[i] !== want[i]);
  if (at !== undefined) {
    throw new Error(
      `Cannot generate docs/objectives.md: found ${found[at] ?? "the end of the page"}, want ${
        want[at] ?? "no more marks"
      }: a section is a heading and one generated part of the same name`,
    );
  }
  return names;
}

const CLOSING = "<!-- end -->";

function opening(name: string): string {
  return `<!-- generated: ${name} -->`;
}

function marked(name: string, { text }: Part): string {
  return `${opening(name)}\n\n${text}\n\n${CLOSING}`;
}

/** The page with a section of something new, for prose to be put into. */
function withSection(page: string, name: string, part: Part): string {
  const at = page.indexOf(part.before);
  if (at === -1) {
    throw new Error(`Cannot generate docs/objectives.md: found no heading ${part.before.trim()}`);
  }
  const summary = filled(part.summary);
  const added = `### ${name}\n\n${summary}\n\n${marked(name, part)}\n\n`;
  return page.slice(0, at) + added + page.slice(at);
}

function partsOf({ objectives, critics }: Described): Record<string, Part> {
  const parts: Record<string, Part> = {};
  for (const one of Object.values(objectives)) {
    parts[one.name] = {
      text: objectiveText(one),
      summary: one.summary,
      before: "## Critics\n",
    };
  }
  for (const { name, summary, source } of Object.values(critics)) {
    parts[name] = {
      text: list([`Source: ${source.paper}, ${source.equation}.`, `In a word: ${summary}.`]),
      summary,
      before: "## Backward policies\n",
    };
  }
  return parts;
}

function objectiveText(objective: Objective): string {
  const { source } = objective, options = objective.options as z.ZodObject;
  const defaults = options.parse({});
  const needs = objective.needs(defaults).map((need) => NEEDS[need]);
  const joint = objective.updates(defaults).some(({ trains }) => trains.includes("backward"));
  const facts = list([
    `Source: ${source.paper}, ${source.equation}.`,
    `Reads beside P_F and P_B: ${needs.join(", ") || "nothing"}.`,
    `Data: ${
      objective.data === "any" ? "any, off-policy too" : "the policy's own trajectories alone"
    }.`,
    `P_B learned jointly: ${joint ? "yes" : "no"}.`,
    `Gradient at exact flows: ${ZERO[objective.zero(defaults)]}.`,
  ]);
  const rows = optionRows(options);
  return rows.length === 0 ? facts : `${facts}\n\n${table(["option", "default", "meaning"], rows)}`;
}

/** A row for each option: key, default, help. */
function optionRows(options: z.ZodObject): string[][] {
  const { properties } = z.toJSONSchema(options, { io: "input" }) as {
    properties: Record<string, { default: unknown; description: string }>;
  };
  return Object.entries(properties).map(([key, { default: preset, description }]) => [
    `\`objective.${key}\``,
    `\`${typeof preset === "string" ? preset : JSON.stringify(preset)}\``,
    plain(description),
  ]);
}

/**
 * What a schema wants where something else was found, in gfn's words.
 *
 * @module
 */
import type { z } from "zod";
import { wantOneOf } from "./near_name.ts";

/**
 * "want …" for an issue.
 *
 * @param found the value at its path
 * @param object what an object is called there
 */
export function wanted(issue: z.core.$ZodIssue, found: unknown, object: string): string {
  switch (issue.code) {
    case "invalid_value":
      return wantOneOf(String(found), issue.values.map(String));
    case "too_small":
      return `want ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${entries(issue)}`;
    case "too_big":
      return `want ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${entries(issue)}`;
    case "invalid_type":
      return `want ${
        issue.expected === "object" ? object : words[issue.expected] ?? issue.expected
      }`;
    case "invalid_key":
      return issue.issues[0] ? wanted(issue.issues[0], found, object) : "want another key";
    case "invalid_union":
      if (isOfKinds(issue)) return wantOneOf(String(found), issue.options.map(String));
      return `want ${
        issue.errors.map((one) => one[0] ? wanted(one[0], found, object).replace(/^want /, "") : "")
          .join(", or ")
      }`;
    case "custom":
      return issue.message;
    default:
      return issue.message.startsWith("want ") ? issue.message : `want: ${issue.message}`;
  }
}

/**
 * The issue itself, or where it is of a union, the first issue of the choice that fits further: what lies
 * deepest is what was meant.
 */
export function nearest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.map(([first]) => first)
    .find((one) => one !== undefined && one.path.length > 0);
  return inner ? nearest({ ...inner, path: [...issue.path, ...inner.path] }) : issue;
}

function entries(issue: { origin: string; minimum?: unknown; maximum?: unknown }): string {
  if (issue.origin !== "array") return "";
  return (issue.minimum ?? issue.maximum) === 1 ? " entry" : " entries";
}

/** Whether a union chooses by a key, whose value is none of its kinds. */
function isOfKinds(issue: object): issue is { options: readonly unknown[] } {
  return "options" in issue && Array.isArray(issue.options);
}

const words: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  record: "an object",
};

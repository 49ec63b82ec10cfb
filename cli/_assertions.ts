/**
 * Assertions on the last evaluation of a run, as in `tv<0.05`.
 *
 * @module
 */
import { wantOneOf } from "../config/near_name.ts";
import { failure, usageError } from "../errors.ts";
import { type EvalEvent, evalEvent, type Metric } from "../train/events.ts";

/** How a value is compared with a number. */
const relations = {
  "<=": (a: number, b: number) => a <= b,
  ">=": (a: number, b: number) => a >= b,
  // What is no number equals nothing, but here the question is whether it is none.
  "==": (a: number, b: number) => a === b || (Number.isNaN(a) && Number.isNaN(b)),
  "<": (a: number, b: number) => a < b,
  ">": (a: number, b: number) => a > b,
} as const;

/** An assertion that was understood. */
export interface Assertion {
  /** As it was written. */
  text: string;
  /** A key of an evaluation, or `averaged.` and one. */
  metric: string;
  relation: keyof typeof relations;
  bound: number;
}

/** What became of an assertion: a line of output. */
export interface Judged {
  type: "assertion";
  assertion: string;
  metric: string;
  /** As the evaluation has it; null where it has none. */
  value: Metric | null;
  holds: boolean;
  /** Of the evaluation. */
  step: number;
}

/** Every metric that an evaluation may have. */
const names = keysOf(evalEvent.shape).flatMap((key) =>
  key === "averaged"
    ? keysOf(evalEvent.shape.averaged.unwrap().shape).map((inner) => `averaged.${inner}`)
    : [key]
);

function keysOf(shape: object): string[] {
  return Object.keys(shape).filter((key) => !["type", "time", "host"].includes(key));
}

/**
 * Reads an assertion.
 *
 * @throws {GfnError} `E_ASSERT`, a usage error, when it is none or names no metric
 */
export function parseAssertion(text: string): Assertion {
  const [, metric, relation, bound] = /^\s*([\w.]+)\s*(<=|>=|==|<|>)\s*(\S+)\s*$/.exec(text) ?? [];
  if (metric === undefined) {
    throw malformed(
      text,
      "found no METRIC, relation and number",
      "want as in tv<0.05, with one of <, <=, >, >=, ==",
    );
  }
  if (!names.includes(metric)) {
    throw malformed(text, `found the metric "${metric}"`, wantOneOf(metric, names));
  }
  const number = numberOf(bound!);
  if (number === null) {
    throw malformed(text, `found the bound "${bound}"`, "want a number, inf, -inf or nan");
  }
  if (Number.isNaN(number) && relation !== "==") {
    throw malformed(text, `found ${relation} with nan, which never holds`, "want ==");
  }
  return { text, metric, relation: relation as Assertion["relation"], bound: number };
}

function numberOf(text: string): number | null {
  if (text === "nan") return NaN;
  if (/^[+-]?inf$/.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}

/** Whether an assertion holds; one on a metric that the evaluation does not have does not. */
export function judge({ text, metric, relation, bound }: Assertion, event: EvalEvent): Judged {
  const value = valueAt(event, metric);
  const holds = value !== null && relations[relation](numberIn(value), bound);
  return { type: "assertion", assertion: text, metric, value, holds, step: event.step };
}

function valueAt(event: EvalEvent, metric: string): Metric | null {
  const [first, second] = metric.split(".") as [keyof EvalEvent, string?];
  const value = second === undefined
    ? event[first]
    : (event.averaged as Record<string, unknown> | undefined)?.[second];
  return (value as Metric | undefined) ?? null;
}

function numberIn(value: Metric): number {
  return typeof value === "number" ? value : numberOf(value)!;
}

/** The error of assertions that do not hold. */
export function doNotHold(file: string, judged: readonly Judged[], event: EvalEvent): Error {
  const failed = judged.filter(({ holds }) => !holds).map(({ assertion, metric, value }) =>
    value === null
      ? `${assertion}, of which there is no value`
      : `${assertion}, where ${metric} is ${value}`
  );
  const lacks = judged.some(({ value }) => value === null);
  const there = names.filter((name) => valueAt(event, name) !== null).join(", ");
  return failure(
    "E_ASSERT",
    `Cannot pass ${file}: found ${failed.length} of ${judged.length} assertions that do not hold at step ${event.step}: ${
      failed.join("; ")
    }${lacks ? `; that evaluation has ${there}` : ""}`,
  );
}

function malformed(text: string, found: string, want: string): Error {
  return usageError("E_ASSERT", `Cannot use --assert "${text}": ${found}, ${want}`);
}

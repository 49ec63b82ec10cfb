/**
 * A sweep: which runs are made from common settings by changing some of them, and over which seeds.
 *
 * @module
 */
import { z } from "zod";
import { usageError } from "../errors.ts";
import { wantOneOf } from "./near_name.ts";
import { nearest, wanted } from "./_wanted.ts";

const key = z.string().regex(/^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/, "want a key as in policy.lr");
const value = z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.number())]);
const values = z.array(value).min(1).describe("values to choose from");
const range = z.strictObject({
  from: z.number(),
  to: z.number(),
  scale: z.enum(["linear", "log", "whole"])
    .describe("uniform, uniform in the logarithm, or whole numbers, both ends included"),
}).refine(({ from, to }) => from < to, "want from below to")
  .refine(({ from, scale }) => scale !== "log" || from > 0, "want from above 0 for a log scale")
  .refine(
    ({ from, to, scale }) => scale !== "whole" || Number.isInteger(from) && Number.isInteger(to),
    "want whole numbers",
  );

/** The file of a sweep. */
export const sweepSchema = z.strictObject({
  settings: z.record(z.string(), z.unknown()).default({})
    .describe("settings of all runs, as in a config file; may name a preset"),
  search: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("grid").describe("every combination"),
      over: z.record(key, values),
    }),
    z.strictObject({
      kind: z.literal("random").describe("points drawn independently"),
      points: z.int().min(1).max(10_000),
      seed: z.int().min(0).default(0).describe("of the draws; more points begin with the fewer"),
      over: z.record(key, z.union([values, range])),
    }),
  ]),
  seeds: z.union([z.array(z.int().min(0)).min(1), z.string()]).default([0])
    .describe("a list, or numbers and ranges as in 0..2,7: every point is run with each"),
  slurm: z.strictObject({
    options: z.array(z.string().regex(/^--?[A-Za-z][^\n]*$/, "want an option of sbatch"))
      .default([]).describe("options of sbatch, such as --partition=long or --time=02:00:00"),
    before: z.array(z.string().regex(/^[^\n]*$/, "want one line")).default([])
      .describe("lines of shell before a run, such as module load"),
  }).prefault({}),
});

/** A sweep as its file says it. */
export type Sweep = z.infer<typeof sweepSchema>;
/** The value of a setting in a sweep. */
export type SweptValue = z.infer<typeof value>;
/** Settings that a sweep changes, by dotted key. */
export type SweptSettings = Readonly<Record<string, SweptValue>>;

/**
 * Reads the text of a sweep's file.
 *
 * @throws {GfnError} `E_SWEEP` that names the key
 */
export function parseSweep(text: string, name: string): Sweep {
  const wrong = (why: string) => usageError("E_SWEEP", `Cannot read sweep ${name}: ${why}`);
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw wrong(`it is not JSON (${(error as Error).message}), want a JSON object`);
  }
  const parsed = sweepSchema.safeParse(found);
  if (parsed.success) {
    for (const [swept, instead] of [["seed", "seeds"], ["env", "env.name"]]) {
      if (swept! in parsed.data.search.over) {
        throw wrong(`found ${swept} in search.over, want ${instead}`);
      }
    }
    return parsed.data;
  }
  const issue = nearest(parsed.error.issues[0]!), path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    const one = issue.keys[0]!, allowed = path === "" ? Object.keys(sweepSchema.shape) : [];
    const want = allowed.length > 0 ? wantOneOf(one, allowed) : "want it left out";
    throw wrong(`found the key ${path === "" ? one : `${path}.${one}`}, ${want}`);
  }
  const at = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | null)?.[key],
    found,
  );
  const want = issue.code === "invalid_type" && Object.hasOwn(shapes, path)
    ? `want ${shapes[path]}`
    : wanted(issue, at, "an object with from, to and scale");
  throw wrong(
    `found ${issue.code === "invalid_key" ? `the key ${path}` : what(at, path)}, ${want}`,
  );
}

/** Objects that a sweep's file is made of. */
const shapes: Readonly<Record<string, string>> = {
  "": "an object with search, and settings, seeds and slurm where they are wanted",
  search: "an object with kind, grid or random, and over",
  "search.over": "an object of keys with the values to choose from",
  slurm: "an object with options and before",
};

/** Something found at a place, in no more than a few words. */
function what(found: unknown, path: string): string {
  if (found === undefined) return `no ${path}`;
  const text = JSON.stringify(found);
  return `${text.length > 60 ? `${text.slice(0, 60)}…` : text}${path === "" ? "" : ` at ${path}`}`;
}

/**
 * The points of a sweep, in order: of a grid the last key changes fastest.
 *
 * @param uniform draws a number in [0, 1)
 */
export function pointsOf({ search }: Sweep, uniform: () => number): SweptSettings[] {
  if (search.kind === "random") {
    return Array.from({ length: search.points }, () =>
      Object.fromEntries(
        Object.entries(search.over).map(([key, over]) => [key, drawn(over, uniform())]),
      ));
  }
  return Object.entries(search.over).reduce<SweptSettings[]>(
    (points, [key, values]) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [key]: value }))),
    [{}],
  );
}

/** The value at a fraction u in [0, 1) of a range or of a list. */
function drawn(over: z.infer<typeof values> | z.infer<typeof range>, u: number): SweptValue {
  if (Array.isArray(over)) return over[Math.floor(u * over.length)]!;
  const { from, to, scale } = over;
  if (scale === "whole") return from + Math.floor(u * (to - from + 1));
  return scale === "log" ? from * (to / from) ** u : from + u * (to - from);
}

/** A changed setting as `--set` takes it: a text that reads as JSON is quoted, to stay a text. */
export function overrideOf(key: string, value: SweptValue): string {
  return `${key}=${typeof value === "string" && !isJson(value) ? value : JSON.stringify(value)}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

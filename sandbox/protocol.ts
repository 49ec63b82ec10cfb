/**
 * What the two sides of the sandbox say to each other. What the worker says is checked word by word: if a
 * plugin ever got out of its realm, this is all that it could say.
 *
 * @module
 */
import { z } from "zod";
import type { OptionValue } from "../config/options.ts";
import type { RunConfig } from "../config/schema.ts";
import { LONGEST_DESCRIPTION } from "../plugins/description.ts";
import { endEvent, evalEvent, trainEvent, warningEvent } from "../train/events.ts";

/** The source to be run, and where its calls are recorded. */
export interface JobSource {
  /** What errors call it. */
  name: string;
  text: string;
  language: "typescript" | "javascript";
  /** Memory of a `CallRecord`. */
  record: SharedArrayBuffer;
  /** Memory of a `HeapRecord`. */
  heap: SharedArrayBuffer;
}

/** What a worker is for; each does one job. */
export type Job =
  | { job: "describe"; source: JobSource }
  | {
    job: "check";
    source: JobSource;
    options: Record<string, OptionValue>;
    seed: number;
    /** Names of the reward hooks that can be asked. */
    hooks: readonly string[];
  }
  | {
    job: "train";
    source: JobSource;
    config: RunConfig;
    threads: number;
    /** Bytes of data files by option. */
    files: Record<string, Uint8Array>;
    /** Names of the reward hooks that can be asked. */
    hooks: readonly string[];
  };

/** Longest error message that crosses. */
export const LONGEST_MESSAGE = 10_000;

/** Said to a worker at work: end after this step. */
export const STOP = "stop";

/** Said to a worker that waits for a reward hook. */
export interface HookAnswer {
  answers: ArrayLike<number>;
}

/** Longest text of an object that a hook is shown, in characters. */
const LONGEST_OBJECT = 2 ** 20;

/** What a worker says. */
export const saying = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("description"), json: z.string().max(LONGEST_DESCRIPTION) }),
  z.strictObject({
    type: z.literal("reports"),
    reports: z.array(z.strictObject({
      law: z.string().max(100),
      says: z.string().max(300),
      outcome: z.enum(["holds", "broken", "not applicable"]),
      detail: z.string().max(10_000),
    })).max(100),
  }),
  z.strictObject({
    type: z.literal("event"),
    event: z.discriminatedUnion("type", [trainEvent, evalEvent, warningEvent, endEvent]),
  }),
  z.strictObject({
    type: z.literal("ask"),
    hook: z.string().max(40),
    objects: z.array(z.string().max(LONGEST_OBJECT)).max(2 ** 24),
  }),
  z.strictObject({
    type: z.literal("failed"),
    code: z.string().regex(/^E_[A-Z_]{1,40}$/),
    exitCode: z.union([z.literal(1), z.literal(2)]),
    message: z.string().max(LONGEST_MESSAGE),
  }),
]);

/** One of {@linkcode saying}. */
export type Saying = z.infer<typeof saying>;

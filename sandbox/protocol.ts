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
import { checkpointEvent, endEvent, evalEvent, trainEvent, warningEvent } from "../train/events.ts";
import type { Snapshot } from "../train/snapshot.ts";
import { assessment } from "../trained/assessment.ts";
import type { AssessmentRequest } from "../trained/assess.ts";
import { featureMarginals } from "../trained/feature_marginals.ts";
import { portrait, type PortraitRequest } from "../trained/portrait.ts";
import type { SampleRequest } from "../trained/sample.ts";
import { sampledObject } from "../trained/sampled_object.ts";
import type { Parameters } from "../trained/trained_sampler.ts";

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
    /** Where to go on, or null. */
    from: Snapshot | null;
    /** Whether the state is wanted when there is a checkpoint. */
    keeps: boolean;
    /** Bytes of data files by option. */
    files: Record<string, Uint8Array>;
    /** Names of the reward hooks that can be asked. */
    hooks: readonly string[];
  }
  | {
    job: "answer";
    source: JobSource;
    config: RunConfig;
    threads: number;
    files: Record<string, Uint8Array>;
    hooks: readonly string[];
    snapshot: Snapshot;
    parameters: Parameters;
    question: Question;
  };

/** What a trained sampler is asked. */
export type Question =
  | { ask: "sample"; request: SampleRequest }
  | { ask: "assess"; request: AssessmentRequest }
  | { ask: "portray"; request: PortraitRequest };

/** Longest error message that crosses. */
export const LONGEST_MESSAGE = 10_000;

/** Said to a worker at work: end after this step. */
export const STOP = "stop";
/** Every so many events a worker waits until they have been taken. */
export const UNTAKEN = 256;
/** Said to a worker that waits for what it said to be taken: go on. */
export const MORE = "more";

/** Said to a worker that waits for a reward hook. */
export interface HookAnswer {
  answers: ArrayLike<number>;
}

/** Arrays of a snapshot: plain copies, no views of memory that somebody else can write. */
const tensor = z.strictObject({
  shape: z.array(z.int().min(0)).max(8),
  values: z.union([
    z.instanceof(Float32Array),
    z.instanceof(Float64Array),
    z.instanceof(Int32Array),
    z.instanceof(Uint32Array),
  ]),
}).refine(
  ({ shape, values }) =>
    shape.reduce((product, n) => product * n, 1) === values.length &&
    values.buffer instanceof ArrayBuffer,
  "as many numbers as the shape has",
);

/** Longest text or drawing of an object, in characters. */
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
    event: z.discriminatedUnion("type", [
      trainEvent,
      evalEvent,
      checkpointEvent,
      warningEvent,
      endEvent,
    ]),
  }),
  z.strictObject({
    type: z.literal("snapshot"),
    snapshot: z.strictObject({
      step: z.int().min(0),
      trajectories: z.int().min(0),
      rewards: z.int().min(0),
      tensors: z.record(z.string().regex(/^[\w.-]{1,100}$/), tensor),
    }),
  }),
  z.strictObject({
    type: z.literal("objects"),
    objects: z.array(sampledObject.extend({
      text: z.string().max(LONGEST_OBJECT).optional(),
      drawing: z.string().max(LONGEST_OBJECT).optional(),
    })),
  }),
  z.strictObject({
    type: z.literal("assessment"),
    measures: assessment.omit({ type: true, step: true, trajectories: true, parameters: true })
      .extend({ marginals: z.array(featureMarginals).max(3).optional() }),
  }),
  z.strictObject({ type: z.literal("portrait"), portrait }),
  z.strictObject({ type: z.literal("done") }),
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

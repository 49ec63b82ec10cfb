/**
 * The outer side of the sandbox: starts workers without permissions, watches them, and believes nothing
 * that they say before it has been checked.
 *
 * @module
 */
import type { OptionValue } from "../config/options.ts";
import type { RunConfig } from "../config/schema.ts";
import type { LawReport } from "../conformance/check.ts";
import { failure, GfnError, usageError } from "../errors.ts";
import type { LoadedSource } from "../plugins/_host_source.ts";
import { CallRecord } from "../plugins/call_record.ts";
import { askHook, type RewardHooks } from "../plugins/reward_hook.ts";
import { plainText, type PluginDescription, readDescription } from "../plugins/description.ts";
import type { Snapshot } from "../train/snapshot.ts";
import type { TrainingEvent, TrainSetup } from "../train/train.ts";
import type { AssessmentRequest, Measured } from "../trained/assess.ts";
import type { SampleRequest } from "../trained/sample.ts";
import type { SampledObject } from "../trained/sampled_object.ts";
import type { Parameters } from "../trained/trained_sampler.ts";
import {
  type HookAnswer,
  type Job,
  type JobSource,
  LONGEST_MESSAGE,
  MORE,
  type Question,
  type Saying,
  saying,
  STOP,
} from "./protocol.ts";

/** What a plugin may take. */
export interface SandboxLimits {
  /** Seconds that one call of a plugin's function may take, and that loading it may. */
  seconds: number;
  /** GiB that the process may grow by while a plugin runs. */
  memory: number;
}

/** Limits where nothing is said. */
export const DEFAULT_LIMITS: SandboxLimits = { seconds: 30, memory: 4 };

const WATCH_MS = 100;
const GIB = 2 ** 30;

/**
 * What a plugin says about itself, having been loaded in the sandbox.
 *
 * @throws {GfnError} when it cannot be loaded, or is not as the contract wants it
 */
export async function describePlugin(
  source: LoadedSource,
  limits: SandboxLimits = DEFAULT_LIMITS,
): Promise<PluginDescription> {
  const worker = new SandboxWorker(source, limits);
  try {
    worker.start({ job: "describe", source: worker.source });
    const said = await worker.next();
    if (said.type === "description") return readDescription(said.json, source.name);
    throw outOfTurn(source.name, said.type);
  } finally {
    worker.end();
  }
}

/**
 * Holds a plugin to the laws of the contract, in the sandbox.
 *
 * @param options validated against its description; bytes where an option is a data file
 * @throws {GfnError} when it cannot be opened with these options, or goes beyond its limits
 */
export async function checkPlugin(
  source: LoadedSource,
  options: Record<string, OptionValue>,
  { seed = 0, limits = DEFAULT_LIMITS, hooks = {} }: {
    seed?: number;
    limits?: SandboxLimits;
    hooks?: RewardHooks;
  } = {},
): Promise<LawReport[]> {
  const worker = new SandboxWorker(source, limits, hooks);
  try {
    const names = Object.keys(hooks);
    worker.start({ job: "check", source: worker.source, options, seed, hooks: names });
    const said = await worker.next();
    if (said.type !== "reports") throw outOfTurn(source.name, said.type);
    return said.reports.map((report) => ({ ...report, detail: plainText(report.detail) }));
  } finally {
    worker.end();
  }
}

/** What to train in the sandbox. */
export interface SandboxTraining extends Pick<TrainSetup, "from" | "keep" | "stop"> {
  source: LoadedSource;
  config: RunConfig;
  /** Threads for products of matrices. */
  threads: number;
  /** Bytes of data files by option. */
  files?: Record<string, Uint8Array>;
  limits?: SandboxLimits;
  /** Functions that the plugin's reward may ask, by name; they run here, with all that here may be done. */
  hooks?: RewardHooks;
}

/**
 * As `train`, with a foreign plugin: in a worker without permissions, in a realm of its own. Closing the
 * generator early ends the worker.
 *
 * @throws {GfnError} `E_PLUGIN_HANG` or `E_PLUGIN_MEMORY` when the plugin goes beyond its limits; a worker
 * that is busy then can only be stopped by ending the process. Else what `train` throws.
 */
export async function* trainInSandbox(
  { source, config, threads, files = {}, limits = DEFAULT_LIMITS, hooks = {}, ...more }:
    SandboxTraining,
): AsyncGenerator<TrainingEvent, void, void> {
  const { from = null, keep, stop = () => false } = more;
  if (config.engine.gemm === "blas") {
    throw usageError(
      "E_ENGINE",
      `Cannot use engine.gemm = blas with the plugin ${source.name}: native code does not enter the sandbox, want wasm or strict`,
    );
  }
  const worker = new SandboxWorker(source, limits, hooks);
  try {
    const names = Object.keys(hooks);
    worker.start({
      ...{ job: "train", source: worker.source, config, threads, files, hooks: names },
      from,
      keeps: keep !== undefined,
    });
    for (;;) {
      const said = await worker.next();
      if (said.type === "snapshot") {
        // In the order in which it was said: all events before it have been taken.
        await keep?.(said.snapshot as Snapshot);
        continue;
      }
      if (said.type !== "event") throw outOfTurn(source.name, said.type);
      yield said.event as TrainingEvent;
      if (said.event.type === "end") return;
      if (stop()) worker.stop();
    }
  } finally {
    worker.end();
  }
}

/** A sampler that was trained in the sandbox, and what it is asked. */
export interface SandboxQuestion {
  source: LoadedSource;
  /** Of the run that trained it. */
  config: RunConfig;
  threads: number;
  files?: Record<string, Uint8Array>;
  hooks?: RewardHooks;
  snapshot: Snapshot;
  parameters: Parameters;
}

/** As `sampleObjects`, with a foreign plugin in the sandbox. */
export async function* sampleInSandbox(
  about: SandboxQuestion,
  request: SampleRequest,
): AsyncGenerator<SampledObject[], void, void> {
  const worker = questioned(about, { ask: "sample", request });
  try {
    for (;;) {
      const said = await worker.next();
      if (said.type === "done") return;
      if (said.type !== "objects") throw outOfTurn(about.source.name, said.type);
      yield said.objects.map((object) =>
        ({
          ...object,
          ...(object.text !== undefined && { text: plainText(object.text, object.text.length) }),
        }) as SampledObject
      );
      worker.taken();
    }
  } finally {
    worker.end();
  }
}

/** As `assess`, with a foreign plugin in the sandbox. */
export async function assessInSandbox(
  about: SandboxQuestion,
  request: AssessmentRequest,
): Promise<Measured> {
  const worker = questioned(about, { ask: "assess", request });
  try {
    const said = await worker.next();
    if (said.type !== "assessment") throw outOfTurn(about.source.name, said.type);
    return said.measures as Measured;
  } finally {
    worker.end();
  }
}

function questioned(
  { source, config, threads, files = {}, hooks = {}, snapshot, parameters }: SandboxQuestion,
  question: Question,
): SandboxWorker {
  const worker = new SandboxWorker(source, config.sandbox, hooks);
  const given = { config, threads, files, hooks: Object.keys(hooks), snapshot, parameters };
  worker.start({ job: "answer", source: worker.source, ...given, question });
  return worker;
}

/** A worker with its watchdog: sayings come out one by one, or an error does. */
class SandboxWorker {
  readonly source: JobSource;
  readonly #name: string;
  readonly #limits: SandboxLimits;
  readonly #hooks: RewardHooks;
  readonly #record: CallRecord;
  readonly #worker: Worker;
  readonly #said: Saying[] = [];
  #failure: GfnError | null = null;
  #wake: () => void = () => {};
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    { name, text, language }: LoadedSource,
    limits: SandboxLimits,
    hooks: RewardHooks = {},
  ) {
    const record = CallRecord.memory();
    this.source = { name, text, language, record };
    this.#name = name;
    this.#limits = limits;
    this.#hooks = hooks;
    this.#record = new CallRecord(new Int32Array(record));
    this.#worker = startWorker(name);
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(
        failure("E_SANDBOX", `Cannot go on with plugin ${name}: ${plainText(event.message)}`),
      );
    };
  }

  start(job: Job): void {
    this.#worker.postMessage(job);
    this.#watch();
  }

  /** The next thing said. */
  async next(): Promise<Saying> {
    for (;;) {
      const said = this.#said.shift();
      if (said) return said;
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Says that objects were taken. */
  taken(): void {
    this.#worker.postMessage(MORE);
  }

  /** Asks training to end after its step. */
  stop(): void {
    this.#worker.postMessage(STOP);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#worker.postMessage(STOP);
    this.#worker.terminate();
  }

  #hear(data: unknown): void {
    const parsed = saying.safeParse(data);
    if (!parsed.success) {
      return this.#fail(
        failure("E_SANDBOX", `Cannot go on with plugin ${this.#name}: its sandbox said nonsense`),
      );
    }
    if (parsed.data.type === "failed") {
      const { code, exitCode, message } = parsed.data;
      return this.#fail(new GfnError(code, exitCode, plainText(message, LONGEST_MESSAGE)));
    }
    if (parsed.data.type === "ask") return void this.#answer(parsed.data.hook, parsed.data.objects);
    this.#said.push(parsed.data);
    this.#wake();
  }

  async #answer(hook: string, objects: string[]): Promise<void> {
    try {
      if (!Object.hasOwn(this.#hooks, hook)) throw outOfTurn(this.#name, "ask");
      const answers = await askHook(hook, this.#hooks[hook]!, objects);
      this.#worker.postMessage({ answers } satisfies HookAnswer);
    } catch (error) {
      this.#fail(error as GfnError);
    }
  }

  #fail(error: GfnError): void {
    this.#failure ??= error;
    this.#wake();
  }

  #watch(): void {
    const { seconds, memory } = this.#limits;
    const before = Deno.memoryUsage().rss;
    let seen = this.#record.read(), since = performance.now();
    this.#timer = setInterval(() => {
      const now = this.#record.read();
      if (now.call === null || now.count !== seen.count || now.call !== seen.call) {
        seen = now;
        since = performance.now();
      } else if (performance.now() - since > 1000 * seconds) {
        this.#fail(failure(
          "E_PLUGIN_HANG",
          `Cannot go on with plugin ${this.#name}: ${
            where(now)
          } has not returned for ${seconds} seconds, want an answer sooner, or sandbox.seconds raised`,
        ));
      }
      if (Deno.memoryUsage().rss - before > memory * GIB) {
        this.#fail(failure(
          "E_PLUGIN_MEMORY",
          `Cannot go on with plugin ${this.#name}: the process has grown by more than ${memory} GiB, last in ${
            where(now)
          }, want less, or sandbox.memory raised`,
        ));
      }
    }, WATCH_MS);
  }
}

function where({ call, state }: ReturnType<CallRecord["read"]>): string {
  if (call === null) return "training";
  return state.length === 0 ? call : `${call} at the state [${state.join(" ")}]`;
}

function startWorker(name: string): Worker {
  const module = new URL("./worker.ts", import.meta.url);
  const path = decodeURIComponent(new URL(".", new URL("..", module)).pathname);
  if (
    module.protocol === "file:" &&
    Deno.permissions.querySync({ name: "read", path }).state !== "granted"
  ) {
    throw usageError(
      "E_PERMISSION",
      `Cannot run plugin ${name}: found no permission to read gfn's own folder, which starts the sandbox, want deno run --allow-read=${path}`,
    );
  }
  return new Worker(module, { type: "module", deno: { permissions: "none" } });
}

function outOfTurn(name: string, type: string): GfnError {
  return failure(
    "E_SANDBOX",
    `Cannot go on with plugin ${name}: its sandbox said "${type}" out of turn`,
  );
}

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
import type { EndEvent, EvalEvent, TrainEvent, WarningEvent } from "../train/events.ts";
import { HeapRecord } from "./heap_record.ts";
import {
  type HookAnswer,
  type Job,
  type JobSource,
  LONGEST_MESSAGE,
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

/** What training in the sandbox says. */
export type SandboxEvent = TrainEvent | EvalEvent | WarningEvent | EndEvent;

/** How often a plugin is looked at: one that fills memory fills a tenth of a gigabyte between two looks. */
const WATCH_MS = 20;
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
export interface SandboxTraining {
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
  { source, config, threads, files = {}, limits = DEFAULT_LIMITS, hooks = {} }: SandboxTraining,
): AsyncGenerator<SandboxEvent, void, void> {
  if (config.engine.gemm === "blas") {
    throw usageError(
      "E_ENGINE",
      `Cannot use engine.gemm = blas with the plugin ${source.name}: native code does not enter the sandbox, want wasm or strict`,
    );
  }
  const worker = new SandboxWorker(source, limits, hooks);
  try {
    const names = Object.keys(hooks);
    worker.start({ job: "train", source: worker.source, config, threads, files, hooks: names });
    for (;;) {
      const said = await worker.next();
      if (said.type !== "event") throw outOfTurn(source.name, said.type);
      yield said.event as SandboxEvent;
      if (said.event.type === "end") return;
    }
  } finally {
    worker.end();
  }
}

/** A worker with its watchdog: sayings come out one by one, or an error does. */
class SandboxWorker {
  readonly source: JobSource;
  readonly #name: string;
  readonly #limits: SandboxLimits;
  readonly #hooks: RewardHooks;
  readonly #record: CallRecord;
  readonly #heap: HeapRecord;
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
    const record = CallRecord.memory(), heap = HeapRecord.memory();
    this.source = { name, text, language, record, heap };
    this.#name = name;
    this.#limits = limits;
    this.#hooks = hooks;
    this.#record = new CallRecord(new Int32Array(record));
    this.#heap = new HeapRecord(heap);
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
      const { rss } = Deno.memoryUsage(), heap = this.#heap.exceeded(rss);
      if (rss - before > memory * GIB) {
        this.#fail(failure(
          "E_PLUGIN_MEMORY",
          `Cannot go on with plugin ${this.#name}: the process has grown by more than ${memory} GiB, last in ${
            where(now)
          }, want less, or sandbox.memory raised`,
        ));
      } else if (heap !== null) {
        this.#fail(failure(
          "E_PLUGIN_MEMORY",
          `Cannot go on with plugin ${this.#name}: its objects take more than ${
            (heap / GIB).toFixed(1)
          } GiB, last in ${
            where(now)
          }, want less, or more for V8: deno run --v8-flags=--max-old-space-size=MIB`,
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

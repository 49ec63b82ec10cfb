/**
 * A worker without permissions and its watchdog: the outer side, which believes nothing that the worker says
 * before it has been checked.
 *
 * @module
 */
import { failure, GfnError, usageError } from "../errors.ts";
import type { LoadedSource } from "../plugins/_host_source.ts";
import { CallRecord } from "../plugins/call_record.ts";
import { plainText } from "../plugins/description.ts";
import { askHook, type RewardHooks } from "../plugins/reward_hook.ts";
import { carriedWorker } from "./carried_worker.ts";
import { HeapRecord } from "./heap_record.ts";
import {
  type HookAnswer,
  type Job,
  type JobSource,
  LONGEST_MESSAGE,
  MORE,
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

/** How often a plugin is looked at: one that fills memory fills a tenth of a gigabyte between two looks. */
const WATCH_MS = 20;
const GIB = 2 ** 30;
/** Never without these permissions: that the flag is missing must not let a plugin have any. */
const UNPRIVILEGED = { type: "module", deno: { permissions: "none" } } as const;

/** A worker with its watchdog: sayings come out one by one, or an error does. */
export class SandboxWorker {
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

/** Starts a worker without permissions. Where Deno was not told that it may, it ends the process and says so. */
function startWorker(name: string): Worker {
  const program = carriedWorker();
  if (program !== null) {
    const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
    const worker = new Worker(url, UNPRIVILEGED);
    // What is posted waits until its module has been read; it is read before it says anything.
    worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
    return worker;
  }
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
  return new Worker(module, UNPRIVILEGED);
}

/** The error of something that was not asked for. */
export function outOfTurn(name: string, type: string): GfnError {
  return failure(
    "E_SANDBOX",
    `Cannot go on with plugin ${name}: its sandbox said "${type}" out of turn`,
  );
}

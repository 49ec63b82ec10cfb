/**
 * Foreign plugins in the sandbox: describing, checking and training on them.
 *
 * @module
 */
import type { OptionValue } from "../config/options.ts";
import type { RunConfig } from "../config/schema.ts";
import type { LawReport } from "../conformance/check.ts";
import { usageError } from "../errors.ts";
import type { LoadedSource } from "../plugins/_host_source.ts";
import { plainText, type PluginDescription, readDescription } from "../plugins/description.ts";
import type { RewardHooks } from "../plugins/reward_hook.ts";
import type { Snapshot } from "../train/snapshot.ts";
import type { TrainingEvent, TrainSetup } from "../train/train.ts";
import { UNTAKEN } from "./protocol.ts";
import { DEFAULT_LIMITS, outOfTurn, type SandboxLimits, SandboxWorker } from "./_sandbox_worker.ts";

export { DEFAULT_LIMITS, type SandboxLimits } from "./_sandbox_worker.ts";

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
    for (let events = 0;;) {
      const said = await worker.next();
      if (said.type === "snapshot") {
        // In the order in which it was said: all events before it have been taken.
        await keep?.(said.snapshot as Snapshot);
        worker.taken();
        continue;
      }
      if (said.type !== "event") throw outOfTurn(source.name, said.type);
      yield said.event as TrainingEvent;
      if (said.event.type === "end") return;
      if (++events % UNTAKEN === 0) worker.taken();
      if (stop()) worker.stop();
    }
  } finally {
    worker.end();
  }
}

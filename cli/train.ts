/**
 * `gfn train`: settings to a run, events to JSON lines.
 *
 * @module
 */
import { configHash } from "../config/canonical.ts";
import { applyOverride, isTree, type SettingsTree } from "../config/overrides.ts";
import { resolveRun } from "../config/resolve.ts";
import type { RunConfig } from "../config/schema.ts";
import { environments } from "../envs/_registry.ts";
import { GfnError } from "../errors.ts";
import { objectives } from "../objectives/_registry.ts";
import { openEnvironment } from "../plugins/open.ts";
import { readConfigFile } from "../store/config_file.ts";
import { createRunFolder } from "../store/run_folder.ts";
import { kernelBuild } from "../tensor/kernels/kernels.ts";
import type { EndEvent, EvalEvent, Event, RunEvent } from "../train/events.ts";
import { train } from "../train/train.ts";
import { printData, say } from "./_print.ts";
import { progress } from "./_progress.ts";
import { summary } from "./_summary.ts";
import { VERSION } from "./_version.ts";

/** What the command line says. */
export interface TrainArguments {
  env: string | undefined;
  config: string | undefined;
  set: readonly string[];
  seed: number | undefined;
  steps: number | undefined;
  out: string | undefined;
  quiet: boolean;
}

/** Control goes back to the event loop this often, so that signals arrive and the bar moves. */
const BREATHE_MS = 20;

/** Exit status of a run that a signal ended, as shells have it for SIGINT. */
const INTERRUPTED = 130;

/** Trains. Returns the exit status. */
export async function trainCommand(args: TrainArguments): Promise<number> {
  const config = resolveRun(settingsOf(args), { environments, objectives });
  const { name, ...options } = config.env;
  const environment = await openEnvironment(environments[name]!, options, config.reward);
  const objective = objectives[config.objective.name]!;

  const run = await runEvent(config);
  const folder = args.out === undefined ? null : createRunFolder(args.out, run);
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const emit = (event: Event) => {
    folder?.write(event); // the file first: a closed pipe loses nothing of it
    printData(JSON.stringify(event));
  };

  let interrupted = false;
  const interrupt = () => interrupted = true;
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, interrupt);
  const view = progress(config.steps, args.quiet);
  let last: EvalEvent | null = null;
  let end: EndEvent = { type: "end", reason: "interrupted", step: 0, trajectories: 0 };
  try {
    emit(run);
    for await (const event of train({ environment, objective, config, breathe: breather() })) {
      view.show(event, seconds());
      if (event.type === "end") {
        end = event;
        break;
      }
      if (event.type === "train" || event.type === "eval") {
        end = { ...end, step: event.step, trajectories: event.trajectories };
      }
      if (event.type === "eval") last = event;
      if (event.type !== "train" || event.step % config.log.every === 0) {
        emit({ ...event, time: { elapsed: seconds() } });
      }
      if (interrupted) break;
    }
    view.stop();
    emit({ ...end, time: { elapsed: seconds() } });
  } catch (error) {
    view.stop();
    const message = error instanceof Error ? error.message : String(error);
    const failed: EndEvent = { ...end, reason: "failed", message, time: { elapsed: seconds() } };
    folder?.write(failed);
    // After a closed pipe there is nobody to tell.
    if (!(error instanceof GfnError && error.code === "E_STDOUT")) {
      printData(JSON.stringify(failed));
    }
    throw error;
  } finally {
    folder?.close();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.removeSignalListener(signal, interrupt);
    }
  }
  if (!args.quiet) say(summary(config, end, last, seconds()));
  return end.reason === "interrupted" ? INTERRUPTED : 0;
}

/** Lets the event loop run when it has not run for a while. */
function breather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATHE_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}

/** The config file, then ENV, then --set in their order, then --seed and --steps. */
function settingsOf({ env, config, set, seed, steps }: TrainArguments): SettingsTree {
  let tree = config === undefined ? {} : readConfigFile(config);
  if (env !== undefined) {
    const before = isTree(tree.env) && tree.env.name === env ? tree.env : {};
    tree = { ...tree, env: { ...before, name: env } };
  }
  if (typeof tree.env === "string") tree = { ...tree, env: { name: tree.env } };
  if (typeof tree.objective === "string") tree = { ...tree, objective: { name: tree.objective } };
  for (const override of set) tree = applyOverride(tree, override);
  if (seed !== undefined) tree = { ...tree, seed };
  if (steps !== undefined) tree = { ...tree, steps };
  return tree;
}

async function runEvent(config: RunConfig): Promise<RunEvent> {
  return {
    type: "run",
    format: 1,
    version: VERSION,
    config: { ...config },
    configHash: await configHash(config),
    time: { started: Date.now() / 1000 },
    host: {
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      os: Deno.build.os,
      arch: Deno.build.arch,
      kernels: kernelBuild,
    },
  };
}

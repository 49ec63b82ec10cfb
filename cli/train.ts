/**
 * `gfn train`: settings to a run, events to JSON lines.
 *
 * @module
 */
import { resolveRun } from "../config/resolve.ts";
import type { RunConfig } from "../config/schema.ts";
import { GfnError, usageError } from "../errors.ts";
import { objectives } from "../objectives/_registry.ts";
import type { Checkpoint } from "../store/checkpoint.ts";
import { createRunFolder, type RunFolder } from "../store/run_folder.ts";
import { type Ground, groundFor } from "../stored/ground.ts";
import { runFacts } from "../stored/run_facts.ts";
import { threadsFor } from "../stored/threads.ts";
import type { Threads } from "../tensor/threads.ts";
import { checkFit } from "../train/check_fit.ts";
import type { Event, RunEvent } from "../train/events.ts";
import { environmentsFor, type PinArguments, pinsOf } from "./_environments.ts";
import { printData, say } from "./_print.ts";
import { progress } from "./_progress.ts";
import { runToResume } from "./_resume.ts";
import { executeRun, INTERRUPTED } from "./_run.ts";
import { type SettingsArguments, settingsOf } from "./_settings.ts";
import { summary } from "./_summary.ts";

/** What the command line says. */
export interface TrainArguments extends SettingsArguments, PinArguments {
  out: string | undefined;
  /** Folder of a run to go on with. */
  resume: string | undefined;
  threads: number | undefined;
  quiet: boolean;
}

/** Trains. Returns the exit status. */
export async function trainCommand(args: TrainArguments): Promise<number> {
  return args.resume === undefined ? await begin(args) : await goOn(args, args.resume);
}

async function begin(args: TrainArguments): Promise<number> {
  const tree = settingsOf(args), pins = pinsOf(args);
  const environments = await environmentsFor(tree, pins), { registry, foreign } = environments;
  const config = resolveRun(tree, { environments: registry, objectives });
  checkFit(objectives[config.objective.name]!, config); // before a folder is made
  const ground = await groundFor(config, environments, pins);
  const threads = await threadsFor(config, args.threads, ground);
  const facts = await runFacts(config, ground, threads.count), { run } = facts;
  const folder = args.out === undefined
    ? null
    : createRunFolder(args.out, facts, foreign?.source ?? null);
  return await execute(args, { config, run, ground, threads, folder, checkpoint: null });
}

async function goOn(args: TrainArguments, path: string): Promise<number> {
  for (const name of ["out", "lock", "frozen"] as const) {
    if (!args[name]) continue;
    throw usageError(
      "E_RESUME",
      `Cannot use --${name} with --resume: found both, want the folder of the run, which holds all that it needs`,
    );
  }
  const resumed = await runToResume(path, args);
  if (resumed === null) {
    if (!args.quiet) say(`the run in ${path} is finished; --steps N trains it further`);
    return 0;
  }
  const { config, ground } = resumed;
  const threads = await threadsFor(config, args.threads, ground);
  return await execute(args, {
    config,
    ground,
    threads,
    ...await resumed.open(threads.count, args.quiet),
  });
}

interface Execution {
  config: RunConfig;
  run: RunEvent;
  ground: Ground;
  threads: Threads;
  folder: RunFolder | null;
  checkpoint: Checkpoint | null;
}

async function execute(args: TrainArguments, execution: Execution): Promise<number> {
  const { config, run, ground, threads, folder, checkpoint } = execution;
  const view = progress(config.steps, args.quiet);
  const { end, last, seconds } = await executeRun(config, run, ground, {
    folder,
    checkpoint,
    print(event) {
      if (Deno.stdout.isTerminal()) view.clear();
      print(event);
    },
    show: (event, seconds) => view.show(event, seconds),
    stop: () => view.stop(),
  });
  threads.stop();
  if (!args.quiet) say(summary(config, end, last, seconds));
  return end.reason === "interrupted" ? INTERRUPTED : 0;
}

function print(event: Event): void {
  try {
    printData(JSON.stringify(event));
  } catch (error) {
    // Of a failure nobody is told where stdout is what failed; the failure itself goes on.
    const isClosed = error instanceof GfnError && error.code === "E_STDOUT";
    if (!(isClosed && event.type === "end" && event.reason === "failed")) throw error;
  }
}

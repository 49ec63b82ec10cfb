/**
 * `gfn train`: settings to a run, events to JSON lines.
 *
 * @module
 */
import { resolveRun } from "../config/resolve.ts";
import { GfnError } from "../errors.ts";
import { objectives } from "../objectives/_registry.ts";
import { createRunFolder } from "../store/run_folder.ts";
import type { Event } from "../train/events.ts";
import { environmentsFor, groundFor, type PinArguments, pinsOf } from "./_environments.ts";
import { printData, say } from "./_print.ts";
import { progress } from "./_progress.ts";
import { executeRun, INTERRUPTED, runEvent } from "./_run.ts";
import { type SettingsArguments, settingsOf } from "./_settings.ts";
import { summary } from "./_summary.ts";
import { threadsFor } from "./_threads.ts";

/** What the command line says. */
export interface TrainArguments extends SettingsArguments, PinArguments {
  out: string | undefined;
  threads: number | undefined;
  quiet: boolean;
}

/** Trains. Returns the exit status. */
export async function trainCommand(args: TrainArguments): Promise<number> {
  const tree = settingsOf(args), pins = pinsOf(args);
  const { registry, foreign } = await environmentsFor(tree, pins);
  const config = resolveRun(tree, { environments: registry, objectives });
  const ground = await groundFor(config, foreign, pins);
  const threads = await threadsFor(config, args.threads, foreign ? "in the sandbox" : "here");
  const run = await runEvent(config, ground, threads.count);
  const folder = args.out === undefined
    ? null
    : createRunFolder(args.out, run, foreign?.source ?? null);
  const view = progress(config.steps, args.quiet);
  const { end, evaluations, seconds } = await executeRun(config, run, ground, {
    folder,
    print,
    show: (event, seconds) => view.show(event, seconds),
    stop: () => view.stop(),
  });
  threads.stop();
  if (!args.quiet) say(summary(config, end, evaluations.at(-1) ?? null, seconds));
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

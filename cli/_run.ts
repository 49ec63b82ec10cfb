/**
 * One run, as every command that trains does it: events get their time, go to the run folder first, and
 * Ctrl-C ends it after the step.
 *
 * @module
 */
import type { RunConfig } from "../config/schema.ts";
import { GfnError } from "../errors.ts";
import { breather } from "../sandbox/breather.ts";
import type { Checkpoint } from "../store/checkpoint.ts";
import type { RunFolder } from "../store/run_folder.ts";
import type { Ground } from "../stored/ground.ts";
import type { EndEvent, EvalEvent, Event, RunEvent } from "../train/events.ts";
import type { TrainingEvent } from "../train/train.ts";
import { trainOn } from "./_environments.ts";

/** Exit status of a run that a signal ended, as shells have it for SIGINT. */
export const INTERRUPTED = 130;

/** What ends a run after its step. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Who is told of a run. */
export interface Audience {
  folder: RunFolder | null;
  /** Where it goes on; the folder holds the events until then. */
  checkpoint?: Checkpoint | null;
  /** Every event that is logged, after the folder has it. */
  print(event: Event): void;
  /** Every event of training, logged or not. */
  show(event: TrainingEvent, seconds: number): void;
  /** Before the last event is printed. */
  stop(): void;
}

/** How a run ended. */
export interface Outcome {
  end: EndEvent;
  /** The last evaluation of this process, or null. */
  last: EvalEvent | null;
  /** Of training, over all processes that the run took. */
  seconds: number;
}

/**
 * Trains. When training fails the folder and the printer get an `end` event that says so, and the error
 * goes on; a folder whose run could not begin, as its settings fit together in no way, is withdrawn. When printing fails, a run with a folder stores its state first; then that error goes on.
 */
export async function executeRun(
  config: RunConfig,
  run: RunEvent,
  ground: Ground,
  { folder, checkpoint = null, print, show, stop }: Audience,
): Promise<Outcome> {
  const threads = Number(run.host?.threads ?? 1);
  const started = performance.now(), before = checkpoint?.elapsed ?? 0;
  const seconds = () => before + (performance.now() - started) / 1000;
  let interrupted = false, begun = checkpoint !== null, unread: unknown = null;
  const interrupt = () => interrupted = true;
  const tell = (event: Event) => {
    if (unread !== null) return;
    try {
      print(event);
    } catch (error) {
      if (folder === null) throw error;
      // Nobody reads stdout any more, as when a terminal is closed: the state is stored as by Ctrl-C.
      unread = error;
      interrupted = true;
    }
  };
  const emit = (event: Event) => {
    folder?.write(event); // the file first: a closed pipe loses nothing of it
    tell(event);
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, interrupt);
  let last: EvalEvent | null = null;
  const { step = 0, trajectories = 0 } = checkpoint?.snapshot ?? {};
  let end: EndEvent = { type: "end", reason: "interrupted", step, trajectories };
  const resumes = Number(run.host?.resumes ?? 0);
  const closing = () => ({
    time: { elapsed: seconds() },
    ...(resumes > 0 && { host: { resumes } }),
  });
  try {
    if (checkpoint) tell(run);
    else emit(run);
    const training = trainOn(ground, config, threads, {
      breathe: breather(),
      from: checkpoint?.snapshot ?? null,
      stop: () => interrupted,
      ...(folder && { keep: (snapshot) => folder.keep(snapshot, seconds()) }),
    });
    for await (const event of training) {
      begun = true;
      show(event, seconds());
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
    }
    stop();
    end = { ...end, ...closing() };
    emit(end);
  } catch (error) {
    stop();
    const message = error instanceof Error ? error.message : String(error);
    const failed: EndEvent = { ...end, reason: "failed", message, ...closing() };
    const isRefused = !begun && error instanceof GfnError && error.exitCode === 2;
    try {
      if (isRefused) folder?.withdraw();
      else folder?.write(failed);
    } catch {
      // A folder that takes no more is what failed, as the error says.
    }
    tell(failed);
    throw error;
  } finally {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, interrupt);
    folder?.close();
  }
  if (unread !== null) throw unread;
  return { end, last, seconds: seconds() };
}

/** The first line of a run that goes on: when and by which gfn it was begun, and where it goes on now. */
export function resumedEvent(before: RunEvent, fresh: RunEvent): RunEvent {
  const resumes = Number(before.host?.resumes ?? 0) + 1;
  return {
    ...fresh,
    version: before.version,
    time: before.time,
    host: { ...fresh.host, resumes },
  };
}

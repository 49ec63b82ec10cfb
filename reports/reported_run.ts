/**
 * A run as a report takes it from its folder: settings, measures, how it ended, and what is wrong with it.
 *
 * @module
 */
import { GfnError } from "../errors.ts";
import { type ReadSoFar, readSoFar } from "../store/metrics_so_far.ts";
import { findRun } from "../store/stored_run.ts";
import type {
  EndEvent,
  EvalEvent,
  Event,
  RunEvent,
  TrainEvent,
  WarningEvent,
} from "../train/events.ts";
import type { Notice } from "./notice.ts";

/** A run. */
export interface ReportedRun {
  path: string;
  run: RunEvent;
  evaluations: EvalEvent[];
  trainings: TrainEvent[];
  warnings: WarningEvent[];
  /** Null where the run goes on, or was killed. */
  end: EndEvent | null;
  /** Trajectories of the last line. */
  trajectories: number;
  step: number;
  /** Seconds of training, where a line tells. */
  seconds: number | null;
  notices: Notice[];
}

/** Lines of training that are kept of a run: more than a figure can show. */
const MOST_TRAININGS = 2000;

/** Reads a run folder as far as it can be read; null, and why, where there is no run. */
export function readReportedRun(path: string): ReportedRun | Notice {
  let run: RunEvent | null;
  try {
    run = findRun(path);
  } catch (error) {
    if (error instanceof GfnError) return { kind: "wrong", about: path, message: error.message };
    throw error;
  }
  if (run === null) return noRun(path);
  const soFar = new RunSoFar(path, run);
  const read = readSoFar(`${path}/metrics.jsonl`, (event) => soFar.see(event));
  const notices = [...damageNotices(path, read), ...stateNotices(soFar.run, read)];
  return { ...soFar.run, notices };
}

/** A run that takes in its events one by one. */
export class RunSoFar {
  /** As far as it was seen; the same object throughout. */
  readonly run: ReportedRun;
  /** Of the lines of training, which are kept. */
  #every = 1;
  #seen = 0;

  constructor(path: string, run: RunEvent) {
    this.run = {
      ...{ path, run, evaluations: [], trainings: [], warnings: [], end: null },
      ...{ trajectories: 0, step: 0, seconds: null, notices: [] },
    };
  }

  /** Takes in the next event. */
  see(event: Event): void {
    const { run } = this, elapsed = event.time?.elapsed;
    if (typeof elapsed === "number") run.seconds = elapsed;
    if ("trajectories" in event) run.trajectories = event.trajectories;
    if ("step" in event && event.step !== undefined) run.step = event.step;
    if (event.type === "eval") run.evaluations.push(event);
    if (event.type === "warning") run.warnings.push(event);
    if (event.type === "end") run.end = event;
    if (event.type !== "train" || this.#seen++ % this.#every !== 0) return;
    run.trainings.push(event);
    if (run.trainings.length < MOST_TRAININGS) return;
    // Every second one is enough from here on, and was until here.
    run.trainings = run.trainings.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }
}

/** What is wrong with a file that was read so far. */
function damageNotices(path: string, { lines, cut, wrong }: ReadSoFar): Notice[] {
  const notices: Notice[] = wrong ? [wrongLine(path, wrong)] : [];
  if (cut === 0) return notices;
  const message = `Line ${
    lines + 1
  } of metrics.jsonl is cut off after ${cut} bytes; the ${lines} whole lines before it are shown`;
  return [...notices, { kind: "wrong", about: path, message }];
}

/** The notice of a line that is no event. */
export function wrongLine(path: string, wrong: GfnError): Notice {
  return {
    ...{ kind: "wrong", about: path },
    message: `${wrong.message}; what stands before it is shown`,
  };
}

/** What a run that is not finished has to say. */
function stateNotices(read: ReportedRun, { wrong }: Pick<ReadSoFar, "wrong">): Notice[] {
  const { path, run, end } = read, notices: Notice[] = [];
  if (end === null && wrong === null) {
    const message =
      `The metrics have no end line: the run goes on, or was killed at step ${read.step} of ${run.config.steps}`;
    notices.push({ kind: "note", about: path, message });
  }
  if (end !== null && end.reason !== "finished") {
    const { reason, message } = end, failed = reason === "failed";
    notices.push({
      ...{ kind: failed ? "wrong" : "note", about: path },
      message: `The run ${
        failed ? "failed" : "was interrupted"
      } at step ${end.step} of ${run.config.steps}${message === undefined ? "" : `: ${message}`}`,
    });
  }
  if (read.evaluations.length === 0 && wrong === null) {
    const message = "There is no evaluation yet, so the run has no curve of measures";
    notices.push({ kind: "note", about: path, message });
  }
  return notices;
}

/** Whether reading gave a run. */
export function isRun(read: ReportedRun | Notice): read is ReportedRun {
  return "run" in read;
}

/** The notice of a path that holds no run. */
export function noRun(path: string): Notice {
  const message =
    "Found no run.json there nor in the folders in it, want a folder that gfn train --out or gfn compare --out wrote";
  return { kind: "wrong", about: path, message };
}

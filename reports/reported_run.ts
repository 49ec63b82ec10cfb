/**
 * A run as a report takes it from its folder: settings, measures, how it ended, and what is wrong with it.
 *
 * @module
 */
import { GfnError } from "../errors.ts";
import { readSoFar } from "../store/metrics_so_far.ts";
import { findRun } from "../store/stored_run.ts";
import type { EndEvent, EvalEvent, RunEvent, TrainEvent, WarningEvent } from "../train/events.ts";
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
  const read: ReportedRun = {
    ...{ path, run, evaluations: [], trainings: [], warnings: [], end: null },
    ...{ trajectories: 0, step: 0, seconds: null, notices: [] },
  };
  let every = 1, seen = 0;
  const file = `${path}/metrics.jsonl`;
  const { lines, cut, wrong } = readSoFar(file, (event) => {
    const elapsed = event.time?.elapsed;
    if (typeof elapsed === "number") read.seconds = elapsed;
    if ("trajectories" in event) read.trajectories = event.trajectories;
    if ("step" in event && event.step !== undefined) read.step = event.step;
    if (event.type === "eval") read.evaluations.push(event);
    if (event.type === "warning") read.warnings.push(event);
    if (event.type === "end") read.end = event;
    if (event.type !== "train" || seen++ % every !== 0) return;
    read.trainings.push(event);
    if (read.trainings.length < MOST_TRAININGS) return;
    // Every second one is enough from here on, and was until here.
    read.trainings = read.trainings.filter((_, i) => i % 2 === 0);
    every *= 2;
  });
  const say = (kind: Notice["kind"], message: string) =>
    read.notices.push({ kind, about: path, message });
  if (wrong) say("wrong", `${wrong.message}; what stands before it is shown`);
  if (cut > 0) {
    say(
      "wrong",
      `Line ${
        lines + 1
      } of metrics.jsonl is cut off after ${cut} bytes; the ${lines} whole lines before it are shown`,
    );
  }
  if (read.end === null && wrong === null) {
    say(
      "note",
      `The metrics have no end line: the run goes on, or was killed at step ${read.step} of ${run.config.steps}`,
    );
  }
  if (read.end !== null && read.end.reason !== "finished") {
    const { reason, message } = read.end;
    say(
      reason === "failed" ? "wrong" : "note",
      `The run ${
        reason === "failed" ? "failed" : "was interrupted"
      } at step ${read.end.step} of ${run.config.steps}${
        message === undefined ? "" : `: ${message}`
      }`,
    );
  }
  if (read.evaluations.length === 0 && wrong === null) {
    say("note", "There is no evaluation yet, so the run has no curve of measures");
  }
  return read;
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

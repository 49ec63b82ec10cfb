/**
 * How a run that may still go on is doing: its state, its speed, and when it will be done.
 *
 * @module
 */
import type { ReportedRun } from "./reported_run.ts";

/** What becomes of a run; a silent one goes on very slowly, or was killed. */
export type State =
  | { state: "waiting" | "running" | "finished" | "interrupted" }
  | { state: "silent"; seconds: number }
  | { state: "failed"; message: string };

/** A run's state with its speed where that is known. */
export interface Progress {
  state: State;
  /** Per second of training, over the last lines; null where no time has passed. */
  trajectoriesPerSecond: number | null;
  /** Seconds until the last step; null where the run does not go on. */
  eta: number | null;
}

/** Lines of each kind that speed is measured over. */
const LAST_LINES = 8;
/** Silence that is none yet, seconds. */
const SHORTEST_SILENCE = 30;
/** Gaps between lines that are no silence either: an evaluation may take longer than usual. */
const GAPS = 5;

/** A moment of training that a line tells of. */
interface Mark {
  step: number;
  trajectories: number;
  seconds: number;
}

/**
 * How a run is doing.
 *
 * @param age seconds since the last line was written; null where there is no file
 */
export function progressOf(read: ReportedRun, age: number | null): Progress {
  const marks = marksOf(read), first = marks[0], last = marks.at(-1);
  const took = first && last ? last.seconds - first.seconds : 0;
  const state = stateOf(read, age, took / Math.max(1, marks.length - 1));
  if (took <= 0) return { state, trajectoriesPerSecond: null, eta: null };
  const left = Number(read.run.config.steps) - read.step, steps = last!.step - first!.step;
  const goesOn = state.state === "running" && steps > 0;
  return {
    state,
    trajectoriesPerSecond: (last!.trajectories - first!.trajectories) / took,
    eta: goesOn ? left * took / steps : null,
  };
}

function stateOf(read: ReportedRun, age: number | null, gap: number): State {
  const { end, step } = read;
  if (end !== null) {
    return end.reason === "failed"
      ? { state: "failed", message: end.message ?? "" }
      : { state: end.reason };
  }
  if (age !== null && age > Math.max(SHORTEST_SILENCE, GAPS * gap)) {
    return { state: "silent", seconds: age };
  }
  return { state: step === 0 && read.evaluations.length === 0 ? "waiting" : "running" };
}

function marksOf({ evaluations, trainings }: ReportedRun): Mark[] {
  const events = [...evaluations.slice(-LAST_LINES), ...trainings.slice(-LAST_LINES)];
  return events.flatMap(({ step, trajectories, time }) =>
    typeof time?.elapsed === "number" ? [{ step, trajectories, seconds: time.elapsed }] : []
  ).sort((a, b) => a.seconds - b.seconds);
}

/** Seconds in the words of a person: 42 s, 3 min 20 s, 2 h 5 min. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Silence told so coarsely that it need not be told anew each second. */
export function silenceText(seconds: number): string {
  const unit = seconds < 120 ? 10 : 60;
  return durationText(Math.floor(seconds / unit) * unit).replace(" 0 s", "");
}

/**
 * Holding a metrics file to what docs/metrics.md says of it.
 *
 * @module
 */
import { failure, GfnError } from "../errors.ts";
import type { EvalEvent, Event } from "../train/events.ts";
import { eventOf, linesOf } from "./metrics_lines.ts";
import { requireAccess } from "./permissions.ts";

/** What a metrics file holds. */
export interface CheckedMetrics {
  file: string;
  /** Whole lines. */
  lines: number;
  /** Lines by type. */
  types: Record<string, number>;
  /** Last step that a line tells of. */
  step: number;
  /** Trajectories by then. */
  trajectories: number;
  /** How it ended; null when it has not. */
  end: "finished" | "interrupted" | "failed" | null;
  /** Bytes of a last line that is cut off. */
  cut: number;
}

/**
 * Checks every line of a file, with the memory that one takes.
 *
 * @returns what it holds, and its last evaluation, or null where there is none
 * @throws {GfnError} `E_PERMISSION`, or `E_RUN_READ` that names the first line that is wrong
 */
export function checkMetrics(
  file: string,
): { found: CheckedMetrics; evaluation: EvalEvent | null } {
  requireAccess(`read ${file}`, file, ["read"]);
  const found: CheckedMetrics = {
    file,
    lines: 0,
    types: {},
    step: 0,
    trajectories: 0,
    end: null,
    cut: 0,
  };
  let last = 0, evaluation: EvalEvent | null = null;
  try {
    for (const line of linesOf(file)) {
      if (!line.whole) found.cut = line.end - last;
      else {
        const event = eventOf(line, file);
        take(found, event, line.number);
        if (event.type === "eval") evaluation = event;
      }
      last = line.end;
    }
  } catch (error) {
    if (error instanceof GfnError) throw error;
    throw failure("E_RUN_READ", `Cannot read ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (found.lines > 0) return { found, evaluation };
  throw failure("E_RUN_READ", `Cannot read ${file}: found no line, want the metrics of a run`);
}

function take(found: CheckedMetrics, event: Event, number: number): void {
  const wrong = (what: string) =>
    failure("E_RUN_READ", `Cannot read ${found.file}: line ${number} ${what}`);
  if (number === 1 && event.type !== "run") throw wrong(`is "${event.type}", want "run"`);
  if (number > 1 && event.type === "run") throw wrong('is a second "run"');
  if (found.end !== null) throw wrong('stands behind the "end"');
  if ("step" in event && event.step !== undefined) {
    if (event.step < found.step) {
      throw wrong(`is of step ${event.step}, behind one of step ${found.step}`);
    }
    found.step = event.step;
  }
  if ("trajectories" in event) {
    if (event.trajectories < found.trajectories) {
      throw wrong(`has ${event.trajectories} trajectories, behind one of ${found.trajectories}`);
    }
    found.trajectories = event.trajectories;
  }
  if (event.type === "end") found.end = event.reason;
  found.types[event.type] = (found.types[event.type] ?? 0) + 1;
  found.lines++;
}

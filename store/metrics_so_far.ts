/**
 * Reading as much of a metrics file as can be read: for who shows a run whatever became of it.
 *
 * @module
 */
import { failure, GfnError } from "../errors.ts";
import type { Event } from "../train/events.ts";
import { eventOf, linesOf } from "./metrics_lines.ts";

/** How far a file could be read. */
export interface ReadSoFar {
  /** Lines that are events. */
  lines: number;
  /** Bytes of a last line that is cut off. */
  cut: number;
  /** What was wrong with the line that reading stopped at. */
  wrong: GfnError | null;
}

/** Hands over every event up to the first line that is none, or the end. */
export function readSoFar(file: string, see: (event: Event) => void): ReadSoFar {
  const read: ReadSoFar = { lines: 0, cut: 0, wrong: null };
  let last = 0;
  try {
    for (const line of linesOf(file)) {
      if (line.whole) {
        see(eventOf(line, file));
        read.lines++;
      } else read.cut = line.end - last;
      last = line.end;
    }
  } catch (error) {
    read.wrong = error instanceof GfnError
      ? error
      : failure("E_RUN_READ", `Cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
  return read;
}

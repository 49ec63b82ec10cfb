/**
 * metrics.jsonl as it is written: lines are appended, and a run that goes on first takes back what stands
 * behind its checkpoint.
 *
 * @module
 */
import { failure } from "../errors.ts";
import type { Event, RunEvent } from "../train/events.ts";
import { eventOf, linesOf } from "./metrics_lines.ts";
import { lineOf, syncFolder, writeAll } from "./whole_file.ts";

/** An open metrics file. */
export class MetricsFile {
  readonly #file: Deno.FsFile;
  /** Bytes behind the first line; -1 while there is none. */
  #bytes: number;

  private constructor(file: Deno.FsFile, bytes: number) {
    this.#file = file;
    this.#bytes = bytes;
  }

  /** A new, empty file. */
  static create(path: string): MetricsFile {
    return new MetricsFile(Deno.openSync(path, { write: true, create: true, truncate: true }), -1);
  }

  /** A file that goes on behind `bytes` bytes after its first line; the rest is cut off. */
  static goOn(path: string, bytes: number, firstLine: number): MetricsFile {
    const file = Deno.openSync(path, { write: true });
    file.truncateSync(firstLine + bytes);
    file.seekSync(0, Deno.SeekMode.End);
    return new MetricsFile(file, bytes);
  }

  /** Bytes behind the first line. */
  get bytes(): number {
    return Math.max(this.#bytes, 0);
  }

  write(event: Event): void {
    const line = lineOf(event), before = this.#file.statSync().size;
    try {
      writeAll(this.#file, line);
    } catch (error) {
      this.#file.truncateSync(before); // no half line for the next one to be appended to
      this.#file.seekSync(before, Deno.SeekMode.Start);
      throw error;
    }
    this.#bytes = this.#bytes < 0 ? 0 : this.#bytes + line.length;
  }

  /** Puts what was written on the disk. */
  sync(): void {
    this.#file.syncSync();
  }

  close(): void {
    this.#file.close();
  }
}

/** Whether a line tells of a checkpoint, whatever the others say. */
export function tellsOfCheckpoint(path: string): boolean {
  for (const { text } of linesOf(path)) if (text.startsWith('{"type":"checkpoint"')) return true;
  return false;
}

/** What a metrics file says up to a place. */
export interface Past {
  run: RunEvent;
  /** Bytes of the first line. */
  firstLine: number;
  best: BestSoFar;
}

/**
 * Reads a metrics file.
 *
 * @param bytes behind its first line up to which it is read; null reads all whole lines
 * @throws {GfnError} `E_RUN_READ` when a line before it is no event, or the file does not reach so far
 */
export function readPast(path: string, bytes: number | null): Past {
  const best = new BestSoFar();
  let run: RunEvent | null = null, firstLine = 0, end = 0;
  for (const line of linesOf(path)) {
    if (!line.whole || (bytes !== null && run !== null && line.end > firstLine + bytes)) break;
    const event = eventOf(line, path);
    if (run === null) {
      if (event.type !== "run") {
        throw failure("E_RUN_READ", `Cannot read ${path}: line 1 is "${event.type}", want "run"`);
      }
      run = event;
      firstLine = line.end;
    }
    best.see(event);
    end = line.end;
  }
  if (run === null) throw failure("E_RUN_READ", `Cannot read ${path}: found no line, want a run`);
  if (bytes !== null && end !== firstLine + bytes) {
    throw failure(
      "E_RUN_READ",
      `Cannot read ${path}: found whole lines up to byte ${end}, want ${
        firstLine + bytes
      }, where the checkpoint was taken`,
    );
  }
  return { run, firstLine, best };
}

/** Which checkpoint was evaluated best: by exact TV, or by the ELBO where that cannot be had. */
export class BestSoFar {
  #step: number | null = null;
  #merit = -Infinity;
  #kept = -1;

  /** The step of the best one, the first of equals; null before there is any. */
  get step(): number | null {
    return this.#step;
  }

  /** Takes note of an event, in the order in which they are written. */
  see(event: Event): void {
    if (event.type === "checkpoint") this.#kept = event.step;
    if (event.type !== "eval" || event.step !== this.#kept) return;
    const merit = typeof event.tv === "number" ? -event.tv : Number(event.elboForwardSamples);
    if (!(merit > this.#merit)) return;
    this.#merit = merit;
    this.#step = event.step;
  }
}

/** Gives a metrics file another first line, all else as it was up to `bytes` bytes behind it. */
export function replaceFirstLine(path: string, run: RunEvent, past: Past, bytes: number): number {
  const line = lineOf(run), aside = `${path}.part`;
  const from = Deno.openSync(path, { read: true });
  const to = Deno.openSync(aside, { write: true, create: true, truncate: true });
  try {
    writeAll(to, line);
    from.seekSync(past.firstLine, Deno.SeekMode.Start);
    const chunk = new Uint8Array(2 ** 16);
    for (let left = bytes; left > 0;) {
      const read = from.readSync(chunk.subarray(0, Math.min(left, chunk.length)));
      if (read === null) break;
      writeAll(to, chunk.subarray(0, read));
      left -= read;
    }
    to.syncSync();
  } finally {
    from.close();
    to.close();
  }
  Deno.renameSync(aside, path);
  syncFolder(path.slice(0, path.lastIndexOf("/")));
  return line.length;
}

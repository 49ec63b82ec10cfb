/**
 * A metrics file that is being written, read as it grows. A run that goes on from a checkpoint takes lines
 * back, and may put others in their place before anyone looks: then the file is read from its beginning.
 *
 * @module
 */
import { failure, GfnError } from "../errors.ts";
import type { Event } from "../train/events.ts";
import { BEGINNING, eventOf, type Line, linesOf, type Place } from "./metrics_lines.ts";

/** Who is told of a file. */
export interface Follower {
  /** The file is read from its beginning: whatever was seen of it is void. */
  begin(): void;
  see(event: Event): void;
}

/** A whole line and the place before it. */
interface Seen {
  line: Line;
  before: Place;
}

/** Where reading stands in a file. */
export class MetricsTail {
  readonly #file: string;
  /** Identity, size and time of the file when it was last looked at; null where it was not there. */
  #stat: Deno.FileInfo | null = null;
  /** The last line that was an event. */
  #last: Seen | null = null;
  #wrong: GfnError | null = null;

  /** @param file `metrics.jsonl`, which need not be there yet */
  constructor(file: string) {
    this.#file = file;
  }

  /** When the file was last written, seconds since 1970; null where it is not there. */
  get written(): number | null {
    return this.#stat?.mtime ? this.#stat.mtime.getTime() / 1000 : null;
  }

  /** What is wrong with the line behind the last event; null where nothing is. */
  get wrong(): GfnError | null {
    return this.#wrong;
  }

  /** Hands over what has come since the last time, whole lines only. Returns whether there was anything new. */
  poll(follower: Follower): boolean {
    try {
      const stat = statOf(this.#file), before = this.#stat;
      this.#stat = stat;
      if (stat === null) {
        if (before === null) return false;
        this.#restart(follower);
        return true;
      }
      if (before !== null && isSame(stat, before)) return false;
      this.#wrong = null;
      if (before !== null && !this.#goesOn(stat, before)) this.#restart(follower);
      this.#read(follower);
    } catch (error) {
      this.#wrong = error instanceof GfnError ? error : failure(
        "E_RUN_READ",
        `Cannot read ${this.#file}: ${(error as Error).message}`,
        { cause: error },
      );
    }
    return true;
  }

  /** Whether the last line that was seen still stands where it stood, in the very file. */
  #goesOn({ ino, dev }: Deno.FileInfo, before: Deno.FileInfo): boolean {
    if (this.#last === null) return true;
    if (ino !== before.ino || dev !== before.dev) return false;
    const [line] = linesOf(this.#file, this.#last.before);
    return line !== undefined && line.whole && line.text === this.#last.line.text;
  }

  #restart(follower: Follower): void {
    this.#last = null;
    this.#wrong = null;
    follower.begin();
  }

  #read(follower: Follower): void {
    let before: Place = this.#last?.line ?? BEGINNING;
    for (const line of linesOf(this.#file, before)) {
      if (!line.whole) return; // the rest of it is still to come
      follower.see(eventOf(line, this.#file));
      this.#last = { line, before };
      before = line;
    }
  }
}

function isSame(a: Deno.FileInfo, b: Deno.FileInfo): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.size === b.size &&
    a.mtime?.getTime() === b.mtime?.getTime();
}

function statOf(file: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

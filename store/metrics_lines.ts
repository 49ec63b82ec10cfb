/**
 * Reading metrics.jsonl line by line, with as much memory as a line takes.
 *
 * @module
 */
import { failure } from "../errors.ts";
import { type Event, eventSchema } from "../train/events.ts";

/** A line with its place. */
export interface Line {
  /** From 1. */
  number: number;
  text: string;
  /** Bytes of the file up to and with its end. */
  end: number;
  /** Whether it has its end; the last line of a process that was killed may have none. */
  whole: boolean;
}

const CHUNK = 2 ** 16;
const NEWLINE = 10;

/** A place between two lines: how many are before it, and how many bytes. */
export type Place = Pick<Line, "number" | "end">;

/** Before the first line. */
export const BEGINNING: Place = { number: 0, end: 0 };

/** The lines of a file behind a place. */
export function* linesOf(path: string, after = BEGINNING): Generator<Line> {
  const file = Deno.openSync(path, { read: true });
  try {
    if (after.end > 0) file.seekSync(after.end, Deno.SeekMode.Start);
    const chunk = new Uint8Array(CHUNK), decoder = new TextDecoder();
    let rest = new Uint8Array(0), { number, end } = after;
    for (let read = file.readSync(chunk); read !== null; read = file.readSync(chunk)) {
      const bytes = new Uint8Array(rest.length + read);
      bytes.set(rest);
      bytes.set(chunk.subarray(0, read), rest.length);
      let from = 0;
      for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
        end += to + 1 - from;
        const text = decoder.decode(bytes.subarray(from, to));
        yield { number: ++number, text, end, whole: true };
        from = to + 1;
      }
      rest = bytes.slice(from);
    }
    if (rest.length > 0) {
      const text = decoder.decode(rest);
      yield { number: number + 1, text, end: end + rest.length, whole: false };
    }
  } finally {
    file.close();
  }
}

/** The last line of a file that has its end, or null; found from behind. */
export function lastLine(path: string): string | null {
  const file = Deno.openSync(path, { read: true });
  try {
    let from = file.statSync().size, bytes = new Uint8Array(0);
    while (from > 0) {
      const length = Math.min(CHUNK, from), longer = new Uint8Array(length + bytes.length);
      from -= length;
      file.seekSync(from, Deno.SeekMode.Start);
      for (let at = 0; at < length;) at += file.readSync(longer.subarray(at, length)) ?? length;
      longer.set(bytes, length);
      bytes = longer;
      const end = bytes.lastIndexOf(NEWLINE),
        start = end < 1 ? -1 : bytes.lastIndexOf(NEWLINE, end - 1);
      if (end >= 0 && (start >= 0 || from === 0)) {
        return new TextDecoder().decode(bytes.subarray(start + 1, end));
      }
    }
    return null;
  } finally {
    file.close();
  }
}

/**
 * The event of a line.
 *
 * @throws {GfnError} `E_RUN_READ` that names the line when it is none
 */
export function eventOf({ text, number }: Pick<Line, "text" | "number">, file: string): Event {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw failure("E_RUN_READ", `Cannot read ${file}: line ${number} is no JSON`);
  }
  const parsed = eventSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw failure(
    "E_RUN_READ",
    `Cannot read ${file}: line ${number} is no event of a run (${path.join(".")}: ${message})`,
  );
}

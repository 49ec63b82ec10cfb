/**
 * Printing: data to stdout, talk to stderr, both at once and unbuffered.
 *
 * @module
 */
import { failure } from "../errors.ts";

/**
 * Writes a line of data to stdout.
 *
 * @throws {GfnError} `E_STDOUT` when nobody reads it any more
 */
export function printData(line: string): void {
  try {
    writeAll(Deno.stdout, `${line}\n`);
  } catch (error) {
    throw failure("E_STDOUT", `Cannot write to stdout: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** A number of a metric with a few digits; a dash where there is none. */
export function short(x: number | string | undefined): string {
  if (x === undefined) return "-";
  return typeof x === "number" ? x.toPrecision(4) : x;
}

/** Writes a line for a person to stderr; where nobody reads it, it is lost. */
export function say(line: string): void {
  show(`${line}\n`);
}

/** Writes to stderr as it stands. */
export function show(text: string): void {
  try {
    writeAll(Deno.stderr, text);
  } catch {
    // There is no place left to say it.
  }
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
}

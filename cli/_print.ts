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

/** Writes a line for a person to stderr; where nobody reads it, it is lost. */
export function say(line: string): void {
  try {
    writeAll(Deno.stderr, `${line}\n`);
  } catch {
    // There is no place left to say it.
  }
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
}

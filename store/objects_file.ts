/**
 * Reading objects from a file: JSON lines with a `state` each, as `gfn sample` writes them.
 *
 * @module
 */
import { failure, GfnError } from "../errors.ts";
import { linesOf } from "./metrics_lines.ts";
import { requireAccess } from "./permissions.ts";

/**
 * The states in a file, one after the other.
 *
 * @throws {GfnError} `E_PERMISSION`, or `E_OBJECTS` that names the line that is no object
 */
export function readObjects(path: string): { states: Int32Array; words: number } {
  requireAccess(`read objects from ${path}`, path, ["read"]);
  const states: number[][] = [];
  try {
    for (const { text, number } of linesOf(path)) {
      if (text.trim() === "") continue;
      const state = stateIn(text), want = states[0]?.length;
      if (state === null || (want !== undefined && state.length !== want)) {
        throw failure(
          "E_OBJECTS",
          `Cannot read objects from ${path}: found ${
            state === null ? "no state" : `a state of ${state.length} words`
          } in line ${number}, want {"state": [${
            want ?? "…"
          } whole numbers]} as gfn sample prints it`,
        );
      }
      states.push(state);
    }
  } catch (error) {
    if (error instanceof GfnError) throw error;
    throw failure("E_OBJECTS", `Cannot read objects from ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (states.length > 0) {
    return { states: Int32Array.from(states.flat()), words: states[0]!.length };
  }
  throw failure("E_OBJECTS", `Cannot read objects from ${path}: found none, want one a line`);
}

function stateIn(text: string): number[] | null {
  try {
    const { state } = JSON.parse(text);
    const isState = Array.isArray(state) && state.length > 0 &&
      state.every((word) => Number.isInteger(word) && Math.abs(word) < 2 ** 31);
    return isState ? state : null;
  } catch {
    return null;
  }
}

/**
 * Seeds as people write many of them.
 *
 * @module
 */
import { usageError } from "../errors.ts";

/**
 * Numbers and ranges between commas: `0..2,7`.
 *
 * @param where they stand, for the error
 * @throws {GfnError} `E_SEEDS`
 */
export function seedNumbers(text: string, where: string): number[] {
  const seeds = text.split(",").flatMap((part) => {
    const match = /^(\d+)(?:\.\.(\d+))?$/.exec(part.trim());
    const from = Number(match?.[1]), to = Number(match?.[2] ?? match?.[1]);
    if (match === null || to < from || to - from >= 10_000) {
      throw usageError(
        "E_SEEDS",
        `Cannot use ${where} ${text}: found "${part}", want numbers and ranges, as in 0..2,7`,
      );
    }
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return [...new Set(seeds)];
}

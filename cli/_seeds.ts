/**
 * Seeds as people write many of them.
 *
 * @module
 */
import { usageError } from "../errors.ts";

/** Seeds of one range: a slip of the finger is no sweep. */
const MOST = 10_000;

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
    const cannot = (found: string, want: string) =>
      usageError("E_SEEDS", `Cannot use ${where} ${text}: found ${found}, want ${want}`);
    if (match === null || to < from) {
      throw cannot(`"${part}"`, "numbers and rising ranges, as in 0..2,7");
    }
    if (to - from >= MOST) throw cannot(`${to - from + 1} seeds`, `at most ${MOST} in a range`);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  return [...new Set(seeds)];
}

/**
 * `gfn validate`: whether a file is the metrics of a run, line by line, and whether its last evaluation is
 * as asserted.
 *
 * @module
 */
import { failure } from "../errors.ts";
import { checkMetrics } from "../store/metrics_check.ts";
import { doNotHold, judge, parseAssertion } from "./_assertions.ts";
import { printData } from "./_print.ts";

/** What the command line says. */
export interface ValidateArguments {
  file: string;
  /** As in `tv<0.05`. */
  assert: readonly string[];
}

/**
 * Checks. Returns the exit status.
 *
 * @throws {GfnError} with status 1 when a line is wrong or cut off, or an assertion does not hold; with
 * status 2 when one is malformed
 */
export function validateCommand({ file, assert }: ValidateArguments): number {
  const assertions = assert.map(parseAssertion);
  const { found, evaluation } = checkMetrics(file);
  printData(JSON.stringify(found));
  if (found.cut > 0) {
    throw failure(
      "E_RUN_CUT",
      `Cannot take ${file} for whole: found line ${
        found.lines + 1
      } cut off after ${found.cut} bytes, which gfn train --resume repairs`,
    );
  }
  if (assertions.length === 0) return 0;
  if (evaluation === null) {
    throw failure("E_ASSERT", `Cannot pass ${file}: found no evaluation that could be asserted on`);
  }
  const judged = assertions.map((assertion) => judge(assertion, evaluation));
  for (const line of judged) printData(JSON.stringify(line));
  if (judged.every(({ holds }) => holds)) return 0;
  throw doNotHold(file, judged, evaluation);
}

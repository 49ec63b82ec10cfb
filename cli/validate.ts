/**
 * `gfn validate`: whether a file is the metrics of a run, line by line.
 *
 * @module
 */
import { failure } from "../errors.ts";
import { checkMetrics } from "../store/metrics_check.ts";
import { printData } from "./_print.ts";

/** Checks. Returns the exit status: 1 when a line is cut off; what is worse is an error that names the line. */
export function validateCommand({ file }: { file: string }): number {
  const found = checkMetrics(file);
  printData(JSON.stringify(found));
  if (found.cut === 0) return 0;
  throw failure(
    "E_RUN_CUT",
    `Cannot take ${file} for whole: found line ${
      found.lines + 1
    } cut off after ${found.cut} bytes, which gfn train --resume repairs`,
  );
}

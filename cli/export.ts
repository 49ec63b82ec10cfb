/**
 * `gfn export`: the weights of a trained sampler, for other programs.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { readCheckpointOf, readStoredRun } from "../store/stored_run.ts";
import {
  encodeWeights,
  type WeightsFormat,
  weightsFormats,
  writeWeights,
} from "../store/weights_file.ts";
import { estimatorTensors, requireAverage } from "../train/snapshot.ts";
import { say } from "./_print.ts";
import { choiceOf } from "./_sampler.ts";

/** What the command line says. */
export interface ExportArguments {
  run: string;
  checkpoint: string;
  averaged: boolean;
  format: WeightsFormat;
  to: string;
}

/** Exports. Returns the exit status. */
export async function exportCommand(args: ExportArguments): Promise<number> {
  requireItsEnding(args);
  const stored = readStoredRun(args.run);
  const { checkpoint, refused } = await readCheckpointOf(stored, choiceOf(args.checkpoint));
  for (const message of refused) say(message);
  const { step, trajectories, tensors } = checkpoint.snapshot;
  if (args.averaged) requireAverage(tensors, `the run in ${args.run}`);
  const weights = estimatorTensors(tensors, args.averaged ? "averaged" : "trained");
  const { config, plugin } = stored.run;
  const run = JSON.stringify({ config, ...(plugin && { plugin }), step, trajectories });
  writeWeights(args.to, encodeWeights(args.format, weights, { run }));
  say(`${Object.keys(weights).length} tensors of step ${step} in ${args.to}`);
  return 0;
}

/** An ending of another format is a slip: whoever opens the file goes by it. */
function requireItsEnding({ format, to }: ExportArguments): void {
  const ending = weightsFormats.find((name) => to.toLowerCase().endsWith(`.${name}`));
  if (ending === undefined || ending === format) return;
  throw usageError(
    "E_EXPORT_FORMAT",
    `Cannot write ${to}: found --format ${format}, want --format ${ending}, or another ending`,
  );
}

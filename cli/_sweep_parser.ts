/**
 * The command line of `gfn sweep`.
 *
 * @module
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { argument, command, option } from "@optique/core/primitives";
import { choice, integer, string } from "@optique/core/valueparser";
import { threads } from "./_stored_run_parsers.ts";
import { sweepCommand } from "./sweep.ts";

export const sweepParser = command(
  "sweep",
  map(
    object({
      file: argument(string({ metavar: "FILE" }), {
        description: message`JSON file: common settings, what is swept over, seeds.`,
      }),
      out: optional(option("--out", string({ metavar: "DIR" }), {
        description: message`Folder for a run folder each and the table; what is finished is kept.`,
      })),
      launcher: withDefault(
        option("--launcher", choice(["local", "slurm"]), {
          description: message`Processes here, or a job array of Slurm.`,
        }),
        "local",
      ),
      jobs: optional(option("--jobs", integer({ min: 1 }), {
        description: message`Runs at a time; here as many as there are processors.`,
      })),
      threads,
      dryRun: option("--dry-run", {
        description: message`Print the runs, each with its settings.`,
      }),
      status: option("--status", { description: message`Print how far each run is.` }),
      collect: option("--collect", { description: message`Print what came of the runs so far.` }),
      quiet: option("--quiet", "-q", { description: message`No progress, no table.` }),
    }),
    (args) => () => sweepCommand(args),
  ),
  { description: message`Train many runs that differ in some settings, here or on a cluster.` },
);

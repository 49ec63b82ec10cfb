/**
 * The command line of `gfn paper`.
 *
 * @module
 */
import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { argument, command, option } from "@optique/core/primitives";
import { choice, string } from "@optique/core/valueparser";
import { type PaperTableName, paperTables } from "../config/paper_tables.ts";
import { seeds, threads } from "./_stored_run_parsers.ts";
import { paperCommand } from "./paper.ts";

export const paperParser = command(
  "paper",
  map(
    object({
      table: argument(choice(Object.keys(paperTables) as PaperTableName[], { metavar: "TABLE" }), {
        description: message`Which comparison.`,
      }),
      seeds,
      budget: withDefault(
        option("--budget", string({ metavar: "TRAJECTORIES" }), {
          description: message`full as published, short to try it, or trajectories of a run.`,
        }),
        "full",
      ),
      out: optional(option("--out", string({ metavar: "DIR" }), {
        description: message`Folder for a run folder each; finished runs there are kept.`,
      })),
      threads,
      quiet: option("--quiet", "-q", { description: message`No progress, no table.` }),
    }),
    (args) => () => paperCommand(args),
  ),
  { description: message`Run a comparison of the Ent-PPO paper; JSON lines go to stdout.` },
);

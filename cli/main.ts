/**
 * The command line: which command, with which arguments.
 *
 * @module
 */
import { object, or } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, multiple, optional, withDefault } from "@optique/core/modifiers";
import { argument, command, option } from "@optique/core/primitives";
import { choice, float, integer, string } from "@optique/core/valueparser";
import type { Parser } from "@optique/core/parser";
import { run } from "@optique/run";
import { usageError } from "../errors.ts";
import { commandFacts, commandsBehind } from "./_command_pages.ts";
import { compareCommand } from "./compare.ts";
import { describeCommand } from "./describe.ts";
import { helpCommand } from "./help.ts";
import { kinds, listCommand } from "./list.ts";
import { pluginCheckCommand } from "./plugin_check.ts";
import { pluginInfoCommand } from "./plugin_info.ts";
import { pluginNewCommand } from "./plugin_new.ts";
import { trainCommand } from "./train.ts";
import { paperParser } from "./_paper_parser.ts";
import { say } from "./_print.ts";
import { seedNumber, seeds, storedRunParsers, threads } from "./_stored_run_parsers.ts";
import { sweepParser } from "./_sweep_parser.ts";
import { VERSION } from "../stored/version.ts";

const trust = {
  lock: optional(option("--lock", string({ metavar: "FILE" }), {
    description: message`File of pins: a plugin or data file whose bytes changed is refused.`,
  })),
  frozen: option("--frozen", { description: message`Refuse what --lock has no pin of yet.` }),
};

const trainParser = command(
  "train",
  map(
    object({
      env: optional(argument(string({ metavar: "ENV" }), {
        description: message`Environment; hypergrid unless given.`,
      })),
      config: optional(option("--config", string({ metavar: "FILE" }), {
        description: message`JSON file of settings.`,
      })),
      set: multiple(option("--set", string({ metavar: "KEY=VALUE" }), {
        description: message`One setting, as in env.side=20; may be repeated.`,
      })),
      seed: optional(option("--seed", seedNumber, {
        description: message`Seed of every random stream.`,
      })),
      steps: optional(option("--steps", integer({ min: 0 }), {
        description: message`Rollouts, each followed by its updates.`,
      })),
      out: optional(option("--out", string({ metavar: "DIR" }), {
        description: message`New folder for the run: settings, metrics, checkpoints.`,
      })),
      resume: optional(option("--resume", string({ metavar: "DIR" }), {
        description: message`Go on with the run in this folder; --steps may be raised.`,
      })),
      ...trust,
      threads,
      quiet: option("--quiet", "-q", { description: message`No progress, no summary.` }),
    }),
    (args) => () => trainCommand(args),
  ),
  { description: message`Train a sampler; JSON lines go to stdout.` },
);

const compareParser = command(
  "compare",
  map(
    object({
      env: optional(argument(string({ metavar: "ENV" }), {
        description: message`Environment; hypergrid unless given.`,
      })),
      objectives: option("--objectives", string({ metavar: "NAMES" }), {
        description: message`Objectives between commas, or all.`,
      }),
      seeds,
      config: optional(option("--config", string({ metavar: "FILE" }), {
        description: message`JSON file of settings.`,
      })),
      set: multiple(option("--set", string({ metavar: "KEY=VALUE" }), {
        description: message`One setting of all, or, as in ent-ppo.epochs=8, of one objective.`,
      })),
      steps: optional(option("--steps", integer({ min: 0 }), {
        description: message`Rollouts, each followed by its updates.`,
      })),
      reach: withDefault(
        option("--reach", float({ min: 0, max: 1, metavar: "TV" }), {
          description: message`Total variation whose first time is told.`,
        }),
        0.05,
      ),
      last: withDefault(
        option("--last", integer({ min: 1 }), {
          description: message`Evaluations that the means are over.`,
        }),
        10,
      ),
      out: optional(option("--out", string({ metavar: "DIR" }), {
        description: message`Folder for a run folder each; finished runs there are kept.`,
      })),
      ...trust,
      threads,
      quiet: option("--quiet", "-q", { description: message`No progress, no table.` }),
    }),
    (args) => () => compareCommand(args),
  ),
  { description: message`Compare objectives over seeds; JSON lines go to stdout.` },
);

const listParser = command(
  "list",
  map(
    object({
      what: optional(argument(choice(kinds))),
      json: option("--json", { description: message`As JSON.` }),
    }),
    (args) => () => listCommand(args),
  ),
  { description: message`List environments and objectives.` },
);

const describeParser = command(
  "describe",
  map(
    object({
      name: argument(string({ metavar: "NAME" }), {
        description: message`An environment, an objective, run or metrics.`,
      }),
      json: option("--json", { description: message`As JSON Schema.` }),
    }),
    (args) => () => describeCommand(args),
  ),
  { description: message`Describe options: defaults, bounds, source.` },
);

const reference = argument(string({ metavar: "REFERENCE" }), {
  description: message`A path, a URL or a data: URL, with #sha256=… behind it to pin its bytes.`,
});

const pluginParser = command(
  "plugin",
  or(
    command(
      "check",
      map(
        object({
          reference,
          set: multiple(option("--set", string({ metavar: "KEY=VALUE" }), {
            description: message`One setting, as in env.side=20; may be repeated.`,
          })),
          seed: optional(option("--seed", seedNumber, {
            description: message`Seed of the walks that laws are tried on.`,
          })),
          ...trust,
          json: option("--json", { description: message`As JSON.` }),
        }),
        (args) => () => pluginCheckCommand(args),
      ),
      { description: message`Hold an environment to every law of the contract.` },
    ),
    command(
      "info",
      map(
        object({ reference, json: option("--json", { description: message`As JSON.` }) }),
        (args) => () => pluginInfoCommand(args),
      ),
      { description: message`Show a plugin's options, version and hash, without training.` },
    ),
    command(
      "new",
      map(
        object({
          name: argument(string({ metavar: "NAME" }), {
            description: message`Lower-case letters, digits and dashes.`,
          }),
          kind: withDefault(
            option("--kind", choice(["energy", "sequence", "graph"]), {
              description: message`What it begins as.`,
            }),
            "energy",
          ),
        }),
        (args) => () => pluginNewCommand(args),
      ),
      { description: message`Write a plugin that passes, and its test, to begin with.` },
    ),
  ),
  { description: message`Look at and check environment plugins.` },
);

const helpParser = command(
  "help",
  map(
    object({
      topic: multiple(argument(string({ metavar: "TOPIC" }), {
        description: message`A command, a subject, a setting, or a name that gfn list shows.`,
      })),
    }),
    ({ topic }) => () => helpCommand(parser, topic),
  ),
  { description: message`Say more about a topic; without one, which there are.` },
);

/** All commands. */
export const parser: Parser<"sync", () => number | Promise<number>, unknown> = or(
  or(trainParser, compareParser, paperParser, sweepParser, storedRunParsers),
  or(listParser, describeParser, pluginParser, helpParser),
);

/** Runs the command that the arguments name. Returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0) {
    const names = Object.keys(commandFacts(parser)).filter((name) => !name.includes(" "));
    throw usageError(
      "E_COMMAND",
      `Cannot run gfn: found no command, want one of ${names.join(", ")}; gfn help tells of them`,
    );
  }
  const behind = args.length === 1 ? commandsBehind(parser, args[0]!) : [];
  if (behind.length > 0) {
    throw usageError(
      "E_COMMAND",
      `Cannot run gfn ${args[0]}: found no command behind it, want one of ${behind.join(", ")}`,
    );
  }
  const chosen = run(parser, {
    programName: "gfn",
    args,
    help: "option",
    version: { value: VERSION, option: true },
    completion: "command",
    aboveError: "none",
    errorExitCode: 2,
    brief: message`Train samplers of discrete objects in proportion to a reward.`,
    footer: message`gfn help lists topics.`,
    stderr: (text) => say(asOurError(text)),
  });
  return await chosen();
}

/** What the parser says of wrong arguments, as all errors are said: one line that begins with "gfn: ". */
function asOurError(text: string): string {
  const lines = text.replace(/^Error:\s*/, "").split("\n").map((line) => line.trim());
  return `gfn: ${lines.filter((line) => line !== "").join(" ")}`;
}

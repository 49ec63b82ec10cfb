/**
 * The command lines of what is done with a run folder.
 *
 * @module
 */
import { object, or } from "@optique/core/constructs";
import { message, metavar, text } from "@optique/core/message";
import { map, multiple, optional, withDefault } from "@optique/core/modifiers";
import { argument, command, option } from "@optique/core/primitives";
import { choice, integer, string } from "@optique/core/valueparser";
import { weightsFormats } from "../store/weights_file.ts";
import { MAX_THREADS } from "../tensor/threads.ts";
import { ASSESSED } from "../trained/assess.ts";
import { evalCommand } from "./eval.ts";
import { exportCommand } from "./export.ts";
import { reportCommand } from "./report.ts";
import { sampleCommand } from "./sample.ts";
import { validateCommand } from "./validate.ts";
import { watchCommand } from "./watch.ts";

/** Of a list of folders. */
const atLeastOne = {
  min: 1,
  errors: { tooFew: message`Expected a ${metavar("DIR")}, but found none.` },
};

/** A seed; the parser's own words for one that is too large advise its programmer. */
export const seedNumber = integer({
  min: 0,
  errors: {
    unsafeInteger: (found) =>
      message`Expected a whole number up to ${
        text(String(Number.MAX_SAFE_INTEGER))
      }, but got ${found}.`,
  },
});

/** An option of all commands that compute. */
export const threads = optional(option("--threads", integer({ min: 1, max: MAX_THREADS }), {
  description: message`Threads for products of matrices; the results are the same bits.`,
}));

/** An option of all commands that compare. */
export const seeds = withDefault(
  option("--seeds", string({ metavar: "SEEDS" }), {
    description: message`Seeds and ranges between commas, as in 0..2,7.`,
  }),
  "0..2",
);

const sampler = {
  run: argument(string({ metavar: "DIR" }), {
    description: message`Folder that gfn train --out wrote.`,
  }),
  checkpoint: withDefault(
    option("--checkpoint", string({ metavar: "WHICH" }), {
      description: message`last, best, or a step.`,
    }),
    "last",
  ),
  averaged: option("--averaged", {
    description: message`The moving average of the parameters.`,
  }),
};

const sampleParser = command(
  "sample",
  map(
    object({
      ...sampler,
      count: withDefault(
        option("-n", "--count", integer({ min: 1 }), {
          description: message`Objects; with --backward, trajectories to each object.`,
        }),
        10,
      ),
      seed: withDefault(
        option("--seed", seedNumber, { description: message`Seed of the samples.` }),
        0,
      ),
      format: withDefault(
        option("--format", choice(["jsonl", "csv"]), { description: message`How lines look.` }),
        "jsonl",
      ),
      actions: option("--actions", { description: message`The actions of each trajectory too.` }),
      svg: optional(option("--svg", string({ metavar: "DIR" }), {
        description: message`Draw the objects into a new folder, with a page of all of them.`,
      })),
      backward: optional(option("--backward", string({ metavar: "FILE" }), {
        description: message`JSON lines with a state each: sample trajectories back from them.`,
      })),
      threads,
    }),
    (args) => () => sampleCommand(args),
  ),
  { description: message`Print objects of a trained sampler, one a line.` },
);

const evalParser = command(
  "eval",
  map(
    object({
      ...sampler,
      samples: withDefault(
        option("-n", "--samples", integer({ min: 2 }), {
          description: message`Trajectories for what is measured from samples.`,
        }),
        10000,
      ),
      seed: withDefault(
        option("--seed", seedNumber, { description: message`Seed of the samples.` }),
        0,
      ),
      top: withDefault(
        option("--top", integer({ min: 1, max: 10_000 }), {
          description: message`Best different objects that are looked at.`,
        }),
        ASSESSED.top,
      ),
      objects: optional(option("--objects", string({ metavar: "FILE" }), {
        description: message`JSON lines with a state each: held-out objects.`,
      })),
      paths: withDefault(
        option("--paths", integer({ min: 1 }), {
          description: message`Trajectories back from each held-out object.`,
        }),
        ASSESSED.paths,
      ),
      threads,
      quiet: option("--quiet", "-q", { description: message`No table.` }),
    }),
    (args) => () => evalCommand(args),
  ),
  { description: message`Measure a trained sampler; JSON lines go to stdout.` },
);

const exportParser = command(
  "export",
  map(
    object({
      ...sampler,
      format: withDefault(
        option("--format", choice(weightsFormats), {
          description: message`Of the file.`,
        }),
        "safetensors",
      ),
      to: option("--to", string({ metavar: "FILE" }), { description: message`New file.` }),
    }),
    (args) => () => exportCommand(args),
  ),
  { description: message`Write the weights of a trained sampler for other programs.` },
);

const validateParser = command(
  "validate",
  map(
    object({
      file: argument(string({ metavar: "FILE" }), { description: message`A metrics.jsonl.` }),
      assert: multiple(option("--assert", string({ metavar: "ASSERTION" }), {
        description: message`What the last evaluation has to be, as in tv<0.05; may be repeated.`,
      })),
    }),
    (args) => () => validateCommand(args),
  ),
  { description: message`Check a file of metrics line by line, and what it came to.` },
);

const reportParser = command(
  "report",
  map(
    object({
      runs: multiple(
        argument(string({ metavar: "DIR" }), {
          description: message`Run folders, or folders of them such as gfn compare --out writes.`,
        }),
        atLeastOne,
      ),
      format: withDefault(
        option("--format", choice(["html", "md", "svg", "png"]), {
          description: message`A page, Markdown, or the figures as files.`,
        }),
        "html",
      ),
      out: optional(option("--out", string({ metavar: "PATH" }), {
        description:
          message`New file, or for figures a new folder; report.html, Markdown to stdout.`,
      })),
      samples: withDefault(
        option("-n", "--samples", integer({ min: 0 }), {
          description:
            message`Trajectories drawn where states cannot be listed; 0 shows the metrics alone.`,
        }),
        2000,
      ),
      threads,
      quiet: option("--quiet", "-q", { description: message`Only what is wrong is said.` }),
    }),
    (args) => () => reportCommand(args),
  ),
  { description: message`Make a page of figures and tables from run folders.` },
);

const watchParser = command(
  "watch",
  map(
    object({
      runs: multiple(
        argument(string({ metavar: "DIR" }), {
          description: message`Run folders, or folders of them; more may come while it watches.`,
        }),
        atLeastOne,
      ),
      port: withDefault(
        option("--port", integer({ min: 0, max: 65535 }), {
          description: message`Where it listens on 127.0.0.1; 0 takes any free port.`,
        }),
        4360,
      ),
      quiet: option("--quiet", "-q", { description: message`Only what is wrong is said.` }),
    }),
    (args) => () => watchCommand(args),
  ),
  { description: message`Serve a page that shows runs while they go on.` },
);

/** All of them. */
export const storedRunParsers = or(
  sampleParser,
  evalParser,
  exportParser,
  validateParser,
  reportParser,
  watchParser,
);

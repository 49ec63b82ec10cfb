/**
 * The folder of a sweep: `plan/` with the settings of each run, `runs/` with a run folder each, `table.jsonl`
 * with what came of them, `slurm/` with what was submitted. All of a run's state is in its own folder.
 *
 * @module
 */
import { z } from "zod";
import { failure, GfnError, usageError } from "../errors.ts";
import type { EvalEvent, Event } from "../train/events.ts";
import { requireAccess } from "./permissions.ts";
import { eventsOf, findRun } from "./stored_run.ts";
import { makeFolder, writeWhole } from "./whole_file.ts";

/** How far a run has come, as its folder tells. */
export interface SweptProgress {
  /** `begun` is neither finished nor failed: at work, killed or interrupted. */
  state: "waiting" | "begun" | "failed" | "finished";
  step: number;
  /** The last one. */
  evaluation: EvalEvent | null;
  /** Seconds of training, where it has ended. */
  elapsed: number | null;
}

/** Runs that were submitted to a cluster together, task by task. */
const submission = z.strictObject({
  /** The number that the cluster gave. */
  job: z.string().regex(/^\d+$/),
  names: z.array(z.string()),
});
export type Submission = z.infer<typeof submission>;

/** What a folder may hold to be taken for a sweep's. */
const OWN = ["plan", "runs", "slurm", "table.jsonl", "table.jsonl.part"];

/** The folder of a sweep. */
export class SweepFolder {
  readonly path: string;

  /**
   * Takes a folder, new or with a sweep.
   *
   * @throws {GfnError} `E_PERMISSION`; `E_OUT_TAKEN` when it holds anything else
   */
  constructor(path: string) {
    requireAccess(`write the sweep to ${path}`, path, ["read", "write"]);
    this.path = path;
    const foreign = attempt(path, () => namesIn(path)).find((name) => !OWN.includes(name));
    if (foreign === undefined) return;
    throw usageError(
      "E_OUT_TAKEN",
      `Cannot write the sweep to ${path}: found ${foreign} there, want a sweep or nothing`,
    );
  }

  /** The settings of a run. */
  planOf(name: string): string {
    return `${this.path}/plan/${name}.json`;
  }

  /** The folder of a run. */
  runOf(name: string): string {
    return `${this.path}/runs/${name}`;
  }

  /** Writes the settings of runs, as `gfn train --config` takes them. */
  writePlan(settings: Readonly<Record<string, unknown>>): void {
    attempt(this.path, () => {
      for (const folder of ["plan", "runs"]) makeFolder(`${this.path}/${folder}`);
      for (const [name, config] of Object.entries(settings)) {
        writeWhole(this.planOf(name), `${JSON.stringify(config, null, 2)}\n`);
      }
    });
  }

  /** Writes the table of what came of the runs. */
  writeTable(lines: readonly unknown[]): void {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    attempt(this.path, () => writeWhole(`${this.path}/table.jsonl`, text));
  }

  /**
   * How far a run has come.
   *
   * @param configHash of the run that is planned
   * @throws {GfnError} `E_OUT_TAKEN` when the folder holds another run; `E_RUN_READ` when it is damaged
   */
  progressOf(name: string, configHash: string): SweptProgress {
    const path = this.runOf(name), run = findRun(path);
    const found: SweptProgress = { state: "waiting", step: 0, evaluation: null, elapsed: null };
    if (run === null) return found;
    if (run.configHash !== configHash) {
      throw usageError(
        "E_OUT_TAKEN",
        `Cannot use the folder ${path}: found a run with other settings than planned, want the one that the sweep began`,
      );
    }
    found.state = "begun";
    for (const event of attempt(path, () => eventsIn(path))) {
      if ("step" in event && event.step !== undefined) found.step = event.step;
      if (event.type === "eval") found.evaluation = event;
      if (event.type !== "end") continue;
      if (event.reason !== "interrupted") found.state = event.reason;
      const { elapsed } = event.time ?? {};
      found.elapsed = typeof elapsed === "number" ? elapsed : null;
    }
    return found;
  }

  /** Where the script of the next submission goes; nothing is there yet. */
  nextScript(): string {
    return `${this.path}/slurm/${this.#submitted().length + 1}.sh`;
  }

  /** Writes a script to be submitted. */
  writeScript(path: string, text: string): void {
    attempt(this.path, () => {
      makeFolder(`${this.path}/slurm`);
      writeWhole(path, text);
    });
  }

  /** Notes that a script was submitted. */
  noteSubmission(script: string, submission: Submission): void {
    const path = script.replace(/\.sh$/, ".json");
    attempt(this.path, () => writeWhole(path, `${JSON.stringify(submission)}\n`));
  }

  /** Everything that was submitted so far. */
  submissions(): Submission[] {
    return this.#submitted().map((name) => {
      const path = `${this.path}/slurm/${name}`;
      const parsed = submission.safeParse(
        attempt(path, () => JSON.parse(Deno.readTextFileSync(path))),
      );
      if (parsed.success) return parsed.data;
      throw failure(
        "E_SWEEP",
        `Cannot read ${path}: found no submission, want it as it was written`,
      );
    });
  }

  #submitted(): string[] {
    const names = attempt(this.path, () => namesIn(`${this.path}/slurm`));
    return names.filter((name) => /^\d+\.json$/.test(name));
  }
}

/** Every event of a run; none where it was killed before its first. */
function eventsIn(path: string): Event[] {
  try {
    return [...eventsOf(path)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function namesIn(path: string): string[] {
  try {
    return Array.from(Deno.readDirSync(path), ({ name }) => name).toSorted();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof GfnError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw failure("E_SWEEP", `Cannot use the sweep in ${path}: ${reason}`, { cause: error });
  }
}

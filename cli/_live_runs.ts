/**
 * The runs that are watched: folders as they come and go, their metrics as they grow.
 *
 * @module
 */
import { GfnError } from "../errors.ts";
import type { Notice } from "../reports/notice.ts";
import type { ReadFolders } from "../reports/report.ts";
import { noRun, type ReportedRun, RunSoFar, wrongLine } from "../reports/reported_run.ts";
import { MetricsTail } from "../store/metrics_tail.ts";
import { runFoldersIn } from "../store/run_folders.ts";
import { findRun } from "../store/stored_run.ts";

/** All that is watched. */
export class LiveRuns {
  readonly #paths: readonly string[];
  #runs = new Map<string, LiveRun>();
  #notices: Notice[] = [];

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** Looks at every folder. Returns whether anything is other than before. */
  poll(): boolean {
    const before = [...this.#runs.keys()], notices: Notice[] = [], folders = new Set<string>();
    for (const path of this.#paths) {
      try {
        const found = runFoldersIn(path);
        if (found.length === 0) notices.push({ ...noRun(path), kind: "note" });
        for (const folder of found) folders.add(folder);
      } catch (error) {
        if (!(error instanceof GfnError)) throw error;
        notices.push({ kind: "wrong", about: path, message: error.message });
      }
    }
    this.#runs = new Map(
      [...folders].map((path) => [path, this.#runs.get(path) ?? new LiveRun(path)]),
    );
    let changed = JSON.stringify([before, this.#notices]) !==
      JSON.stringify([[...this.#runs.keys()], notices]);
    this.#notices = notices;
    for (const run of this.#runs.values()) changed = run.poll() || changed;
    return changed;
  }

  /** What the folders hold now. */
  read(): ReadFolders {
    const all = [...this.#runs.values()];
    return {
      runs: all.flatMap((run) => run.reported ?? []),
      notices: [...this.#notices, ...all.flatMap((run) => run.notices)],
    };
  }

  /** Seconds since 1970 when a run last wrote; null where it has not. */
  written(path: string): number | null {
    return this.#runs.get(path)?.written ?? null;
  }
}

/** One run folder. */
class LiveRun {
  readonly #path: string;
  readonly #tail: MetricsTail;
  #soFar: RunSoFar | null = null;
  #unread: Notice | null = null;

  constructor(path: string) {
    this.#path = path;
    this.#tail = new MetricsTail(`${path}/metrics.jsonl`);
  }

  get written(): number | null {
    return this.#tail.written;
  }

  get reported(): ReportedRun | null {
    return this.#soFar?.run ?? null;
  }

  get notices(): Notice[] {
    const { wrong } = this.#tail;
    return [
      ...(this.#unread ? [this.#unread] : []),
      ...(wrong ? [wrongLine(this.#path, wrong)] : []),
    ];
  }

  poll(): boolean {
    const changed = this.#tail.poll({
      begin: () => this.#soFar = null,
      see: (event) => {
        // The first line has what run.json has, and is the newer one where a run goes on.
        if (event.type === "run") this.#soFar = new RunSoFar(this.#path, event);
        else this.#soFar?.see(event);
      },
    });
    return this.#soFar === null ? this.#fromRunFile() || changed : changed;
  }

  /** A run that has written nothing else yet. */
  #fromRunFile(): boolean {
    const before = this.#unread?.message;
    this.#unread = null;
    try {
      const run = findRun(this.#path);
      if (run !== null) this.#soFar = new RunSoFar(this.#path, run);
    } catch (error) {
      if (!(error instanceof GfnError)) throw error;
      this.#unread = { kind: "wrong", about: this.#path, message: error.message };
    }
    return this.#soFar !== null || this.#unread?.message !== before;
  }
}

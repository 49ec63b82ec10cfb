/**
 * `gfn report`: figures and tables from run folders.
 *
 * @module
 */
import { environments } from "../envs/_registry.ts";
import { GfnError, usageError } from "../errors.ts";
import { objectives } from "../objectives/_registry.ts";
import type { Group } from "../reports/groups.ts";
import type { Notice } from "../reports/notice.ts";
import type { GroupFacts, Report } from "../reports/report.ts";
import { requireNew, writeNewFiles, writeNewFolder } from "../store/new_file.ts";
import { requireAccessToAll } from "../store/permissions.ts";
import { runFoldersIn } from "../store/run_folders.ts";
import { printData, say } from "./_print.ts";
import { repeatCommand, repeatFromFile } from "./_repeat.ts";
import { openAsked } from "./_sampler.ts";
import { VERSION } from "../stored/version.ts";

/** What the command line says. */
export interface ReportArguments {
  runs: readonly string[];
  format: "html" | "md" | "svg" | "png";
  /** File, or folder of figures; Markdown goes to stdout without it. */
  out: string | undefined;
  /** Trajectories drawn from a sampler of each group; 0 opens none. */
  samples: number;
  threads: number | undefined;
  quiet: boolean;
}

/** Objects of a sampler that are shown. */
const OBJECTS = 12;

/** Reports. Returns the exit status: 1 when something could not be shown, which the report says too. */
export async function reportCommand(args: ReportArguments): Promise<number> {
  const { format, quiet } = args, runs = args.runs.map(withoutSlash), out = outOf(args);
  requireAccessToAll("make the report", [
    ...runs.map((path) => ({ path, access: ["read"] as const })),
    ...(out === null ? [] : [{ path: out, access: ["read", "write"] as const }]),
  ]);
  if (out !== null) requireNew(out);
  const [report, { pageOf }, { markdownOf }, { figureFiles }] = await Promise.all([
    reportOf(runs, args),
    import("../reports/page.ts"),
    import("../reports/markdown.ts"),
    import("../reports/figure_files.ts"),
  ]);
  if (format === "md" && out === null) printData(markdownOf(report).trimEnd());
  else if (format === "md") writeNewFiles({ [out!]: markdownOf(report) });
  else if (format === "html") writeNewFiles({ [out!]: pageOf(report) });
  else writeNewFolder(out!, await figureFiles(report, format));
  return tell(report, out, quiet);
}

/** What is to be reported of the runs in these folders. */
export async function reportOf(
  folders: readonly string[],
  sampler: Pick<ReportArguments, "samples" | "threads">,
): Promise<Report> {
  const { makeReport, readFolders } = await import("../reports/report.ts");
  const read = readFolders(Object.fromEntries(folders.map((path) => [path, runFoldersIn(path)])));
  if (read.runs.length === 0) {
    const { about, message } = read.notices[0]!;
    throw usageError("E_RUN_READ", `Cannot make a report of ${about}: ${lowerCased(message)}`);
  }
  return await makeReport(read, VERSION, (group) => learn(group, sampler));
}

function outOf({ format, out }: ReportArguments): string | null {
  if (out !== undefined) return withoutSlash(out);
  if (format === "md") return null;
  if (format === "html") return "report.html";
  throw usageError(
    "E_OUT",
    `Cannot write figures as ${format}: found no --out, want --out DIR, a new folder`,
  );
}

function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

/** Says what was written and what is wrong. */
export function tell(
  { notices, runs, sections }: Report,
  out: string | null,
  quiet: boolean,
): number {
  const wrong = notices.filter(({ kind }) => kind === "wrong");
  for (const { about, message } of wrong) say(`${about}: ${message}`);
  const where = out === null ? "" : ` in ${out}`;
  if (!quiet) say(`${counted(runs, "run")}, ${counted(sections.length, "environment")}${where}`);
  return wrong.length === 0 ? 0 : 1;
}

/** What only a sampler and its environment tell: of the first run that has a checkpoint. */
async function learn(
  { runs, label }: Group,
  { samples, threads }: Pick<ReportArguments, "samples" | "threads">,
): Promise<GroupFacts & { notices: Notice[] }> {
  const seeds = runs.map(({ run }) => run.config.seed), first = runs[0]!;
  const repeated = async (registry: Parameters<typeof repeatCommand>[2]["environments"]) =>
    await repeatCommand(first.run, seeds, { environments: registry, objectives }) ??
      repeatFromFile(first.run, seeds);
  const notices: Notice[] = [];
  for (const run of samples === 0 ? [] : runs) {
    try {
      const asked = { run: run.path, checkpoint: "last", averaged: false, threads };
      using sampler = await openAsked(asked);
      const { checkpoint: { snapshot: { step } }, opened } = sampler;
      const portrait = await sampler.portray({ samples, objects: OBJECTS, seed: 0 });
      const command = await repeated(opened.known.registry);
      return { look: { run, step, portrait }, command, notices };
    } catch (error) {
      if (!(error instanceof GfnError)) throw error;
      const message = `The sampler of ${label} is not shown from this run: ${error.message}`;
      // What is wrong with the plugin itself is said once.
      if (notices.some((notice) => notice.message === message)) continue;
      notices.push({ kind: run.end === null ? "note" : "wrong", about: run.path, message });
    }
  }
  return { look: null, command: await repeated(environments), notices };
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

function lowerCased(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

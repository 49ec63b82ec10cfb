/**
 * Checking a folder of fixture files: each goes by its key `kind`, whatever its name is.
 *
 * @module
 */
import { checkAdam } from "./adam.ts";
import { type CaseResult, FileReport } from "./check.ts";
import { checkExactDistribution } from "./exact_distribution.ts";
import { checkDag } from "./dag.ts";
import { Fixture } from "./fixture.ts";
import { checkHypergridEnv } from "./hypergrid_env.ts";
import { checkIsing } from "./ising.ts";
import { checkObjectives } from "./objectives.ts";
import { checkPhylo } from "./phylo.ts";
import { checkRewardVectors } from "./reward_vectors.ts";
import { checkSeh } from "./seh.ts";
import { checkSequenceEnvs } from "./sequence_envs.ts";
import { checkUpdateSteps } from "./update_steps.ts";

/** The kinds of file that are covered. */
const kinds: Readonly<Record<string, (fixture: Fixture, report: FileReport) => Promise<void>>> = {
  "hypergrid-env": checkHypergridEnv,
  "ising": checkIsing,
  "dag": checkDag,
  "phylo": checkPhylo,
  "sequence-envs": checkSequenceEnvs,
  "reward-vectors": checkRewardVectors,
  "seh": checkSeh,
  "exact-distribution": checkExactDistribution,
  "objectives-hypergrid": checkObjectives,
  "adam": checkAdam,
  "update-steps": checkUpdateSteps,
};

/** What a folder's check found. */
export interface FolderReport {
  cases: CaseResult[];
  /** One line for each thing that nothing checks. */
  notCovered: string[];
}

/** Checks every fixture file of a folder. Whatever a file does wrong is a failed case. */
export async function checkFolder(folder: string): Promise<FolderReport> {
  const files = Array.from(Deno.readDirSync(folder))
    .filter(({ name, isDirectory }) => name.endsWith(".json") && !isDirectory)
    .map(({ name }) => name)
    .toSorted();
  const reports: FileReport[] = [];
  for (const file of files) {
    const report = new FileReport(file);
    reports.push(report);
    await report.case("format", async (check) => {
      const fixture = new Fixture(JSON.parse(await Deno.readTextFile(`${folder}/${file}`)));
      const kind = fixture.at("kind").text();
      if (Object.hasOwn(kinds, kind)) await kinds[kind]!(fixture, report);
      else report.leaveOut(`(${kind})`);
      check.count++;
    });
    // The file itself is a case only where it could not be read to its end. It comes last.
    if (report.cases.at(-1)!.problem === null) report.cases.pop();
  }
  // A folder in which nothing was compared has not passed.
  const cases = reports.flatMap(({ cases }) => cases);
  if (cases.length === 0) {
    const problem = `found no file of a kind that is covered (${
      Object.keys(kinds).join(", ")
    }), want at least one`;
    cases.push({ file: folder, name: "folder", problem, worst: 0 });
  }
  return {
    cases,
    notCovered: reports.flatMap((report) => report.notCovered()),
  };
}

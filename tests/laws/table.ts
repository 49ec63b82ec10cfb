/**
 * Prints the laws as a table, objectives by laws: `deno task laws`. A cell is the largest deviation over
 * all choices of options and all environments; for `finite` the largest number met; for `declared` the
 * number of estimators that move.
 *
 * @module
 */
import { GfnError } from "../../errors.ts";
import { environments } from "./_environments.ts";
import { laws } from "./_laws.ts";
import { neighbours, tryNeighbours } from "./_neighbours.ts";
import { registeredSubjects, type Subject } from "./_subjects.ts";

/** The outcome of a law for all subjects of an objective. */
async function cell(subjects: readonly Subject[], law: typeof laws[0]): Promise<string> {
  let worst = 0, refused = 0, elsewhere = 0;
  for (const subject of subjects) {
    for (const environment of environments) {
      try {
        const figure = await law.try(subject, environment);
        if (typeof figure === "number") worst = Math.max(worst, figure);
        else if (figure.startsWith("refused")) refused++;
        else elsewhere++;
      } catch (error) {
        if (!(error instanceof GfnError && error.code === "E_OBJECTIVE_ENV")) return "FAILS";
      }
    }
  }
  const notes = [refused > 0 ? `${refused} refused` : "", elsewhere > 0 ? `${elsewhere} n/a` : ""];
  const figure = law.name === "declared" ? String(worst) : worst.toExponential(0);
  return [figure, ...notes].filter((part) => part !== "").join(", ");
}

async function agreements(name: string): Promise<string> {
  const own = neighbours.filter(({ pair }) => pair.some(([one]) => one === name));
  let worst = 0;
  for (const pair of own) {
    for (const environment of environments) {
      try {
        worst = Math.max(worst, await tryNeighbours(pair, environment));
      } catch (error) {
        if (!(error instanceof GfnError)) return "FAILS";
      }
    }
  }
  return own.length === 0 ? "-" : `${own.length}: ${worst.toExponential(0)}`;
}

const subjects = registeredSubjects();
const rows = [["", "choices", ...laws.map(({ name }) => name), "neighbours"]];
for (const group of new Set(subjects.map(({ group }) => group))) {
  const own = subjects.filter((subject) => subject.group === group);
  const cells = [];
  for (const law of laws) cells.push(await cell(own, law));
  rows.push([group, String(own.length), ...cells, await agreements(group)]);
}
const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
for (const row of rows) {
  console.log(row.map((text, column) => text.padEnd(widths[column]!)).join("  ").trimEnd());
}
if (rows.some((row) => row.includes("FAILS"))) Deno.exit(1);

/**
 * Samples of variables, as CSV has them: a column for each variable, a row for each sample.
 *
 * @module
 */
import type { EnvironmentTools } from "../plugins/contract.ts";

/** Cells of a file, not yet numbers or categories. */
export interface Samples {
  /** [n] of the variables: those of the first line, or X0, X1, … where all of it is numbers. */
  names: readonly string[];
  /** [N][n] */
  rows: readonly (readonly string[])[];
}

/** Samples of discrete variables. */
export interface CategoricalSamples {
  /** [n] categories of each variable, as far as there are samples of them; at least 2. */
  sizes: readonly number[];
  /** [n][N] for each variable its category in each sample, 0 to its size - 1, by first appearance. */
  codes: readonly Int32Array[];
}

/** Most categories of a variable: what has more of them is a measurement. */
const MOST_CATEGORIES = 64;

/** What files write where a value is missing, in lower case. */
const MISSING = new Set(["", "?", "na", "n/a", "nan", "null"]);

const isNumber = (cell: string) => cell !== "" && Number.isFinite(Number(cell));

/**
 * Reads a file of 2 to `most` variables.
 *
 * @throws {GfnError} of `tools.fail`, where it is none
 */
export function readSamples(bytes: Uint8Array, most: number, tools: EnvironmentTools): Samples {
  const lines = tools.text(bytes).split(/\r?\n/).filter((line) => line.trim() !== "");
  const cells = lines.map((line) => line.split(",").map((cell) => cell.trim()));
  const n = cells[0]?.length ?? 0, named = cells[0]?.some((cell) => !isNumber(cell)) ?? false;
  if (n < 2 || n > most) tools.fail(`data has ${n} columns, want 2 to ${most}`);
  const names = named ? cells[0]! : cells[0]!.map((_, i) => `X${i}`);
  if (new Set(names).size < n || names.some((name) => !/^[^\s>]+$/.test(name))) {
    tools.fail(`data has the names ${names.join()}, want different ones without blanks and ">"`);
  }
  const rows = named ? cells.slice(1) : cells;
  if (rows.length === 0) tools.fail("data has no samples, want one a line");
  const wrong = rows.findIndex((row) => row.length !== n);
  if (wrong >= 0) {
    tools.fail(
      `data has ${rows[wrong]!.length} values in sample ${wrong + 1}, "${
        rows[wrong]
      }", want ${n}, one for each variable`,
    );
  }
  return { names, rows };
}

/**
 * Samples of continuous variables.
 *
 * @returns [N][n]
 * @throws {GfnError} of `tools.fail`, where a value is no number
 */
export function numbersOf({ names, rows }: Samples, tools: EnvironmentTools): number[][] {
  return rows.map((row, s) =>
    row.map((cell, i) =>
      isNumber(cell)
        ? Number(cell)
        : tools.fail(`data has "${cell}" as ${names[i]} of sample ${s + 1}, want a number`)
    )
  );
}

/**
 * Samples of discrete variables, each category a whole number or a word.
 *
 * @throws {GfnError} of `tools.fail`, where a value is missing or no category, and where a variable has one
 * category or too many
 */
export function categoriesOf(
  { names, rows }: Samples,
  tools: EnvironmentTools,
): CategoricalSamples {
  const sizes: number[] = [];
  const codes = names.map((name, i) => {
    const known = new Map<string, number>();
    const own = Int32Array.from(rows, (row, s) => {
      const category = categoryOf(row[i]!, () => `${name} of sample ${s + 1}`, tools);
      if (!known.has(category)) known.set(category, known.size);
      return known.get(category)!;
    });
    if (known.has(name)) {
      tools.fail(`data has "${name}" as the name of a column and in it, want names in line 1`);
    }
    if (known.size < 2) {
      tools.fail(`data has "${[...known.keys()]}" alone as ${name}, want two categories or more`);
    }
    if (known.size > MOST_CATEGORIES) {
      tools.fail(
        `data has ${known.size} different values of ${name}, want at most ${MOST_CATEGORIES} categories`,
      );
    }
    sizes.push(known.size);
    return own;
  });
  return { sizes, codes };
}

function categoryOf(cell: string, where: () => string, tools: EnvironmentTools): string {
  if (MISSING.has(cell.toLowerCase())) {
    tools.fail(
      `data has "${cell}" as ${where()}, want a category: missing values are not summed over`,
    );
  }
  if (!isNumber(cell)) return cell;
  if (Number.isSafeInteger(Number(cell))) return String(Number(cell));
  return tools.fail(
    `data has ${cell} as ${where()}, want a category, a whole number or a word; numbers are for bge`,
  );
}

/**
 * Rows of a table for people.
 *
 * @module
 */

/** Prints a row: the first three cells to the left, the others to the right. */
export function printRow(cells: readonly (string | number)[]): void {
  const text = cells.map((cell, i) => i < 3 ? String(cell).padEnd(12) : String(cell).padStart(9));
  console.log(text.join("").trimEnd());
}

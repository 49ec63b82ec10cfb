/**
 * Sums of products of the variables, and their determinants.
 *
 * @module
 */
import type { EnvironmentTools } from "../plugins/contract.ts";

/** @returns [n][n] sum over samples of x_i x_j */
export function products(rows: readonly (readonly number[])[], n: number): number[][] {
  return Array.from(
    { length: n },
    (_, i) =>
      Array.from({ length: n }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  );
}

/**
 * Of a positive definite matrix: log det of all but its last row and column, and what elimination
 * leaves of its last entry, so that the log of both together is the whole log det. Works in place.
 */
export function eliminate(
  matrix: number[][],
  tools: EnvironmentTools,
): { logDet: number; left: number } {
  const last = matrix.length - 1;
  let logDet = 0;
  for (let k = 0; k < last; k++) {
    const row = matrix[k]!, pivot = row[k]!;
    if (!(pivot > 0)) dependent(tools);
    logDet += Math.log(pivot);
    for (let i = k + 1; i <= last; i++) {
      const factor = matrix[i]![k]! / pivot;
      for (let j = k + 1; j <= last; j++) matrix[i]![j]! -= factor * row[j]!;
    }
  }
  return { logDet, left: matrix[last]![last]! };
}

/** Fails because a matrix is singular. */
export function dependent(tools: EnvironmentTools): never {
  return tools.fail("data has columns that depend on each other as far as doubles can tell");
}

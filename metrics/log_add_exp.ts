/**
 * Sums of what is known by its logarithm.
 *
 * @module
 */

/** log(e^a + e^b), also where both are -Infinity or far from 0. */
export function logAddExp(a: number, b: number): number {
  const max = Math.max(a, b);
  return Number.isFinite(max) ? max + Math.log1p(Math.exp(-Math.abs(a - b))) : max;
}

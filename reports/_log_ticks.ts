/**
 * Ticks of an axis of logarithms: each has its label and its line of the grid, and there are few.
 *
 * @module
 */

/** Decades from which on only powers of ten are ticks. */
const WIDE = 2.2;

/** 1, 2 and 5 of every decade, or powers of ten, or every k-th power where even those are many. */
export function logTicks(values: readonly number[]): number[] {
  const low = Math.min(...values), high = Math.max(...values);
  const from = Math.floor(Math.log10(low)), to = Math.ceil(Math.log10(high));
  const decades = Math.log10(high / low), every = Math.max(1, Math.ceil(decades / 7));
  const digits = decades > WIDE ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let exponent = from; exponent <= to; exponent++) {
    if (exponent % every !== 0) continue;
    for (const digit of digits) ticks.push(Number(`${digit}e${exponent}`));
  }
  return ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
}

/** A probability as a label has it. */
export function tickText(x: number): string {
  return x >= 0.001 ? String(x) : x.toExponential(0);
}

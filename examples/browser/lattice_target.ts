/**
 * The Ising model on a torus, exactly, though its states are too many to list: row after row, the weights
 * of all ways in which the rows so far can end (a transfer matrix). 6 x 6 spins are 69 billion states.
 *
 * @module
 */

/** Distributions of an L x L torus. */
export interface LatticeTarget {
  /** [L * L + 1] probability of the number of spins that are up. */
  up: Float64Array;
  /** [2 L * L + 1] probability of the number of pairs of neighbours that are equal. */
  equal: Float64Array;
  /** log of the sum of R, nats. */
  logZ: number;
}

/** What a row adds to a count, and multiplies a weight by: alone, after another, and when the torus closes. */
interface Ring {
  /** Counts run from 0 to this. */
  most: number;
  alone(row: number): Step;
  after(row: number, before: number): Step;
  close(last: number, first: number): Step;
}

interface Step {
  count: number;
  factor: number;
}

/**
 * Computes them for log R = 2 J (equal - different), over pairs of neighbours.
 *
 * @param side L, at least 3: at 2 both neighbours of a spin are one
 * @param coupling J
 */
export function latticeTarget(side: number, coupling: number): LatticeTarget {
  const spins = side * side, full = 2 ** side - 1;
  const within = (row: number) => side - ones(row ^ (((row << 1) | (row >> (side - 1))) & full));
  const between = (a: number, b: number) => side - ones(a ^ b);
  /** R of so many equal pairs out of all. */
  const reward = (equal: number, pairs: number) => Math.exp(2 * coupling * (2 * equal - pairs));
  const states = ringSums(side, {
    most: 2 * spins,
    alone: (row) => ({ count: within(row), factor: 1 }),
    after: (row, before) => ({ count: within(row) + between(row, before), factor: 1 }),
    close: (last, first) => ({ count: between(last, first), factor: 1 }),
  });
  const up = ringSums(side, {
    most: spins,
    alone: (row) => ({ count: ones(row), factor: reward(within(row), side) }),
    after: (row, before) => ({
      count: ones(row),
      factor: reward(within(row) + between(row, before), 2 * side),
    }),
    close: (last, first) => ({ count: 0, factor: reward(between(last, first), side) }),
  });
  const equal = states.map((count, pairs) => count * reward(pairs, 2 * spins));
  const Z = sum(up);
  return { up: up.map((x) => x / Z), equal: equal.map((x) => x / Z), logZ: Math.log(Z) };
}

/** [most + 1] the sum of the weights of all states of L rows, by their count. */
function ringSums(side: number, { most, alone, after, close }: Ring): Float64Array {
  const rows = 2 ** side, size = most + 1;
  const steps = Array.from(
    { length: rows * rows },
    (_, i) => after(i % rows, Math.floor(i / rows)),
  );
  const total = new Float64Array(size);
  for (let first = 0; first < rows; first++) {
    let sums = new Float64Array(rows * size);
    const { count, factor } = alone(first);
    sums[first * size + count] = factor;
    for (let done = 1; done < side; done++) {
      const next = new Float64Array(rows * size);
      for (let i = 0; i < rows * rows; i++) {
        const { count, factor } = steps[i]!, from = Math.floor(i / rows) * size;
        const to = (i % rows) * size + count;
        for (let c = 0; c + count < size; c++) next[to + c]! += factor * sums[from + c]!;
      }
      sums = next;
    }
    for (let last = 0; last < rows; last++) {
      const { count, factor } = close(last, first);
      for (let c = 0; c + count < size; c++) {
        total[c + count]! += factor * sums[last * size + c]!;
      }
    }
  }
  return total;
}

function ones(bits: number): number {
  let count = 0;
  for (; bits > 0; bits &= bits - 1) count++;
  return count;
}

function sum(values: Float64Array): number {
  return values.reduce((all, x) => all + x, 0);
}

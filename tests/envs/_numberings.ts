/**
 * Numbered graphs by brute force.
 *
 * @module
 */

/** Every order of 0 .. k - 1. */
export function orders(k: number): number[][] {
  if (k === 0) return [[]];
  return orders(k - 1).flatMap((order) =>
    Array.from({ length: k }, (_, i) => order.toSpliced(i, 0, k - 1))
  );
}

/** One text for all numberings of a graph: words of its nodes, of at most n, then of all pairs in row order. */
export function canonical(state: Int32Array, n: number): string {
  const k = Array.from(state.subarray(0, n)).filter((word) => word > 0).length;
  const edge = (i: number, j: number) => {
    const [a, b] = [Math.min(i, j), Math.max(i, j)];
    return state[n + a * n - a * (a + 1) / 2 + b - a - 1]!;
  };
  return orders(k).map((order) =>
    [
      ...order.map((i) => state[i]!),
      ...order.flatMap((i, x) => order.slice(x + 1).map((j) => edge(i, j))),
    ].join("")
  ).toSorted()[0]!;
}

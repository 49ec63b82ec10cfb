/**
 * How well one quantity follows another.
 *
 * @module
 */

/**
 * Pearson's correlation of two lists of the same length, -1 to 1; NaN where one of them does not vary or
 * has a number that is not finite.
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length;
  if (!varies(x) || !varies(y)) return NaN;
  for (let i = 0; i < n; i++) if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) return NaN;
  let meanX = 0, meanY = 0;
  for (let i = 0; i < n; i++) {
    meanX += x[i]!;
    meanY += y[i]!;
  }
  meanX /= n;
  meanY /= n;
  let xx = 0, yy = 0, xy = 0;
  for (let i = 0; i < n; i++) {
    const dx = x[i]! - meanX, dy = y[i]! - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xy / Math.sqrt(xx * yy);
}

/**
 * Spearman's: Pearson's of the ranks, equal values sharing their mean rank, infinite ones as well; NaN
 * where one of the lists does not vary or has a NaN.
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  for (let i = 0; i < x.length; i++) if (Number.isNaN(x[i]) || Number.isNaN(y[i])) return NaN;
  return pearson(ranks(x), ranks(y));
}

function varies(x: ArrayLike<number>): boolean {
  for (let i = 1; i < x.length; i++) if (x[i] !== x[0]) return true;
  return false;
}

function ranks(x: ArrayLike<number>): Float64Array {
  // No difference: that of two infinities is NaN.
  const order = Array.from({ length: x.length }, (_, i) => i)
    .sort((a, b) => x[a]! < x[b]! ? -1 : x[a]! > x[b]! ? 1 : 0);
  const out = new Float64Array(x.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && x[order[to]!] === x[order[from]!]) to++;
    for (let i = from; i < to; i++) out[order[i]!] = (from + to - 1) / 2;
    from = to;
  }
  return out;
}

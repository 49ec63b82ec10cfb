/**
 * The name somebody probably meant.
 *
 * @module
 */

/** The nearest of `names` by edits of one letter, or null where none is near enough to suggest. */
export function nearName(name: string, names: readonly string[]): string | null {
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | null = null, least = limit + 1;
  for (const candidate of names) {
    const distance = edits(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** What to say after "found X": the allowed names, and the near one where there is one. */
export function wantOneOf(name: string, names: readonly string[]): string {
  const near = nearName(name, names);
  const all = names.length === 0 ? "nothing here" : `one of ${names.join(", ")}`;
  return `want ${all}${near === null ? "" : `; did you mean "${near}"?`}`;
}

/** Levenshtein's distance, with a swap of two neighbours counted as one. */
function edits(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      }
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

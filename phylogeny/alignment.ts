/**
 * Alignments of DNA: the letters of some taxa, site by site.
 *
 * @module
 */

/** Names and letters of taxa. */
export interface Alignment {
  names: readonly string[];
  /** [taxa][sites] the set of letters that may stand there, five bits. */
  sets: readonly (readonly number[])[];
}

/** Most taxa that an alignment may have. */
export const MOST_TAXA = 128;

/** Sets of A, C, G, T and the gap, from the highest of five bits on; the rest are IUPAC's codes. */
const LETTERS: Readonly<Record<string, number>> = {
  ...{ A: 16, C: 8, G: 4, T: 2, U: 2, "-": 1, N: 30, "?": 30, X: 30 },
  ...{ R: 20, Y: 10, S: 12, W: 18, K: 6, M: 24, B: 14, D: 22, H: 26, V: 28 },
};

/**
 * Reads FASTA: `>`, a name to the end of the line, then letters on any number of lines.
 *
 * @param text what the file holds
 * @param fail ends with an error that says who owns the file
 */
export function readFasta(text: string, fail: (message: string) => never): Alignment {
  const names: string[] = [], sequences: string[] = [];
  for (const line of text.split(/\r?\n/).map((line) => line.trim())) {
    if (line.startsWith(">")) {
      names.push(line.slice(1).trim());
      sequences.push("");
    } else if (line !== "") {
      if (names.length === 0) fail(`alignment begins with "${line.slice(0, 20)}", want ">"`);
      sequences[sequences.length - 1] += line.toUpperCase();
    }
  }
  const length = sequences[0]?.length ?? 0;
  if (names.length < 3 || names.length > MOST_TAXA) {
    fail(`alignment has ${names.length} taxa, want 3 to ${MOST_TAXA}`);
  }
  if (new Set(names).size < names.length) fail("alignment has a name twice, want each once");
  for (const [i, sequence] of sequences.entries()) {
    if (sequence.length !== length || length === 0) {
      fail(`alignment has ${sequence.length} letters of ${names[i]}, want ${length || 1}`);
    }
    const odd = Array.from(sequence).find((letter) => !Object.hasOwn(LETTERS, letter));
    if (odd) fail(`alignment has "${odd}" in ${names[i]}, want DNA letters, "-", "?"`);
  }
  const sets = sequences.map((letters) => Array.from(letters, (letter) => LETTERS[letter]!));
  return { names, sets };
}

/** Its first so many taxa. */
export function firstTaxa({ names, sets }: Alignment, count: number): Alignment {
  return { names: names.slice(0, count), sets: sets.slice(0, count) };
}

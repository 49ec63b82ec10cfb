/**
 * How alike objects are, by their fingerprints.
 *
 * @module
 */
import type { Environment } from "../plugins/contract.ts";

/**
 * The fingerprint of a terminating state.
 *
 * @param environment one that has fingerprints
 * @returns words of a set of bits
 */
export function fingerprintOf(
  { fingerprint }: Environment,
  states: Int32Array,
  at: number,
): Int32Array {
  const out = new Int32Array(fingerprint!.words);
  fingerprint!.write(states, at, out, 0);
  return out;
}

/** Tanimoto similarity: bits that both sets have over those that one of them has; 1 for two empty sets. */
export function tanimoto(a: Int32Array, b: Int32Array): number {
  let both = 0, either = 0;
  for (let i = 0; i < a.length; i++) {
    both += bits(a[i]! & b[i]!);
    either += bits(a[i]! | b[i]!);
  }
  return either === 0 ? 1 : both / either;
}

/** The mean over pairs of their similarity; NaN for fewer than two. */
export function meanTanimoto(all: readonly Int32Array[]): number {
  let total = 0, pairs = 0;
  all.forEach((a, i) => {
    for (const b of all.slice(i + 1)) {
      total += tanimoto(a, b);
      pairs++;
    }
  });
  return total / pairs;
}

/** Bits set in a word, counted side by side in ever wider parts of it. */
function bits(word: number): number {
  word -= word >>> 1 & 0x55555555;
  word = (word & 0x33333333) + (word >>> 2 & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

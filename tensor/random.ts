/**
 * Seeded random streams: one per purpose, so that drawing more for one purpose moves no other.
 *
 * The generator is xoshiro128** (Blackman and Vigna 2021, ACM TOMS 47:4, version 1.1): 32-bit
 * arithmetic alone, a state of 16 bytes, a period of 2^128 - 1.
 *
 * @module
 */
import { usageError } from "../errors.ts";

/** 2^32 divided by the golden ratio. */
const GOLDEN = 0x9e3779b9;

/** A stream of random numbers whose state can be saved and restored. */
export class RandomStream {
  readonly #s: Uint32Array;

  private constructor(state: Uint32Array) {
    this.#s = state;
  }

  /**
   * The stream of a seed and a purpose, at its start. Different purposes give independent streams.
   *
   * @throws {GfnError} `E_SEED` unless the seed is a whole number from 0 to 2^53 - 1
   */
  static of(seed: number, purpose: string): RandomStream {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw usageError(
        "E_SEED",
        `Cannot seed a random stream: found ${seed}, want a whole number from 0 to 2^53 - 1`,
      );
    }
    // absorb() permutes the 32-bit words, so that four different words stay different: whatever is
    // absorbed, the state is never all zero, the only one that xoshiro cannot leave.
    const state = Uint32Array.of(1, 2, 3, 4);
    absorb(state, seed % 2 ** 32);
    absorb(state, Math.floor(seed / 2 ** 32));
    for (let i = 0; i < purpose.length; i++) absorb(state, purpose.charCodeAt(i));
    absorb(state, purpose.length);
    return new RandomStream(state);
  }

  /**
   * The stream that {@linkcode state} was taken from, at that place.
   *
   * @throws {GfnError} `E_RANDOM_STATE` when this is no state of a stream
   */
  static restore(state: ArrayLike<number>): RandomStream {
    const words = Uint32Array.from(state);
    if (words.length !== 4 || words.every((word) => word === 0)) {
      throw usageError(
        "E_RANDOM_STATE",
        `Cannot restore a random stream: found [${words}], want four 32-bit words that are not all 0`,
      );
    }
    return new RandomStream(words);
  }

  /** A copy of the state, [4]. */
  state(): Uint32Array {
    return this.#s.slice();
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  uniform(): number {
    const high = this.#next() >>> 5, low = this.#next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Standard normal, by Box and Muller's transform. */
  normal(): number {
    // The second number of the pair is not kept: the state would have to hold it.
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /**
   * A whole number from 0 to n - 1, every one equally likely.
   *
   * @param n from 1 to 2^32
   * @throws {GfnError} `E_RANDOM_RANGE` for any other n
   */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw usageError(
        "E_RANDOM_RANGE",
        `Cannot draw a whole number below ${n}: want a bound from 1 to 2^32`,
      );
    }
    // Words from the incomplete last stretch of n numbers would favour the small remainders.
    const end = 2 ** 32 - 2 ** 32 % n;
    let word = this.#next();
    while (word >= end) word = this.#next();
    return word % n;
  }

  /** Puts the entries in random order, in place, every order equally likely. */
  shuffle(a: Int32Array): void {
    for (let i = a.length - 1; i > 0; i--) {
      const j = this.integer(i + 1), held = a[i]!;
      a[i] = a[j]!;
      a[j] = held;
    }
  }

  /** The next 32 bits. */
  #next(): number {
    const s = this.#s;
    const word = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = rotateLeft(s[3]!, 11);
    return word;
  }
}

function rotateLeft(word: number, by: number): number {
  return word << by | word >>> 32 - by;
}

/** Stirs one word into each word of the state; for a given word, a permutation of the 32-bit words. */
function absorb(state: Uint32Array, word: number): void {
  for (let i = 0; i < state.length; i++) {
    // The finaliser of MurmurHash3 (Appleby): every input bit reaches every output bit.
    let h = (state[i]! ^ word) + GOLDEN;
    h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
    h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
    state[i] = h ^ h >>> 16;
  }
}

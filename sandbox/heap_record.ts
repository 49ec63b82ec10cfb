/**
 * How much memory a worker's own JavaScript heap may hold, and how much of the process lies outside of it.
 * V8 ends the process when a heap is full, so another thread has to see it fill; a thread cannot look into
 * the heap of another, but what the process has grown by since the worker looked is at most that heap's.
 *
 * @module
 */

/** Share of V8's limit that is let be: what is left holds the largest array that one call can make. */
const SHARE = 0.6;
/** Words of a record. */
export const LIMIT = 0, OUTSIDE = 1;
/** Bytes are kept in units that an int32 can count. */
export const UNIT = 2 ** 10;

/** A record, written by the thread whose heap it is: see `_heap_looker.ts`. */
export class HeapRecord {
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  /** Memory of a record that two threads can see. */
  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(8);
  }

  /** The bytes that the heap may come to, when it has come to more in a process of `rss` bytes; else null. */
  exceeded(rss: number): number | null {
    const most = SHARE * UNIT * this.#words[LIMIT]!;
    if (most === 0) return null; // the worker has not started
    return rss - UNIT * this.#words[OUTSIDE]! > most ? most : null;
  }
}

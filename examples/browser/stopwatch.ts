/**
 * How long an iteration takes.
 *
 * @module
 */

/** Milliseconds over which an iteration's time is averaged. */
const AVERAGED = 1000;

/** Times iterations, without what is done to show them. */
export class Stopwatch {
  #from = performance.now();
  #sum = 0;
  #count = 0;
  /** Milliseconds of an iteration over the last second or so; null before the first. */
  mean: number | null = null;

  start(): void {
    this.#from = performance.now();
  }

  stop(): void {
    this.#sum += performance.now() - this.#from;
    this.#count++;
    this.mean = this.#sum / this.#count;
    if (this.#sum < AVERAGED) return;
    this.#sum /= 2;
    this.#count /= 2;
  }
}

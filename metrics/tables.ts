/**
 * Large tables that are used again: an evaluation of 160,000 states makes 16 MB of them, which collectors
 * of garbage are slow to notice.
 *
 * @module
 */

/** Tables by name; each call of an evaluation overwrites those of the one before. */
export class Tables {
  readonly #tables = new Map<string, Float64Array>();

  /** A table of zeros. */
  zeros(name: string, length: number): Float64Array {
    return this.uninitialised(name, length).fill(0);
  }

  /** A table of what it held last. */
  uninitialised(name: string, length: number): Float64Array {
    const known = this.#tables.get(name);
    if (known?.length === length) return known;
    const made = new Float64Array(length);
    this.#tables.set(name, made);
    return made;
  }
}

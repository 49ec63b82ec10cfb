/**
 * How a law says that it is broken.
 *
 * @module
 */

/** A law is broken: its message is the counter-example. */
export class Broken extends Error {}

/** Throws {@linkcode Broken} unless the condition holds. */
export function want(condition: boolean, otherwise: () => string): void {
  if (!condition) throw new Broken(otherwise());
}

/** Whether two states have the same words. */
export function same(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i]);
}

/**
 * The error of a law that does not hold.
 *
 * @module
 */

/** A law is broken: its message is the counter-example. */
export class Broken extends Error {}

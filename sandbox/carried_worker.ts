/**
 * The worker of a gfn that is one file, where there is no `worker.ts` beside it to start: its program is
 * carried as a text, and is started from a `blob:` URL, which needs no permission.
 *
 * @module
 */

let program: string | null = null;

/** Has workers started from this text, one bundled module, from now on: `dist/gfn.js` does so first of all. */
export function carryWorker(text: string): void {
  program = text;
}

/** The program of the worker; null where it lies beside this file, as in a clone. */
export function carriedWorker(): string | null {
  return program;
}

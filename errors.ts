/**
 * The errors of gfn. An error says what was tried, then what was found and what is wanted; it carries
 * a code for scripts and the exit status of the command: 2 when the caller asked for something
 * impossible, 1 when something possible failed.
 *
 * @module
 */

/** An error meant for a person: its message stands alone, no stack is needed to act on it. */
export class GfnError extends Error {
  override readonly name = "GfnError";
  /** Stable identifier such as `E_ENV_UNKNOWN`. */
  readonly code: string;
  /** Exit status of the command: 2 usage, 1 failure. */
  readonly exitCode: 1 | 2;

  constructor(code: string, exitCode: 1 | 2, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** The caller asked for something that cannot be: exit status 2. */
export function usageError(code: string, message: string, options?: ErrorOptions): GfnError {
  return new GfnError(code, 2, message, options);
}

/** Something that should have worked did not: exit status 1. */
export function failure(code: string, message: string, options?: ErrorOptions): GfnError {
  return new GfnError(code, 1, message, options);
}

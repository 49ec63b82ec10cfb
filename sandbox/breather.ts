/**
 * How the hosts of training let their event loop run: signals and messages arrive only when it does.
 *
 * @module
 */

/** Control goes back to the event loop this often, in milliseconds. */
const BREATHE_MS = 20;

/** Lets the event loop run when it has not run for a while. */
export function breather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATHE_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}

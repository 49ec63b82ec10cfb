/**
 * What makes a run the same run while it goes on: all settings but how long it is and how it is stored.
 *
 * @module
 */
import { configHash } from "./canonical.ts";
import type { RunConfig } from "./schema.ts";

/** Settings, dotted, that a run may change when it is gone on with. */
export const CHANGEABLE: readonly string[] = ["steps", "checkpoint.every", "checkpoint.keep"];

/**
 * Hash of the settings that a run keeps.
 *
 * @param config as the run's own `run.json` has it: without defaults that came later
 */
export async function identityOf(config: RunConfig | Record<string, unknown>): Promise<string> {
  const { steps: _steps, checkpoint: _checkpoint, ...kept } = config as Record<string, unknown>;
  return await configHash(kept);
}

/** Keys, dotted, whose values differ. */
export function differingKeys(a: unknown, b: unknown, prefix = ""): string[] {
  const isObject = (x: unknown): x is Record<string, unknown> =>
    typeof x === "object" && x !== null && !Array.isArray(x);
  if (!isObject(a) || !isObject(b)) {
    return JSON.stringify(a) === JSON.stringify(b) ? [] : [prefix];
  }
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .flatMap((key) => differingKeys(a[key], b[key], prefix === "" ? key : `${prefix}.${key}`));
}

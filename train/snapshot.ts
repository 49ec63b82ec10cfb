/**
 * The whole state of training between two steps, as plain named arrays: what a checkpoint holds. Training
 * that goes on from it does what it would have done, bit for bit.
 *
 * @module
 */
import { failure, usageError } from "../errors.ts";

/** One array, row-major. */
export interface SnapshotTensor {
  shape: readonly number[];
  values: Float32Array | Float64Array | Int32Array | Uint32Array;
}

/** Arrays by name, such as `policy.layers.0.weight` or `random.rollout`. */
export type TensorTable = Record<string, SnapshotTensor>;

/** The state of a run that has done `step` steps. */
export interface Snapshot {
  step: number;
  /** Sampled for training so far. */
  trajectories: number;
  /** Rewards that training has asked the environment for so far. */
  rewards: number;
  tensors: TensorTable;
}

/** A vector as a tensor. */
export function vector(values: SnapshotTensor["values"]): SnapshotTensor {
  return { shape: [values.length], values };
}

/** A table whose names all begin with a prefix. */
export function withPrefix(prefix: string, table: TensorTable): TensorTable {
  return Object.fromEntries(
    Object.entries(table).map(([name, tensor]) => [`${prefix}${name}`, tensor]),
  );
}

/** The part of a table whose names begin with a prefix, without it. */
export function withoutPrefix(prefix: string, table: TensorTable): TensorTable {
  return Object.fromEntries(
    Object.entries(table).filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

/** The parameters of the estimators among the arrays of a snapshot. */
export function estimatorTensors(
  tensors: TensorTable,
  parameters: "trained" | "averaged",
): TensorTable {
  const own = parameters === "trained" ? tensors : withoutPrefix("average.", tensors);
  const isParameter = (name: string) => /^(policy|backward|value|flow)\.|^logZ$/.test(name);
  return Object.fromEntries(Object.entries(own).filter(([name]) => isParameter(name)));
}

/**
 * Makes sure that a snapshot has a moving average of the parameters.
 *
 * @param whose it is, for the error
 * @throws {GfnError} `E_AVERAGED`
 */
export function requireAverage(tensors: TensorTable, whose: string): void {
  if (Object.keys(tensors).some((name) => name.startsWith("average."))) return;
  throw usageError(
    "E_AVERAGED",
    `Cannot use the moving average of ${whose}: found none in its checkpoint, want a run with ema.decay above 0`,
  );
}

/**
 * An array of a table.
 *
 * @throws {GfnError} `E_CHECKPOINT` when it is not there, or not of the kind wanted
 */
export function take<T extends SnapshotTensor["values"]>(
  table: TensorTable,
  name: string,
  kind: abstract new (...args: never[]) => T,
): T {
  const found = table[name]?.values;
  if (found instanceof kind) return found;
  throw cannotTakeUp(
    name,
    found === undefined ? "none" : found.constructor.name,
    `a ${(kind as { name?: string }).name}`,
  );
}

/** The error of a snapshot that does not fit the run. */
export function cannotTakeUp(name: string, found: string, want: string): Error {
  return failure(
    "E_CHECKPOINT",
    `Cannot take up the checkpoint: found ${found} for "${name}", want ${want}`,
  );
}

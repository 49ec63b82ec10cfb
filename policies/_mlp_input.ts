/**
 * Observations on their way into an MLP's first layer: checked, and laid out in the heap as the kernels
 * read them.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import type { Observation } from "../plugins/contract.ts";
import { allocate, f32, i32, release } from "../tensor/heap.ts";
import { kernels } from "../tensor/kernels/kernels.ts";
import { fieldSizes } from "./_fields.ts";
import type { Reading } from "./_mlp_layout.ts";
import type { ObservationRows } from "./network.ts";

/** What stands between observations and the first layer. */
export interface MlpInput {
  readonly reading: Reading;
  /** K of the first layer: total one-hot width, or number of features. */
  readonly inputs: number;
  /** Numbers in an observation: fields, or features. */
  readonly width: number;
  /**
   * Writes rows `from` to `to` as `width` numbers of 4 bytes each: rows of first-layer weights for a
   * gather, features otherwise.
   *
   * @throws {GfnError} `E_NETWORK_INPUT` when the observations are not what the environment declared
   */
  write(input: ObservationRows, from: number, to: number, pointer: number): void;
  /** Gives the memory back. */
  dispose(): void;
}

/** The input of an MLP over observations of this kind. */
export function mlpInput(observation: Observation): MlpInput {
  return observation.kind === "dense"
    ? denseInput(observation.size)
    : fieldInput(fieldSizes(observation));
}

function denseInput(size: number): MlpInput {
  return {
    reading: "product",
    inputs: size,
    width: size,
    write({ rows, values }, from, to, pointer) {
      if (!(values instanceof Float32Array)) throw wrongType("int32", "float32");
      checkLength(values.length, rows, size);
      f32(pointer, (to - from) * size).set(values.subarray(from * size, to * size));
    },
    dispose() {},
  };
}

function fieldInput(sizes: readonly number[]): MlpInput {
  const fields = sizes.length;
  // Two tables for the kernel: the values of each field, and the row of the first of them.
  const tables = allocate(8 * fields), firstRows = tables + 4 * fields;
  i32(tables, fields).set(sizes);
  let inputs = 0;
  for (const [f, size] of sizes.entries()) {
    i32(firstRows, fields)[f] = inputs;
    inputs += size;
  }
  return {
    reading: "gather",
    inputs,
    width: fields,
    write({ rows, values }, from, to, pointer) {
      if (!(values instanceof Int32Array)) throw wrongType("float32", "int32");
      checkLength(values.length, rows, fields);
      i32(pointer, (to - from) * fields).set(values.subarray(from * fields, to * fields));
      const found = kernels.findRows(pointer, to - from, fields, tables, firstRows, pointer);
      if (found === -1) return;
      const bad = from * fields + found, f = bad % fields;
      throw usageError(
        "E_NETWORK_INPUT",
        `Cannot read observation ${Math.floor(bad / fields)}: field ${f} is ${
          values[bad]
        }, want 0 to ${sizes[f]! - 1}`,
      );
    },
    dispose() {
      release(tables);
    },
  };
}

function checkLength(found: number, rows: number, width: number): void {
  if (found === rows * width) return;
  throw usageError(
    "E_NETWORK_INPUT",
    `Cannot read ${rows} observations: found ${found} numbers, want ${width} for each`,
  );
}

function wrongType(found: string, wanted: string): Error {
  return usageError(
    "E_NETWORK_INPUT",
    `Cannot read observations: found ${found} numbers, want ${wanted}`,
  );
}

/**
 * The weights of a trained sampler in formats that other programs read.
 *
 * @module
 */
import { zipSync } from "fflate";
import { failure, usageError } from "../errors.ts";
import type { TensorTable } from "../train/snapshot.ts";
import { requireAccess } from "./permissions.ts";
import { encodeTensors, type StoredTensor } from "./safetensors.ts";
import { writeNew } from "./whole_file.ts";

/** How weights are written: names of formats, and endings of their files. */
export const weightsFormats = ["safetensors", "npz", "json"] as const;

/** One of them. */
export type WeightsFormat = typeof weightsFormats[number];

/** What goes with the weights, as text by name. */
export type WeightsFacts = Readonly<Record<string, string>>;

/** The bytes of a file of weights. */
export function encodeWeights(
  format: WeightsFormat,
  tensors: TensorTable,
  facts: WeightsFacts,
): Uint8Array {
  switch (format) {
    case "safetensors":
      return encodeTensors({ tensors, metadata: { ...facts } });
    case "npz": {
      const entries = Object.entries(tensors).map(([name, tensor]) => [`${name}.npy`, npy(tensor)]);
      const texts = Object.entries(facts)
        .map(([name, text]) => [`${name}.json`, new TextEncoder().encode(text)]);
      // A fixed date, which zip files hold as local time: the same weights are the same bytes.
      return zipSync(Object.fromEntries([...entries, ...texts]), {
        level: 0,
        mtime: new Date(1980, 0, 1),
      });
    }
    case "json": {
      const plain = Object.fromEntries(
        Object.entries(tensors).map(([name, { shape, values }]) => [
          name,
          { shape, values: Array.from(values) },
        ]),
      );
      return new TextEncoder().encode(`${JSON.stringify({ ...facts, tensors: plain })}\n`);
    }
  }
}

/**
 * Writes a file of weights, never over another.
 *
 * @throws {GfnError} `E_PERMISSION`, `E_OUT_TAKEN` or `E_OUT_WRITE`
 */
export function writeWeights(path: string, bytes: Uint8Array): void {
  requireAccess(`write ${path}`, path, ["read", "write"]);
  try {
    writeNew(path, bytes);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw usageError("E_OUT_TAKEN", `Cannot write ${path}: found a file there, want a new name`);
    }
    throw failure("E_OUT_WRITE", `Cannot write ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** An array in NumPy's format, version 1.0. */
function npy({ shape, values }: StoredTensor): Uint8Array {
  const type = values instanceof Float32Array
    ? "<f4"
    : values instanceof Float64Array
    ? "<f8"
    : values instanceof Int32Array
    ? "<i4"
    : "<u4";
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const before = 10, padded = Math.ceil((before + text.length + 1) / 64) * 64 - before;
  const header = text.padEnd(padded - 1) + "\n";
  const bytes = new Uint8Array(before + padded + values.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded & 255, padded >> 8]);
  bytes.set(new TextEncoder().encode(header), before);
  bytes.set(
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    before + padded,
  );
  return bytes;
}

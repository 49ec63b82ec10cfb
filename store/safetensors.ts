/**
 * The safetensors format, as huggingface/safetensors defines it: eight bytes of header length, a JSON
 * header of names, types, shapes and offsets, then the arrays in little-endian C order. Python reads it
 * with `safetensors.numpy.load_file`.
 *
 * @module
 */
import { failure } from "../errors.ts";

/** An array of one of the types that gfn stores. */
export interface StoredTensor {
  shape: readonly number[];
  values: Float32Array | Float64Array | Int32Array | Uint32Array;
}

/** What a file holds. */
export interface TensorFile {
  tensors: Record<string, StoredTensor>;
  /** Texts by name. */
  metadata: Record<string, string>;
}

const kinds = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U32: Uint32Array,
} as const;
type Kind = keyof typeof kinds;

/** Every array begins at a multiple of this from the start of the data. */
const ALIGNMENT = 8;
/** Longer headers are no file of ours. */
const LONGEST_HEADER = 2 ** 26;

/** The bytes of a file; the same content gives the same bytes. */
export function encodeTensors({ tensors, metadata }: TensorFile): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  const places: { from: number; values: StoredTensor["values"] }[] = [];
  // Larger items first, so that all lie end to end and aligned, as the format's own writer has it.
  const names = Object.keys(tensors).toSorted((a, b) =>
    tensors[b]!.values.BYTES_PER_ELEMENT - tensors[a]!.values.BYTES_PER_ELEMENT || (a < b ? -1 : 1)
  );
  for (const name of names) {
    const { shape, values } = tensors[name]!;
    const dtype = (Object.keys(kinds) as Kind[]).find((kind) => values instanceof kinds[kind]);
    header[name] = { dtype, shape, data_offsets: [end, end + values.byteLength] };
    places.push({ from: end, values });
    end += values.byteLength;
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(8 + padded + end).fill(0x20, 8, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, 8);
  for (const { from, values } of places) {
    bytes.set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      8 + padded + from,
    );
  }
  return bytes;
}

/**
 * Reads the bytes of a file. Arrays are copies.
 *
 * @param name of the file, for errors
 * @throws {GfnError} `E_TENSORS` when it is no such file, or holds a type that gfn does not store
 */
export function decodeTensors(bytes: Uint8Array, name: string): TensorFile {
  const problem = (found: string) =>
    failure("E_TENSORS", `Cannot read ${name}: found ${found}, want a whole safetensors file`);
  if (bytes.length < 8) throw problem(`${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true)), data = 8 + length;
  if (length > LONGEST_HEADER || data > bytes.length) {
    throw problem("a header longer than the file");
  }
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, data)));
  } catch {
    throw problem("a header that is no JSON");
  }
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors: Record<string, StoredTensor> = {};
  for (const [key, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
    if (!isShape(shape) || !isShape(offsets) || offsets.length !== 2) {
      throw problem(`no place for "${key}"`);
    }
    if (typeof dtype !== "string" || !Object.hasOwn(kinds, dtype)) {
      throw problem(`the type ${String(dtype)} of "${key}"`);
    }
    const [from, to] = offsets as [number, number], make = kinds[dtype as Kind];
    const count = shape.reduce((product, n) => product * n, 1);
    if (to - from !== count * make.BYTES_PER_ELEMENT || data + to > bytes.length) {
      throw problem(`"${key}" cut off`);
    }
    const own = bytes.slice(data + from, data + to);
    tensors[key] = { shape, values: new make(own.buffer, 0, count) };
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

function isShape(x: unknown): x is number[] {
  return Array.isArray(x) && x.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/**
 * Tensors of a safetensors file.
 *
 * @module
 */
import type { TensorByName } from "./seh_proxy.ts";

/** The float32 tensors of a file that we ship ourselves. */
export function tensorsOf(bytes: Uint8Array): TensorByName {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  return (name) => {
    const [from, to] = header[name]!.data_offsets;
    const at = (i: number) => view.getFloat32(start + from + 4 * i, true);
    return Float32Array.from({ length: (to - from) / 4 }, (_, i) => at(i));
  };
}

/**
 * The AssemblyScript compiler as a program apart. With binaryen it takes 102 MB, which nobody but who
 * builds kernels needs; so its pin and its lock are not the project's but those of `assemblyscript/`.
 *
 * @module
 */
import { deno } from "./bundle.ts";

const config = new URL("assemblyscript/deno.json", import.meta.url).pathname;

/**
 * Compiles a module to the bytes of its WebAssembly.
 *
 * @param folder where the source and what it imports are
 * @param entry its file in that folder
 * @param options of the compiler, but for where it reads and writes
 * @throws what the compiler says where it fails
 */
export async function compile(
  folder: string,
  entry: string,
  options: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const made = await Deno.makeTempDir();
  try {
    const rights = [
      "--no-prompt",
      "--allow-env",
      `--allow-read=${folder}`,
      `--allow-write=${made}`,
    ];
    const where = [entry, "--baseDir", folder, "--outFile", `${made}/module.wasm`];
    await deno(
      ...["run", "--quiet", ...rights, "--config", config, "assemblyscript/asc"],
      ...[...where, ...options],
    );
    return await Deno.readFile(`${made}/module.wasm`);
  } finally {
    await Deno.remove(made, { recursive: true });
  }
}

/**
 * Who computes the products of matrices that are nearly all of training.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { kernelBuild, useKernels } from "./kernels/kernels.ts";
import { setBlasThreads, useBlas } from "./native_blas.ts";
import { startThreads, type Threads } from "./threads.ts";

/** The settings `engine` of a run. */
export interface EngineSettings {
  /**
   * `wasm` is as fast as WebAssembly goes on this machine, `strict` gives the same bits on every machine,
   * `blas` calls the system's native library.
   */
  gemm: "wasm" | "strict" | "blas";
  /** Path of that library; null looks for it by name. */
  blas: string | null;
}

/**
 * Has products computed as the settings say, from now on and for everything.
 *
 * @throws {GfnError} `E_PERMISSION` or `E_BLAS` when there is no native library to be had
 */
export function useEngine({ gemm, blas }: EngineSettings): void {
  if (gemm === "blas") useBlas(blas);
  else useKernels(gemm === "strict" ? "strict" : kernelBuild);
}

/**
 * Uses the engine with a number of threads: helpers of ours, or the native library's own.
 *
 * @param asked the number wanted, if somebody wants one
 * @param preset the number otherwise, which a library that cannot be told leaves out of account
 * @throws {GfnError} `E_THREADS` for a number that cannot be had, and as {@linkcode useEngine}
 */
export function startEngine(
  settings: EngineSettings,
  asked: number | undefined,
  preset: number,
): Promise<Threads> {
  useEngine(settings);
  const count = asked ?? preset;
  if (settings.gemm !== "blas") return startThreads(count);
  const told = setBlasThreads(settings.blas, count);
  if (told || asked === undefined) {
    return Promise.resolve({ count: told ? count : null, stop() {} });
  }
  throw usageError(
    "E_THREADS",
    `Cannot use ${count} threads: the BLAS library takes their number from its environment alone, want no --threads`,
  );
}

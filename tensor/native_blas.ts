/**
 * Products of matrices by the system's BLAS, called through Deno's foreign function interface: twice as
 * fast as WebAssembly where the processor has vectors of 256 or 512 bits. It is native code, so it wants
 * --allow-ffi, is never the default and gives other last bits on other machines.
 *
 * @module
 */
import { usageError } from "../errors.ts";
import { allocate, memory, release } from "./heap.ts";
import {
  epilogue,
  instantiate,
  kernelBuild,
  type Kernels,
  productsInUse,
  useProducts,
} from "./kernels/kernels.ts";

/** Where BLAS is looked for, by operating system, first to last. */
const names: Readonly<Record<string, readonly string[]>> = {
  linux: ["libopenblas.so.0", "libopenblas.so", "libmkl_rt.so", "libblis.so.4", "libcblas.so.3"],
  darwin: [
    "/System/Library/Frameworks/Accelerate.framework/Accelerate",
    "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
    "/usr/local/opt/openblas/lib/libopenblas.dylib",
  ],
};

/** Rows from which the library's speed is worth the way there: a call, and weights out of their panels. */
const WORTH_A_CALL = 8;

const ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112;

/** Addresses go as plain numbers: below 2^53 they are exact, and making pointer objects costs garbage. */
const symbols = {
  cblas_sgemm: {
    // order, transposes of A and B, M, N, K, alpha, A, lda, B, ldb, beta, C, ldc
    parameters: [
      ...["i32", "i32", "i32", "i32", "i32", "i32", "f32"] as const,
      ...["usize", "i32", "usize", "i32", "f32", "usize", "i32"] as const,
    ],
    result: "void",
  },
  openblas_set_num_threads: { parameters: ["i32"], result: "void", optional: true },
} as const;

type Library = Deno.DynamicLibrary<typeof symbols>;

/** cblas_sgemm, whose addresses Deno's types want as bigint and Deno takes as either. */
type Sgemm = (...numbers: readonly number[]) => void;

/** Libraries once opened, by what was asked for: they stay open as long as the process. */
const opened = new Map<string, { path: string; library: Library }>();

/**
 * Has products of matrices computed by the system's BLAS, until other kernels are put to use.
 *
 * @param path of the library; null looks for the usual ones by name
 * @throws {GfnError} `E_PERMISSION` without --allow-ffi, `E_BLAS` when no library is found or fits
 */
export function useBlas(path: string | null): void {
  const { path: found, library } = open(path);
  if (productsInUse() === found) return;
  useProducts(found, products(library.symbols.cblas_sgemm as unknown as Sgemm));
}

/**
 * Sets the number of the library's own threads; nothing happens in libraries that take it from their
 * environment alone.
 *
 * @returns whether the library was told
 */
export function setBlasThreads(path: string | null, count: number): boolean {
  const set = open(path).library.symbols.openblas_set_num_threads;
  set?.(count);
  return set !== null;
}

function open(path: string | null): { path: string; library: Library } {
  const known = opened.get(path ?? "");
  if (known) return known;
  requireFfi(path);
  const tried = path === null ? names[Deno.build.os] ?? [] : [path];
  const reasons: string[] = [];
  for (const candidate of tried) {
    try {
      const found = { path: candidate, library: Deno.dlopen(candidate, symbols) };
      opened.set(path ?? "", found);
      return found;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      reasons.push(reason.replace(/^(Could not open library: )+/, ""));
    }
  }
  throw usageError(
    "E_BLAS",
    path === null
      ? `Cannot use engine.gemm = blas: found none of ${
        tried.join(", ") || "any library known for this system"
      }, want one installed (Debian: libopenblas0) or its path in engine.blas`
      : `Cannot use the BLAS library ${path}: ${
        reasons[0]
      }; want a library with cblas_sgemm in engine.blas`,
  );
}

function requireFfi(path: string | null): void {
  const ffi = globalThis.Deno?.permissions.querySync({
    name: "ffi",
    ...(path !== null && { path }),
  });
  if (ffi?.state === "granted") return;
  throw usageError(
    "E_PERMISSION",
    `Cannot use engine.gemm = blas: found no permission to call native code, want deno run --allow-ffi${
      path === null ? "" : `=${path}`
    }`,
  );
}

/** The two products on top of a library that only sums. */
function products(
  sgemm: Sgemm,
): Pick<Kernels, "gemm" | "gemmTransposed"> {
  const own = instantiate(kernelBuild), base = addressOfMemory();
  return {
    gemm(a, strideA, b, c, strideC, rows, K, panels, then, extra) {
      if (rows < WORTH_A_CALL) {
        own.gemm(a, strideA, b, c, strideC, rows, K, panels, then, extra);
        return;
      }
      const N = 8 * panels, matrix = allocate(4 * K * N);
      own.unpackPanels(b, K, panels, matrix);
      sgemm(
        ...[ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, rows, N, K, 1] as const,
        ...[base + a, strideA / 4, base + matrix, N, 0, base + c, strideC / 4] as const,
      );
      release(matrix);
      if (then === epilogue.bias) own.addBias(c, strideC, rows, panels, extra, 0);
      else if (then === epilogue.biasRelu) own.addBias(c, strideC, rows, panels, extra, 1);
      else if (then === epilogue.reluMask) own.maskRelu(c, strideC, rows, panels, extra);
    },
    gemmTransposed(a, strideA, b, strideB, c, rows, K, panels) {
      if (rows < WORTH_A_CALL) {
        own.gemmTransposed(a, strideA, b, strideB, c, rows, K, panels);
        return;
      }
      const N = 8 * panels, matrix = allocate(4 * K * N);
      sgemm(
        ...[ROW_MAJOR, TRANSPOSE, NO_TRANSPOSE, K, N, rows, 1] as const,
        ...[base + a, strideA / 4, base + b, strideB / 4, 0, base + matrix, N] as const,
      );
      own.packPanels(matrix, K, panels, c);
      release(matrix);
    },
  };
}

/** Where address 0 of the memory lies in the process; a WebAssembly memory of fixed size never moves. */
function addressOfMemory(): number {
  const start = Deno.UnsafePointer.of(new Uint8Array(memory.buffer));
  return Number(Deno.UnsafePointer.value(start));
}

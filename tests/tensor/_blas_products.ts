/**
 * Products by the system's BLAS beside ours: prints the largest difference as JSON, or null where no
 * library is found. Its own process, because native code wants a permission that no other test has.
 *
 * @module
 */
import { GfnError } from "../../errors.ts";
import { allocate, f32 } from "../../tensor/heap.ts";
import { epilogue, instantiate, kernelBuild, kernels } from "../../tensor/kernels/kernels.ts";
import { useBlas } from "../../tensor/native_blas.ts";
import { RandomStream } from "../../tensor/random.ts";

const random = RandomStream.of(0, "blas");

function matrix(rows: number, columns: number): number {
  const pointer = allocate(4 * rows * columns), data = f32(pointer, rows * columns);
  data.forEach((_, i) => data[i] = random.uniform() - 0.5);
  return pointer;
}

function largestDifference(): number {
  const own = instantiate(kernelBuild);
  let largest = 0;
  const compare = (a: number, b: number, size: number) => {
    const x = f32(a, size), y = f32(b, size);
    x.forEach((value, i) => largest = Math.max(largest, Math.abs(value - y[i]!)));
  };
  for (const [rows, K, panels] of [[1, 5, 1], [8, 5, 1], [64, 80, 32], [301, 37, 5]] as const) {
    const N = 8 * panels, a = matrix(rows, K), b = matrix(K, N), extra = matrix(rows + 1, N);
    const ours = matrix(rows, N), theirs = matrix(rows, N);
    for (const then of Object.values(epilogue)) {
      own.gemm(a, 4 * K, b, ours, 4 * N, rows, K, panels, then, extra);
      kernels.gemm(a, 4 * K, b, theirs, 4 * N, rows, K, panels, then, extra);
      compare(ours, theirs, rows * N);
    }
    const one = matrix(K, N), other = matrix(K, N);
    own.gemmTransposed(a, 4 * K, extra, 4 * N, one, rows, K, panels);
    kernels.gemmTransposed(a, 4 * K, extra, 4 * N, other, rows, K, panels);
    compare(one, other, K * N);
  }
  return largest;
}

try {
  useBlas(null);
  console.log(JSON.stringify(largestDifference()));
} catch (error) {
  if (!(error instanceof GfnError && error.code === "E_BLAS")) throw error;
  console.log("null");
}

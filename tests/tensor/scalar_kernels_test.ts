import assert from "node:assert/strict";
import fc from "fast-check";
import { allocate, f32, i32, release, u8 } from "../../tensor/heap.ts";
import { epilogue, instantiate, kernelBuild, type Kernels } from "../../tensor/kernels/kernels.ts";
import { RandomStream } from "../../tensor/random.ts";
import { scalarKernels } from "./_scalar_kernels.ts";

const strict = instantiate("strict"), fast = instantiate(kernelBuild);
const random = RandomStream.of(4, "scalar kernels");

/** Where a kernel may write: the bytes there, before and after. */
interface Output {
  pointer: number;
  length: number;
}

/** Runs a kernel of each build on blocks of random numbers and compares what it leaves in `output`. */
function compare(
  sizes: readonly number[],
  output: number,
  call: (run: Kernels, pointers: number[]) => void,
  tolerance: number,
): void {
  const pointers = sizes.map((size) => {
    const pointer = allocate(4 * size), data = f32(pointer, size);
    data.forEach((_, i) => data[i] = random.uniform() - 0.5);
    return pointer;
  });
  const target: Output = { pointer: pointers[output]!, length: sizes[output]! };
  const first = f32(target.pointer, target.length).slice();
  const results = [scalarKernels, strict, fast].map((run) => {
    f32(target.pointer, target.length).set(first);
    call(run, pointers);
    return f32(target.pointer, target.length).slice();
  });
  pointers.forEach(release);
  const [scalar, exact, near] = results as [Float32Array, Float32Array, Float32Array];
  assert.deepEqual(exact, scalar, "strict build");
  const worst = near.reduce((most, x, i) => Math.max(most, Math.abs(x - scalar[i]!)), 0);
  assert.ok(worst <= tolerance, `${kernelBuild} build differs by ${worst}`);
}

const rows = fc.oneof(
  fc.constantFrom(0, 1, 5, 6, 7, 95, 96, 97, 255, 256, 257, 700),
  fc.integer({ min: 1, max: 700 }),
);
const width = fc.integer({ min: 1, max: 45 });
const pad = (columns: number) => 8 * Math.ceil(columns / 8);
const settings = { seed: 20261124, numRuns: 60 };

Deno.test("gemm() has the scalar reference's bits, with every epilogue", () => {
  fc.assert(
    fc.property(
      rows,
      width,
      width,
      fc.constantFrom(...Object.values(epilogue)),
      (R, K, N, then) => {
        const P = pad(N), strideA = pad(K);
        compare(
          [R * strideA, K * P, R * P, Math.max(1, R) * P],
          2,
          (run, [a, b, c, extra]) =>
            run.gemm(a!, 4 * strideA, b!, c!, 4 * P, R, K, P / 8, then, extra!),
          2e-6,
        );
      },
    ),
    settings,
  );
});

Deno.test("gemmTransposed() has the scalar reference's bits", () => {
  fc.assert(
    fc.property(rows, width, width, (R, K, N) => {
      const P = pad(N), strideA = pad(K);
      compare(
        [R * strideA, R * P, K * P],
        2,
        (run, [a, b, c]) => run.gemmTransposed(a!, 4 * strideA, b!, 4 * P, c!, R, K, P / 8),
        2e-5,
      );
    }),
    settings,
  );
});

Deno.test("transposes and packings move the scalar reference's numbers", () => {
  fc.assert(
    fc.property(width, width, (K, N) => {
      const P = pad(N);
      compare([K * P, N * pad(K)], 1, (run, [b, out]) => run.transposePanels(b!, K, N, out!), 0);
      for (const kernel of ["packPanels", "unpackPanels"] as const) {
        compare([K * P, K * P], 1, (run, [from, out]) => run[kernel](from!, K, P / 8, out!), 0);
      }
    }),
    settings,
  );
});

Deno.test("epilogues alone have the scalar reference's bits", () => {
  fc.assert(
    fc.property(rows, width, fc.constantFrom(0 as const, 1 as const), (R, N, relu) => {
      const P = pad(N), sizes = [R * P, P, R * P];
      compare(sizes, 0, (run, [c, bias]) => run.addBias(c!, 4 * P, R, P / 8, bias!, relu), 0);
      compare(sizes, 0, (run, [c, , mask]) => run.maskRelu(c!, 4 * P, R, P / 8, mask!), 0);
    }),
    settings,
  );
});

Deno.test("sums over columns, padding and scattered rows have the scalar reference's bits", () => {
  fc.assert(
    fc.property(rows, width, (R, N) => {
      const P = pad(N);
      compare([R * P, P], 1, (run, [a, out]) => run.columnSums(a!, 4 * P, R, P / 8, out!), 0);
      compare([R * N, R * P], 1, (run, [from, to]) => run.padColumns(from!, R, N, to!), 0);
      compare([R * P, R * N], 1, (run, [from, to]) => run.trimColumns(from!, R, N, to!), 0);
      compare([R * N, R, R * N], 2, (run, [from, index, to]) => {
        i32(index!, R).forEach((_, i, all) => all[i] = R - 1 - i);
        run.scatterRows(from!, R, 4 * N, index!, to!);
      }, 0);
    }),
    settings,
  );
});

Deno.test("rows are found, gathered and scattered with the scalar reference's bits", () => {
  const fields = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(rows, fields, width, fc.constantFrom(0 as const, 1 as const), (R, F, N, relu) => {
      const P = pad(N), values = 3 * F, random = RandomStream.of(R, "fields");
      const draw = Int32Array.from({ length: R * F }, () => random.integer(3));
      const sizes = [R * F, F, F, R * F, values * P, P, R * P];
      const locate = (run: Kernels, pointers: number[]) => {
        const [from, size, first, index] = pointers as [number, number, number, number];
        i32(from, R * F).set(draw);
        i32(size, F).fill(3);
        i32(first, F).forEach((_, f, all) => all[f] = 3 * f);
        assert.equal(run.findRows(from, R, F, size, first, index), -1);
        return index;
      };
      compare(sizes, 3, locate, 0);
      compare(sizes, 6, (run, pointers) => {
        const [matrix, bias, out] = pointers.slice(4) as [number, number, number];
        run.gatherSum(locate(run, pointers), R, F, matrix, P, bias, out, relu);
      }, 0);
      compare(sizes, 4, (run, pointers) => {
        run.scatterAdd(locate(run, pointers), R, F, pointers[6]!, P, pointers[4]!);
      }, 0);
    }),
    { ...settings, numRuns: 30 },
  );
});

Deno.test("Adam and the sum of squares have the scalar reference's bits", () => {
  fc.assert(
    fc.property(fc.nat({ max: 300 }), fc.integer({ min: 1, max: 9 }), (length, t) => {
      const rate = 1e-2 / (1 - 0.9 ** t), root = Math.sqrt(1 - 0.999 ** t);
      for (const moved of [0, 2, 3]) {
        compare([length, length, length, length], moved, (run, pointers) => {
          const [x, gradient, m, v] = pointers as [number, number, number, number];
          const saved = u8(x, 4 * length).slice(), moments = u8(m, 4 * length).slice();
          f32(v, length).forEach((value, i, all) => all[i] = Math.abs(value));
          const second = u8(v, 4 * length).slice();
          run.adam(x, gradient, m, v, length, 0.3, 0.9, 0.999, rate, root, 1e-8);
          // What is not compared is put back, for the next build.
          if (moved !== 0) u8(x, 4 * length).set(saved);
          if (moved !== 2) u8(m, 4 * length).set(moments);
          if (moved !== 3) u8(v, 4 * length).set(second);
        }, 0);
      }
      compare([length, 1], 1, (run, [x, out]) => {
        f32(out!, 1)[0] = run.sumOfSquares(x!, length);
      }, 0);
    }),
    settings,
  );
});

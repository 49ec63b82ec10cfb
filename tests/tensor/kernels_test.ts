import assert from "node:assert/strict";
import fc from "fast-check";
import { allocate, f32, i32, inUse, release } from "../../tensor/heap.ts";
import {
  type Epilogue,
  epilogue,
  instantiate,
  kernelBuild,
  kernels,
} from "../../tensor/kernels/kernels.ts";
import { RandomStream } from "../../tensor/random.ts";

const ROWS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 50, 97];
const builds = [...new Set([kernelBuild, "strict" as const])].map((build) => ({
  build,
  run: instantiate(build),
}));

const stream = RandomStream.of(1, "kernel tests");

function pad(columns: number): number {
  return Math.ceil(columns / 8) * 8;
}

/** Heap blocks that are released when `body` is done; fresh ones hold NaN, so that a gap would show. */
function scope(body: (floats: (length: number) => Block) => void): void {
  const before = inUse(), blocks: number[] = [];
  try {
    body((length) => {
      const pointer = allocate(length * 4);
      blocks.push(pointer);
      return { pointer, data: f32(pointer, length).fill(NaN) };
    });
  } finally {
    blocks.forEach(release);
  }
  assert.equal(inUse(), before);
}

interface Block {
  pointer: number;
  data: Float32Array;
}

/** Fills [rows, pad(columns)] with numbers in [-1, 1), padding 0. */
function fillMatrix({ data }: Block, rows: number, columns: number): void {
  const P = pad(columns);
  for (let i = 0; i < rows * P; i++) data[i] = i % P < columns ? 2 * stream.uniform() - 1 : 0;
}

/** Where element (k, n) of a [K, N] matrix in panels lies. */
function inPanels(K: number, k: number, n: number): number {
  return 8 * K * (n >> 3) + 8 * k + (n & 7);
}

function fillPanels({ data }: Block, K: number, N: number): void {
  data.fill(0);
  for (let k = 0; k < K; k++) {
    for (let n = 0; n < N; n++) data[inPanels(K, k, n)] = 2 * stream.uniform() - 1;
  }
}

/** Equal but for float32 rounding of a sum whose terms have absolute values adding up to `size`. */
function assertNear(actual: number, expected: number, size: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= 4e-7 * (size + 1),
    `${what}: ${actual}, want ${expected}`,
  );
}

/** Checks gemm against the definition with one shape and one epilogue. */
function checkGemm(run: typeof kernels, rows: number, K: number, N: number, kind: Epilogue): void {
  scope((floats) => {
    const PK = pad(K), P = pad(N);
    const a = floats(rows * PK), b = floats(K * P), c = floats(rows * P);
    const bias = floats(P), activation = floats(rows * P);
    fillMatrix(a, rows, K);
    fillPanels(b, K, N);
    fillMatrix(bias, 1, N);
    fillMatrix(activation, rows, N);
    const extra = kind === epilogue.none
      ? 0
      : kind === epilogue.reluMask
      ? activation.pointer
      : bias.pointer;
    run.gemm(a.pointer, 4 * PK, b.pointer, c.pointer, 4 * P, rows, K, P / 8, kind, extra);
    for (let r = 0; r < rows; r++) {
      for (let n = 0; n < P; n++) {
        let sum = 0, size = 0;
        for (let k = 0; k < K; k++) {
          const term = a.data[r * PK + k]! * b.data[inPanels(K, k, n)]!;
          sum += term;
          size += Math.abs(term);
        }
        const at = r * P + n;
        const expected = {
          [epilogue.none]: sum,
          [epilogue.bias]: sum + bias.data[n]!,
          [epilogue.biasRelu]: Math.max(0, sum + bias.data[n]!),
          [epilogue.reluMask]: activation.data[at]! > 0 ? sum : 0,
        }[kind];
        const what = `[${r}, ${n}] of ${rows}x${K}x${N}, epilogue ${kind}`;
        if (n >= N) assert.equal(c.data[at], 0, what);
        else assertNear(c.data[at]!, expected, size, what);
      }
    }
  });
}

/** Checks gemmTransposed against the definition with one shape. */
function checkGemmTransposed(run: typeof kernels, rows: number, K: number, N: number): void {
  scope((floats) => {
    const PK = pad(K), P = pad(N);
    const a = floats(rows * PK), b = floats(rows * P), c = floats(K * P + 8);
    fillMatrix(a, rows, K);
    fillMatrix(b, rows, N);
    run.gemmTransposed(a.pointer, 4 * PK, b.pointer, 4 * P, c.pointer, rows, K, P / 8);
    for (let k = 0; k < K; k++) {
      for (let n = 0; n < P; n++) {
        let sum = 0, size = 0;
        for (let r = 0; r < rows; r++) {
          const term = a.data[r * PK + k]! * b.data[r * P + n]!;
          sum += term;
          size += Math.abs(term);
        }
        const what = `[${k}, ${n}] of ${rows}x${K}x${N}`;
        if (n >= N) assert.equal(c.data[inPanels(K, k, n)], 0, what);
        else assertNear(c.data[inPanels(K, k, n)]!, sum, size, what);
      }
    }
    assert.ok(c.data.subarray(K * P).every(Number.isNaN), "writes behind the result");
  });
}

for (const { build, run } of builds) {
  Deno.test(`gemm() is a product and its epilogue (${build})`, () => {
    for (const rows of ROWS) {
      for (const kind of Object.values(epilogue)) checkGemm(run, rows, 17, 21, kind);
    }
  });

  Deno.test(`gemm() fits any shape (${build})`, () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(fc.nat({ max: 120 }), size, size, fc.nat({ max: 3 }), (rows, K, N, kind) => {
        checkGemm(run, rows, K, N, kind as Epilogue);
      }),
      { numRuns: 60 },
    );
  });

  Deno.test(`gemm() gives a row the same bits in any batch (${build})`, () => {
    scope((floats) => {
      const K = 33, P = 16, rows = 97;
      const a = floats(rows * 40), b = floats(K * P), all = floats(rows * P), one = floats(P);
      fillMatrix(a, rows, K);
      fillPanels(b, K, P);
      run.gemm(a.pointer, 160, b.pointer, all.pointer, 64, rows, K, 2, epilogue.none, 0);
      for (let r = 0; r < rows; r++) {
        run.gemm(a.pointer + 160 * r, 160, b.pointer, one.pointer, 64, 1, K, 2, epilogue.none, 0);
        assert.deepEqual(all.data.subarray(r * P, (r + 1) * P), one.data);
      }
    });
  });

  Deno.test(`gemmTransposed() is A^T B in panels (${build})`, () => {
    for (const rows of ROWS) {
      for (const K of [1, 2, 3, 4, 5, 6, 13]) checkGemmTransposed(run, rows, K, 11);
    }
  });

  Deno.test(`gemmTransposed() fits any shape (${build})`, () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(fc.nat({ max: 120 }), size, size, (rows, K, N) => {
        checkGemmTransposed(run, rows, K, N);
      }),
      { numRuns: 60 },
    );
  });
}

Deno.test("gemm() and its ReLU let NaN through", () => {
  scope((floats) => {
    const a = floats(8), b = floats(8), c = floats(8), bias = floats(8);
    bias.data.fill(0);
    b.data.fill(1);
    kernels.gemm(a.pointer, 32, b.pointer, c.pointer, 32, 1, 1, 1, epilogue.biasRelu, bias.pointer);
    assert.ok(c.data.every(Number.isNaN));
  });
});

Deno.test("transposePanels() swaps rows and columns, padding 0", () => {
  const size = fc.integer({ min: 1, max: 30 });
  fc.assert(fc.property(size, size, (K, N) => {
    scope((floats) => {
      const b = floats(K * pad(N)), out = floats(N * pad(K));
      fillPanels(b, K, N);
      kernels.transposePanels(b.pointer, K, N, out.pointer);
      for (let n = 0; n < N; n++) {
        for (let k = 0; k < pad(K); k++) {
          const expected = k < K ? b.data[inPanels(K, k, n)] : 0;
          assert.equal(out.data[inPanels(N, n, k)], expected);
        }
      }
    });
  }));
});

Deno.test("findRows() adds each field's first row and finds the first bad value", () => {
  scope((floats) => {
    const [values, sizes, first, out] = [6, 3, 3, 6].map((length) => {
      const { pointer } = floats(length);
      return { pointer, data: i32(pointer, length) };
    }) as [IntBlock, IntBlock, IntBlock, IntBlock];
    sizes.data.set([2, 3, 4]);
    first.data.set([0, 2, 5]);
    const find = (...numbers: number[]) => {
      values.data.set(numbers);
      return kernels.findRows(values.pointer, 2, 3, sizes.pointer, first.pointer, out.pointer);
    };
    assert.equal(find(0, 1, 2, 1, 2, 3), -1);
    assert.deepEqual([...out.data], [0, 3, 7, 1, 4, 8]);
    assert.equal(find(0, 1, 2, 1, 3, 3), 4);
    assert.equal(find(0, 1, -1, 1, 2, 3), 2);
  });
});

interface IntBlock {
  pointer: number;
  data: Int32Array;
}

Deno.test("gatherSum() sums rows, scatterAdd() is its transpose", () => {
  const shape = { rows: fc.nat({ max: 20 }), fields: fc.nat({ max: 5 }), N: fc.nat({ max: 40 }) };
  fc.assert(fc.property(fc.record(shape), fc.constantFrom(0, 1), ({ rows, fields, N }, relu) => {
    scope((floats) => {
      const values = 7, P = pad(N + 1);
      const matrix = floats(values * P), bias = floats(P), out = floats(rows * P);
      const indexBlock = floats(rows * fields), index = i32(indexBlock.pointer, rows * fields);
      fillMatrix(matrix, values, N + 1);
      fillMatrix(bias, 1, N + 1);
      for (let i = 0; i < index.length; i++) index[i] = stream.integer(values);
      kernels.gatherSum(
        indexBlock.pointer,
        rows,
        fields,
        matrix.pointer,
        P,
        bias.pointer,
        out.pointer,
        relu as 0 | 1,
      );
      const gradient = floats(values * P), expected = new Float64Array(values * P);
      gradient.data.fill(0);
      for (let r = 0; r < rows; r++) {
        for (let n = 0; n < P; n++) {
          let sum = bias.data[n]!;
          for (let f = 0; f < fields; f++) {
            const at = index[r * fields + f]! * P + n;
            sum += matrix.data[at]!;
            expected[at]! += out.data[r * P + n]!;
          }
          assertNear(out.data[r * P + n]!, relu ? Math.max(0, sum) : sum, fields + 1, "sum");
        }
      }
      kernels.scatterAdd(
        indexBlock.pointer,
        rows,
        fields,
        out.pointer,
        P,
        gradient.pointer,
      );
      expected.forEach((x, i) => assertNear(gradient.data[i]!, x, rows * fields * 6, "gradient"));
    });
  }));
});

Deno.test("columnSums() adds up the rows", () => {
  for (const rows of ROWS) {
    scope((floats) => {
      const a = floats(rows * 24), out = floats(24);
      fillMatrix(a, rows, 21);
      kernels.columnSums(a.pointer, 96, rows, 3, out.pointer);
      for (let n = 0; n < 24; n++) {
        let sum = 0;
        for (let r = 0; r < rows; r++) sum += a.data[r * 24 + n]!;
        assertNear(out.data[n]!, sum, rows, `column ${n}`);
      }
    });
  }
});

Deno.test("padColumns() fills up with 0 and trimColumns() undoes it", () => {
  const size = fc.nat({ max: 20 });
  fc.assert(fc.property(size, fc.integer({ min: 1, max: 20 }), (rows, N) => {
    scope((floats) => {
      const P = pad(N), from = floats(rows * N), padded = floats(rows * P), back = floats(rows * N);
      from.data.forEach((_, i) => from.data[i] = i + 1);
      kernels.padColumns(from.pointer, rows, N, padded.pointer);
      padded.data.forEach((x, i) =>
        assert.equal(x, i % P < N ? Math.floor(i / P) * N + i % P + 1 : 0)
      );
      kernels.trimColumns(padded.pointer, rows, N, back.pointer);
      assert.deepEqual(back.data, from.data);
    });
  }));
});

Deno.test("adam() follows its equations, and leaves 0 where the gradient is 0", () => {
  for (const length of [0, 1, 3, 4, 7, 32]) {
    scope((floats) => {
      const x = floats(length), g = floats(length), m = floats(length), v = floats(length);
      x.data.forEach((_, i) => x.data[i] = i === 2 ? 0 : stream.normal());
      [m, v].forEach(({ data }) => data.fill(0));
      const ref = Array.from(x.data, (x) => ({ x, m: 0, v: 0 }));
      const lr = 1e-2, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, scale = 0.25;
      for (let t = 1; t <= 5; t++) {
        g.data.forEach((_, i) => g.data[i] = i === 2 ? 0 : stream.normal());
        const rate = lr / (1 - beta1 ** t), root = Math.sqrt(1 - beta2 ** t);
        kernels.adam(
          x.pointer,
          g.pointer,
          m.pointer,
          v.pointer,
          length,
          scale,
          beta1,
          beta2,
          rate,
          root,
          epsilon,
        );
        ref.forEach((one, i) => {
          const gradient = scale * g.data[i]!;
          one.m = beta1 * one.m + (1 - beta1) * gradient;
          one.v = beta2 * one.v + (1 - beta2) * gradient ** 2;
          one.x -= rate * one.m / (Math.sqrt(one.v) / root + epsilon);
          assertNear(x.data[i]!, one.x, 1, `x[${i}] at step ${t}`);
          assertNear(m.data[i]!, one.m, 1, `m[${i}] at step ${t}`);
        });
        if (length > 2) assert.deepEqual([x.data[2], m.data[2], v.data[2]], [0, 0, 0]);
      }
    });
  }
});

Deno.test("sumOfSquares() sums in doubles", () => {
  for (const length of [0, 1, 2, 3, 4, 5, 1001]) {
    scope((floats) => {
      const x = floats(length);
      x.data.forEach((_, i) => x.data[i] = stream.normal() * 1e4);
      const expected = x.data.reduce((sum, x) => sum + x * x, 0);
      const actual = kernels.sumOfSquares(x.pointer, length);
      assert.ok(Math.abs(actual - expected) <= 1e-14 * expected, `${actual}, want ${expected}`);
    });
  }
});

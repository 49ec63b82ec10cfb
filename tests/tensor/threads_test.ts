import assert from "node:assert/strict";
import fc from "fast-check";
import { GONE, WORDS } from "../../tensor/_parts.js";
import { allocate, f32, i32, inUse, release } from "../../tensor/heap.ts";
import {
  epilogue,
  instantiate,
  kernelBuild,
  kernels,
  kernelsInUse,
  useKernels,
} from "../../tensor/kernels/kernels.ts";
import { RandomStream } from "../../tensor/random.ts";
import { startThreads } from "../../tensor/threads.ts";

const alone = instantiate(kernelBuild);
const stream = RandomStream.of(0, "threads");

/** Runs with matrices [rows, 8 * panels] of random numbers that are given back. */
function withMatrices(sizes: readonly number[], use: (pointers: number[]) => void): void {
  const pointers = sizes.map((size) => {
    const pointer = allocate(4 * size), data = f32(pointer, size);
    for (let i = 0; i < size; i++) data[i] = stream.uniform() - 0.5;
    return pointer;
  });
  try {
    use(pointers);
  } finally {
    pointers.forEach(release);
  }
}

const shape = fc.record({
  rows: fc.integer({ min: 0, max: 700 }),
  K: fc.integer({ min: 1, max: 300 }),
  panels: fc.integer({ min: 1, max: 40 }),
});

for (const count of [2, 3]) {
  Deno.test(`products of ${count} threads have the bits of one`, async () => {
    const before = inUse(), threads = await startThreads(count);
    try {
      fc.assert(
        fc.property(shape, fc.constantFrom(...Object.values(epilogue)), (shape, after) => {
          const { rows, K, panels } = shape, N = 8 * panels;
          const sizes = [rows * K, K * N, rows * N, rows * N, rows * N + N];
          withMatrices(sizes, ([a, b, one, many, extra]) => {
            for (const [run, c] of [[alone, one!], [kernels, many!]] as const) {
              run.gemm(a!, 4 * K, b!, c, 4 * N, rows, K, panels, after, extra!);
            }
            assert.deepEqual(f32(many!, rows * N), f32(one!, rows * N));
          });
          withMatrices([rows * K, rows * N, K * N, K * N], ([a, b, one, many]) => {
            for (const [run, c] of [[alone, one!], [kernels, many!]] as const) {
              run.gemmTransposed(a!, 4 * K, b!, 4 * N, c, rows, K, panels);
            }
            assert.deepEqual(f32(many!, K * N), f32(one!, K * N));
          });
        }),
        { numRuns: 60 },
      );
    } finally {
      threads.stop();
    }
    assert.equal(inUse(), before);
  });
}

Deno.test("products stay right when helpers are asleep, and after they ended", async () => {
  const threads = await startThreads(2);
  const product = () =>
    withMatrices([96 * 256, 256 * 256, 96 * 256, 96 * 256], ([a, b, one, many]) => {
      alone.gemm(a!, 1024, b!, one!, 1024, 96, 256, 32, epilogue.none, 0);
      kernels.gemm(a!, 1024, b!, many!, 1024, 96, 256, 32, epilogue.none, 0);
      assert.deepEqual(f32(many!, 96 * 256), f32(one!, 96 * 256));
    });
  for (const pause of [0, 1, 50, 200]) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    for (let i = 0; i < 20; i++) product();
  }
  threads.stop();
  product();
});

Deno.test("helpers that are stopped look no more at memory that is somebody else's by then", async () => {
  for (const pause of [0, 0, 0, 20]) {
    const one = await startThreads(3), other = await startThreads(2);
    await new Promise((resolve) => setTimeout(resolve, pause));
    one.stop();
    const pointer = allocate(4 * WORDS), words = i32(pointer, WORDS);
    assert.equal(words[GONE], 2, "both have quit, in the block that is free again");
    release(pointer);
    other.stop();
  }
});

Deno.test("a number of threads that is none is refused", async () => {
  for (const count of [0, 1.5, 17, NaN]) {
    await assert.rejects(startThreads(count), { code: "E_THREADS", exitCode: 2 });
  }
  (await startThreads(1)).stop();
});

Deno.test("helpers share the kernels of the build in use", async () => {
  useKernels("strict");
  assert.equal(kernelsInUse(), "strict");
  const strict = instantiate("strict"), threads = await startThreads(2);
  withMatrices([96 * 256, 256 * 256, 96 * 256, 96 * 256], ([a, b, one, many]) => {
    strict.gemm(a!, 1024, b!, one!, 1024, 96, 256, 32, epilogue.none, 0);
    kernels.gemm(a!, 1024, b!, many!, 1024, 96, 256, 32, epilogue.none, 0);
    assert.deepEqual(f32(many!, 96 * 256), f32(one!, 96 * 256));
  });
  threads.stop();
  useKernels(kernelBuild);
  assert.equal(kernelsInUse(), kernelBuild);
});

Deno.test("a helper that was put aside takes no part of a product that began meanwhile", async () => {
  const { DONE, JOB, NEXT, NO_PRODUCT, PART_BITS, SEQUENCE, takeParts, WORDS } = await import(
    "../../tensor/_parts.js"
  );
  const words = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  // Product 1 had one part, which is taken: this helper has seen the counter, and stands before the words.
  Atomics.store(words, NEXT, 1 << PART_BITS | 1);
  Atomics.store(words, SEQUENCE, 1);
  const taken: number[] = [];
  const run = {
    gemm: (...job: number[]) => taken.push(job[5]!),
    gemmTransposed() {},
    attention() {},
    attentionBackward() {},
  };
  // Product 2 of many parts is announced between the counter and the words, as `startThreads` does it.
  const late = new Proxy(words, {
    get(target, key) {
      if (key === String(JOB)) {
        Atomics.exchange(target, NEXT, NO_PRODUCT);
        target.set([0, 5, 0, 4, 0, 0, 0, 4, 240, 1, 1, 0, 0, 48], JOB);
        Atomics.store(target, DONE, 0);
      }
      return Reflect.get(target, key);
    },
  });
  const load = Atomics.load, exchange = Atomics.compareExchange;
  try {
    // Atomics takes no proxy: it is shown what stands behind.
    Object.assign(Atomics, {
      load: (_: unknown, at: number) => load(words, at),
      compareExchange: (_: unknown, at: number, from: number, to: number) =>
        exchange(words, at, from, to),
    });
    takeParts(run, late, 1);
  } finally {
    Object.assign(Atomics, { load, compareExchange: exchange });
  }
  assert.deepEqual(taken, []);
  assert.equal(Atomics.load(words, DONE), 0);
});

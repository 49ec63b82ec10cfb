/**
 * Speed of the products that take nearly all of the training time, in GFLOP/s: the best of several
 * rounds, since the machine may have other work. `deno run bench/kernels_bench.ts`.
 *
 * @module
 */
import { createMlp } from "../policies/mlp.ts";
import { tf } from "../tensor/backend.ts";
import { allocate, f32 } from "../tensor/heap.ts";
import { epilogue, instantiate, kernelBuild } from "../tensor/kernels/kernels.ts";
import { RandomStream } from "../tensor/random.ts";

const WIDTH = 256, PANELS = WIDTH / 8, STRIDE = 4 * WIDTH, MOST_ROWS = 614;
const random = RandomStream.of(0, "bench");

/** Best time of one call in milliseconds, over five rounds of about 50 ms. */
function time(call: () => void): number {
  let best = Infinity, repeats = 1;
  for (let round = 0; round < 6; round++) {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) call();
    const each = (performance.now() - start) / repeats;
    if (round > 0) best = Math.min(best, each); // the first round warms up
    repeats = Math.max(1, Math.ceil(50 / each));
  }
  return best;
}

function randomMatrix(rows: number): number {
  const pointer = allocate(STRIDE * rows), data = f32(pointer, rows * WIDTH);
  data.forEach((_, i) => data[i] = random.uniform() - 0.5);
  return pointer;
}

function print(what: string, rows: number, flops: number, ms: number): void {
  const speed = (flops / ms / 1e6).toFixed(1);
  console.log(
    `${what.padEnd(36)} ${String(rows).padStart(4)} rows ${ms.toFixed(3)} ms ${speed} GFLOP/s`,
  );
}

const a = randomMatrix(MOST_ROWS), b = randomMatrix(WIDTH), c = randomMatrix(MOST_ROWS);
for (const build of new Set([kernelBuild, "strict" as const])) {
  const run = instantiate(build);
  for (const rows of [1, 4, 16, 96, MOST_ROWS]) {
    const ms = time(() =>
      run.gemm(a, STRIDE, b, c, STRIDE, rows, WIDTH, PANELS, epilogue.biasRelu, b)
    );
    print(`gemm 256x256 (${build})`, rows, 2 * rows * WIDTH ** 2, ms);
  }
  for (const rows of [16, 96, MOST_ROWS]) {
    const ms = time(() => run.gemmTransposed(a, STRIDE, c, STRIDE, b, rows, WIDTH, PANELS));
    print(`gemmTransposed 256x256 (${build})`, rows, 2 * rows * WIDTH ** 2, ms);
  }
}

// The network of the paper's grid, d = 4, side 20: 80-256-256-5.
const net = createMlp({
  observation: { kind: "categorical", sizes: [20, 20, 20, 20], write() {} },
  outputs: 5,
  hidden: [WIDTH, WIDTH],
  random,
});
const denseFlops = 2 * (WIDTH ** 2 + WIDTH * 5);
for (const rows of [1, 16, 80, MOST_ROWS]) {
  const values = Int32Array.from({ length: 4 * rows }, () => random.integer(20));
  const input = { rows, values };
  const dy = tf.ones([rows, 5]);
  print("Network.forward 80-256-256-5", rows, rows * denseFlops, time(() => net.forward(input)));
  const step = () =>
    tf.tidy(() => void tf.variableGrads(() => tf.sum(tf.mul(net.apply(input), dy)), [net.weights]));
  print("Network.apply and its gradient", rows, 3 * rows * denseFlops, time(step));
}

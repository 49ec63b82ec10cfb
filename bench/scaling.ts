/**
 * How an iteration of TB grows with the batch, the width of the layers and the side of the grid, with one
 * thread and with two: `deno task scaling`. Trajectories are as long as trained ones.
 *
 * @module
 */
import { startThreads } from "../mod.ts";
import { timeIterations } from "./_iteration.ts";
import { printRow } from "./_table.ts";

interface Point {
  batch: number;
  width: number;
  side: number;
}

const usual: Point = { batch: 16, width: 256, side: 20 };
const axes: Readonly<Record<keyof Point, readonly number[]>> = {
  batch: [16, 64, 256, 1024, 4096],
  width: [64, 128, 256, 512, 1024],
  side: [8, 16, 32, 64],
};

printRow(["what grows", "to", "length", "ms 1 thread", "2 threads", "ratio", "GFLOP/s", "us/step"]);
for (const axis of Object.keys(axes) as (keyof Point)[]) {
  for (const value of axes[axis]) {
    const { batch, width, side }: Point = { ...usual, [axis]: value };
    const settings = {
      env: { name: "hypergrid", dims: 4, side, preset: "easy" },
      objective: "tb",
      policy: { hidden: [width, width] },
      batch,
    };
    const iterations = batch > 256 || width > 512 ? 3 : 15;
    const [one, two] = [
      await timeWith(1, settings, iterations),
      await timeWith(2, settings, iterations),
    ];
    printRow([
      ...[axis, value, one.meanLength.toFixed(1), one.total.toFixed(2), two.total.toFixed(2)],
      (one.total / two.total).toFixed(2),
      (two.flops / two.total / 1e6).toFixed(1),
      (1000 * two.total / (batch * two.meanLength)).toFixed(1),
    ]);
  }
}

async function timeWith(
  count: number,
  settings: Parameters<typeof timeIterations>[0],
  iterations: number,
) {
  const threads = await startThreads(count);
  try {
    return await timeIterations(settings, -2.6, iterations);
  } finally {
    threads.stop();
  }
}

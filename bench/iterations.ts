/**
 * Milliseconds of a training iteration by stage, on hypergrids of growing size, for policies as short as
 * untrained ones and as long as trained ones, with one thread and with two:
 * `deno run bench/iteration_bench.ts ["4d H20"…]`. GFLOP/s count the products of the networks alone.
 *
 * @module
 */
import { startThreads } from "../mod.ts";
import { timeIterations } from "./_iteration.ts";

const grids = [
  { dims: 2, side: 8 },
  { dims: 2, side: 16 },
  { dims: 4, side: 16 },
  { dims: 4, side: 20 },
  { dims: 4, side: 32 },
];
const objectives = [
  { label: "TB", name: "tb" },
  { label: "DB", name: "db" },
  { label: "SubTB", name: "subtb" },
  { label: "VPG gae", name: "vpg" },
  { label: "Ent-PPO K=1", name: "ent-ppo", epochs: 1 },
  { label: "Ent-PPO K=4", name: "ent-ppo", epochs: 4 },
  { label: "Ent-PPO K=8", name: "ent-ppo", epochs: 8 },
];
const wanted = Deno.args;
console.log(
  "grid     objective    policy    threads length     ms = rollout + freeze + updates (of which losses)  steps/s GFLOP/s",
);
for (const grid of grids) {
  const place = `${grid.dims}d H${grid.side}`;
  if (wanted.length > 0 && !wanted.includes(place)) continue;
  for (const { label, ...objective } of objectives) {
    for (const [policy, exitLogit] of [["untrained", 0], ["trained", -2.6]] as const) {
      for (const count of [1, 2]) {
        const threads = await startThreads(count);
        const settings = { env: { name: "hypergrid", ...grid, preset: "easy" }, objective };
        const t = await timeIterations(settings, exitLogit, 20);
        threads.stop();
        const row = [
          place.padEnd(9),
          label.padEnd(13),
          policy.padEnd(10),
          String(count).padStart(6),
          t.meanLength.toFixed(1).padStart(8),
          t.total.toFixed(2).padStart(8),
          `= ${t.rollout.toFixed(2)} + ${t.freeze.toFixed(2)} + ${t.updates.toFixed(2)} (${
            t.loss.toFixed(2)
          })`.padStart(34),
          Math.round(16000 * t.meanLength / t.total).toString().padStart(9),
          (t.flops / t.total / 1e6).toFixed(1).padStart(8),
        ];
        console.log(row.join(""));
      }
    }
  }
}

/**
 * Milliseconds of a training iteration by stage, on hypergrids of growing size, for policies as short as
 * untrained ones and as long as trained ones, with one thread and with two:
 *
 *     deno task bench ["4d H20"…]
 *
 * GFLOP/s count the products of the networks alone; the share is of what as many cores do at most with
 * vectors of 128 bits, measured at the start. Garbage is the largest of an iteration.
 *
 * @module
 */
import { startThreads } from "../mod.ts";
import { timeIterations } from "./_iteration.ts";
import { measurePeak } from "./_peak.ts";
import { printRow } from "./_table.ts";

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
const peak = await measurePeak();
console.log(`Peak of a core: ${peak.toFixed(1)} GFLOP/s. Milliseconds an iteration:`);
printRow([
  ...["grid", "objective", "policy", "threads", "length", "total", "rollout", "freeze", "loss"],
  ...["backward", "update", "eval", "steps/s", "GFLOP/s", "share", "garbage kB"],
]);
for (const grid of grids) {
  const place = `${grid.dims}d H${grid.side}`;
  if (wanted.length > 0 && !wanted.includes(place)) continue;
  for (const { label, ...objective } of objectives) {
    for (const [policy, exitLogit] of [["untrained", 0], ["trained", -2.6]] as const) {
      for (const count of [1, 2]) {
        const threads = await startThreads(count);
        const settings = { env: { name: "hypergrid", ...grid, preset: "easy" }, objective };
        const t = await timeIterations(settings, exitLogit, 20, "evaluated");
        threads.stop();
        const speed = t.flops / t.total / 1e6;
        printRow([
          ...[place, label, policy, count, t.meanLength.toFixed(1), t.total.toFixed(2)],
          ...[t.rollout, t.freeze, t.loss, t.backward, t.update].map((ms) => ms.toFixed(2)),
          t.evaluation.toFixed(1),
          Math.round(16000 * t.meanLength / t.total),
          speed.toFixed(1),
          (speed / peak / count).toFixed(2),
          (t.garbage / 1000).toFixed(0),
        ]);
      }
    }
  }
}

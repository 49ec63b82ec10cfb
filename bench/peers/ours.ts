/**
 * The same work as the peers' runners, one JSON line:
 * `deno run bench/peers/ours.ts OBJECTIVE DIMS SIDE EXIT_LOGIT ITERATIONS THREADS`.
 *
 * @module
 */
import { startThreads } from "../../mod.ts";
import { timeIterations } from "../_iteration.ts";

const [objective, dims, side, exitLogit, iterations, count] = Deno.args;
const threads = await startThreads(Number(count));
const { total, meanLength } = await timeIterations(
  {
    env: { name: "hypergrid", dims: Number(dims), side: Number(side), preset: "easy" },
    objective: objective!,
  },
  Number(exitLogit),
  Number(iterations),
);
threads.stop();
console.log(JSON.stringify({ peer: "gfn", ms: total, meanLength, threads: Number(count) }));

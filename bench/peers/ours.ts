/**
 * The same work as the peers' runners, one JSON line:
 * `deno run --allow-ffi bench/peers/ours.ts OBJECTIVE DIMS SIDE EXIT_LOGIT ITERATIONS THREADS wasm|blas`.
 *
 * @module
 */
import { startEngine } from "../../mod.ts";
import { timeIterations } from "../_iteration.ts";

const [objective, dims, side, exitLogit, iterations, count, gemm] = Deno.args;
const settings = { gemm: gemm === "blas" ? "blas" : "wasm", blas: null } as const;
const threads = await startEngine(settings, Number(count), 1);
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

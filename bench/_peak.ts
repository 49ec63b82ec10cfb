/**
 * The most that one core does with the vectors WebAssembly has: fused multiply-adds of 4 numbers at a
 * time, in registers alone.
 *
 * @module
 */
import { compile } from "../_tools/asc.ts";

/** Sums that do not wait for each other: more than a core has multiply-adds under way. */
const SUMS = 12;

const names = Array.from({ length: SUMS }, (_, i) => `s${i}`);
const source = `
export function run(turns: i32, a: f32, b: f32): f32 {
  const x = f32x4.splat(a), y = f32x4.splat(b);
  ${names.map((s, i) => `let ${s} = f32x4.splat(${i}.0);`).join("\n  ")}
  for (let i = 0; i < turns; i++) {
    ${names.map((s) => `${s} = f32x4.relaxed_madd(x, y, ${s});`).join("\n    ")}
  }
  let sum = ${names[0]};
  ${names.slice(1).map((s) => `sum = f32x4.add(sum, ${s});`).join("\n  ")}
  return f32x4.extract_lane(sum, 0);
}`;

async function compileRun(): Promise<(turns: number, a: number, b: number) => number> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/peak.ts`, source);
    const wasm = await compile(folder, "peak.ts", [
      ...["--runtime", "stub", "-O3", "--enable", "simd", "--enable", "relaxed-simd"],
    ]);
    const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(wasm));
    return exports.run as (turns: number, a: number, b: number) => number;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** GFLOP/s of one core, the best of ten rounds of about 20 ms: the machine may have other work. */
export async function measurePeak(): Promise<number> {
  const run = await compileRun(), turns = 1e5;
  let best = 0;
  for (let round = 0; round < 1000; round++) {
    const start = performance.now();
    run(turns, 0.999, 0.001);
    best = Math.max(best, turns * SUMS * 4 * 2 / (performance.now() - start) / 1e6);
  }
  return best;
}

if (import.meta.main) console.log(`${(await measurePeak()).toFixed(1)} GFLOP/s`);

/**
 * The most that one core does with the vectors WebAssembly has: fused multiply-adds of 4 numbers at a
 * time, in registers alone.
 *
 * @module
 */
import asc from "assemblyscript/asc";

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

async function compile(): Promise<(turns: number, a: number, b: number) => number> {
  let wasm = new Uint8Array(0);
  const { error, stderr } = await asc.main([
    ...["peak.ts", "--outFile", "peak.wasm", "--runtime", "stub", "-O3"],
    ...["--enable", "simd", "--enable", "relaxed-simd"],
  ], {
    readFile: (name) => name === "peak.ts" ? source : null,
    writeFile(_name, contents) {
      wasm = Uint8Array.from(contents as Uint8Array);
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`Cannot compile the measure of the peak: ${stderr}`, { cause: error });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  return exports.run as (turns: number, a: number, b: number) => number;
}

/** GFLOP/s of one core, the best of ten rounds of about 20 ms: the machine may have other work. */
export async function measurePeak(): Promise<number> {
  const run = await compile(), turns = 1e5;
  let best = 0;
  for (let round = 0; round < 1000; round++) {
    const start = performance.now();
    run(turns, 0.999, 0.001);
    best = Math.max(best, turns * SUMS * 4 * 2 / (performance.now() - start) / 1e6);
  }
  return best;
}

if (import.meta.main) console.log(`${(await measurePeak()).toFixed(1)} GFLOP/s`);

import assert from "node:assert/strict";
import { measureMemory } from "../../bench/memory.ts";

// The long form is `deno task memory`, a million trajectories.
Deno.test("50,000 trajectories with lines and checkpoints take no more memory at the end", async () => {
  const { samples } = await measureMemory(50_000);
  assert.ok(samples.length >= 6, JSON.stringify(samples));
  // V8's heap grows until it collects, so the first half is its own; then nothing may come to stay.
  const settled = samples.slice(samples.length >> 1).map(({ mib }) => mib);
  assert.ok(settled.at(-1)! < 1.1 * settled[0]! + 8, JSON.stringify(samples));
});

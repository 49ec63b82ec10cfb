import assert from "node:assert/strict";
import { meanTanimoto, tanimoto } from "../../metrics/fingerprints.ts";
import { ModesFound } from "../../metrics/modes_found.ts";
import type { Environment } from "../../plugins/contract.ts";

Deno.test("tanimoto() counts bits, the highest of a word too", () => {
  const a = Int32Array.of(-1, 0), b = Int32Array.of(1 << 31, 1);
  assert.equal(tanimoto(a, b), 1 / 33);
  assert.equal(tanimoto(a, a), 1);
  assert.equal(tanimoto(Int32Array.of(0), Int32Array.of(0)), 1);
  const [p, q, r] = [Int32Array.of(0b0111), Int32Array.of(0b0110), Int32Array.of(0b1000)];
  assert.equal(meanTanimoto([p!, q!, r!]), (2 / 3 + 0 + 0) / 3);
  assert.ok(Number.isNaN(meanTanimoto([p!])));
});

/** Objects are words of bits; all are modes. */
const words = {
  stateWords: 1,
  isMode: () => true,
  fingerprint: {
    words: 1,
    apart: 0.5,
    write: (states, at, out, outAt) => out[outAt] = states[at]!,
  },
} as Partial<Environment> as Environment;

Deno.test("ModesFound keeps modes that are less alike than apart to all kept before", () => {
  const modes = new ModesFound(words);
  // 0111 is kept; 0011 is alike by 2/3; 1000 and 0001_0001 by 0 and 1/4; 0111 again is none.
  for (const word of [0b0111, 0b0011, 0b1000, 0b10001, 0b0111]) {
    assert.ok(modes.see(Int32Array.of(word), 0));
  }
  assert.deepEqual([...modes.contents()], [0b0111, 0b1000, 0b10001]);
  const again = new ModesFound(words);
  again.refill(modes.contents());
  again.see(Int32Array.of(0b1001), 0); // alike to 1000 by a half
  assert.equal(again.count, 3);
  const every = new ModesFound({ ...words, fingerprint: { ...words.fingerprint!, apart: null } });
  for (const word of [0b0111, 0b0011]) every.see(Int32Array.of(word), 0);
  assert.equal(every.count, 2);
});

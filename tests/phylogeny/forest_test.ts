import assert from "node:assert/strict";
import { Forests } from "../../phylogeny/forest.ts";
import { RandomStream } from "../../tensor/random.ts";

const random = RandomStream.of(5, "test alignment");
const n = 7;
const sets = Array.from(
  { length: n },
  () => Array.from({ length: 60 }, () => 1 << Math.floor(5 * random.uniform())),
);
const forests = new Forests({ names: Array.from("abcdefg"), sets });

/** Joins slot j to slot i, as the words say. */
function joined(states: Int32Array, i: number, j: number): Int32Array {
  const next = states.slice();
  next[j] = 1 + i * n + forests.taken(states, 0)[i]!;
  return next;
}

Deno.test("joinCosts() are what mutations() grow by, and -1 where a slot is empty", () => {
  let states: Int32Array = new Int32Array(n);
  const costs = new Int32Array(n * (n - 1) / 2);
  for (const [a, b] of [[2, 4], [0, 1], [2, 6], [0, 2], [3, 5], [0, 3]] as const) {
    forests.joinCosts(states, 0, costs);
    const before = forests.mutations(states, 0);
    for (let i = 0, pair = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++, pair++) {
        const free = states[i] === 0 && states[j] === 0;
        const grown = free ? forests.mutations(joined(states, i, j), 0) - before : -1;
        assert.equal(costs[pair], grown, `slots ${i} and ${j}`);
      }
    }
    states = joined(states, a, b);
  }
  assert.equal(forests.text(states, 0), "(((a,b),((c,e),g)),(d,f));");
});

Deno.test("lastOf() is the slot taken in last", () => {
  const states = joined(joined(new Int32Array(n), 1, 5), 1, 3);
  assert.equal(forests.lastOf(states, 0, 1), 3);
  assert.deepEqual([...forests.taken(states, 0)], [0, 2, 0, 0, 0, 0, 0]);
});

import assert from "node:assert/strict";
import { built, lawsHold, logZ, open } from "./_env.ts";

Deno.test("ring keeps all laws, directed and not", async () => {
  await lawsHold("ring", { nodes: 3 });
  await lawsHold("ring");
  await lawsHold("ring", { nodes: 5, directed: false });
  await lawsHold("ring", { nodes: 9 });
});

// torchgfn's task: 100 for a ring, 1e-6 for all else; verified over all graphs.
const logZs: [nodes: number, directed: boolean, logZ: number][] = [
  ...[[3, true, 5.298318], [4, true, 6.396936]] as [number, boolean, number][],
  ...[[4, false, 5.703783], [5, false, 7.090078]] as [number, boolean, number][],
  [6, false, 8.69952],
];
for (const [nodes, directed, want] of logZs) {
  Deno.test(`ring has torchgfn's log Z: ${nodes} nodes, ${directed ? "" : "un"}directed`, async () => {
    const found = await logZ("ring", { nodes, directed });
    assert.ok(Math.abs(found - want) < 5e-6, `${found}, want ${want}`);
  });
}

/** Graphs of n nodes whose number of edges is n, a part of all that rings are among. */
function* graphsOf(edges: number, pairs: number, from = 0): Generator<number[]> {
  if (edges === 0) {
    yield [];
    return;
  }
  for (let p = from; p <= pairs - edges; p++) {
    for (const rest of graphsOf(edges - 1, pairs, p + 1)) yield [p, ...rest];
  }
}

// log Z of more nodes than are listed follows from the number of rings.
for (
  const [nodes, directed, want] of [
    ...[[5, true, 7.783661], [6, true, 9.478361], [7, false, 10.491332]] as const,
  ]
) {
  Deno.test(`ring knows all rings: ${nodes} nodes, ${directed ? "" : "un"}directed`, async () => {
    const environment = await open("ring", { nodes, directed }), P = environment.stateWords;
    const state = new Int32Array(P);
    let rings = 0;
    for (const edges of graphsOf(nodes, P)) {
      state.fill(0);
      for (const p of edges) state[p] = 1;
      if (environment.isMode!(state, 0)) rings++;
    }
    let factorial = 1;
    for (let k = 2; k < nodes; k++) factorial *= k;
    assert.equal(rings, directed ? factorial : factorial / 2);
    const logZ = Math.log(100 * rings + 1e-6 * (2 ** P - rings));
    assert.ok(Math.abs(logZ - want) < 5e-6, `${logZ}, want ${want}`);
  });
}

Deno.test("ring says what a graph is, and draws it", async () => {
  const environment = await open("ring", { nodes: 3 });
  // Pairs 01 02 12 10 20 21: the ring 0 -> 1 -> 2 -> 0.
  const ring = built(environment, [1, 3, 5]);
  assert.equal(environment.text!(ring, 0), "0->1 1->2 2->0");
  assert.ok(environment.isMode!(ring, 0));
  const drawing = environment.drawing!(ring, 0);
  assert.match(drawing, /^<svg .*<\/svg>$/);
  assert.equal(drawing.match(/<path/g)!.length, 3);
  assert.equal(environment.text!(built(environment, []), 0), "(no edges)");
  // Two nodes that point at each other, and a path through all, are none.
  assert.ok(!environment.isMode!(built(environment, [1, 4, 3]), 0));
  assert.ok(!environment.isMode!(built(environment, [1, 3]), 0));
});

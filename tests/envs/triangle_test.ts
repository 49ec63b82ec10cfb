import assert from "node:assert/strict";
import { canonical } from "./_numberings.ts";
import { built, lawsHold, logZ, open, trained } from "./_env.ts";

Deno.test("triangle keeps all laws", async () => {
  await lawsHold("triangle");
  await lawsHold("triangle", { nodes: 4, classes: 2, other: 1 });
  await lawsHold("triangle", { nodes: 8 });
});

Deno.test("triangle has as many states, modes and log Z as counting gives", async () => {
  const environment = await open("triangle"), { enumeration, stateWords } = environment;
  // Of k nodes 5^k classes and 2^(k (k - 1) / 2) sets of edges.
  assert.equal(enumeration!.size, 1 + 5 + 25 * 2 + 125 * 8);
  const state = new Int32Array(stateWords);
  let triangles = 0;
  for (let s = 0; s < enumeration!.size; s++) {
    enumeration!.state(s, state, 0);
    assert.equal(enumeration!.index(state, 0), s);
    if (environment.isMode!(state, 0)) triangles++;
  }
  assert.equal(triangles, 125);
  const want = Math.log(125 * 100 + (1056 - 125) * 1e-6);
  assert.ok(Math.abs(await logZ("triangle") - want) < 1e-9);
});

Deno.test("triangle says what a graph is, and draws it", async () => {
  const environment = await open("triangle");
  const state = built(environment, [1, 1 + 4, 6, 3, 7, 8]);
  assert.equal(environment.text!(state, 0), "0 4 2 | 0-1 0-2 1-2");
  assert.ok(environment.isMode!(state, 0));
  assert.equal(environment.drawing!(state, 0).match(/<circle/g)!.length, 3);
  assert.equal(environment.text!(built(environment, []), 0), "(no nodes) | (no edges)");
  // Four nodes are no triangle.
  const larger = await open("triangle", { nodes: 4 });
  const four = built(larger, [1, 1, 1, 1, 6, 7, 9]);
  assert.equal(larger.text!(four, 0), "0 0 0 0 | 0-1 0-2 1-2");
  assert.ok(!larger.isMode!(four, 0));
});

for (const options of [{ nodes: 3, classes: 3 }, { nodes: 4, classes: 2 }]) {
  Deno.test(`triangle counts the numberings of each graph: ${JSON.stringify(options)}`, async () => {
    const { enumeration, stateWords: W, logCopies } = await open("triangle", options);
    const states = new Int32Array(enumeration!.size * W);
    for (let s = 0; s < enumeration!.size; s++) enumeration!.state(s, states, s * W);
    const copies = new Float64Array(enumeration!.size), numberings = new Map<string, number>();
    await logCopies!(states, copies.length, copies);
    const graphs = Array.from(copies, (_, s) => canonical(states.subarray(s * W), options.nodes));
    for (const graph of graphs) numberings.set(graph, (numberings.get(graph) ?? 0) + 1);
    copies.forEach((log, s) => {
      assert.ok(Math.abs(Math.exp(log) - numberings.get(graphs[s]!)!) < 1e-9, graphs[s]);
    });
  });
}

Deno.test("triangle is learned over graphs without numbers", async () => {
  const settings = { reward: { over: "objects" } };
  const { tv } = await trained("triangle", { classes: 2, other: 10 }, "tb", settings);
  assert.ok(Number(tv) < 0.1, `total variation ${tv}`);
});

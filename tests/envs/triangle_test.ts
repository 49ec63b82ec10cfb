import assert from "node:assert/strict";
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

/** Every order of 0 .. k - 1. */
function orders(k: number): number[][] {
  if (k === 0) return [[]];
  return orders(k - 1).flatMap((order) =>
    Array.from({ length: k }, (_, i) => order.toSpliced(i, 0, k - 1))
  );
}

/** One text for all numberings of a graph of at most four nodes. */
function canonical(state: Int32Array, n: number): string {
  const k = Array.from(state.subarray(0, n)).filter((word) => word > 0).length;
  const edge = (i: number, j: number) => {
    const [a, b] = [Math.min(i, j), Math.max(i, j)];
    return state[n + a * n - a * (a + 1) / 2 + b - a - 1]!;
  };
  return orders(k).map((order) =>
    [
      ...order.map((i) => state[i]!),
      ...order.flatMap((i, x) => order.slice(x + 1).map((j) => edge(i, j))),
    ].join("")
  ).toSorted()[0]!;
}

for (const options of [{ nodes: 3, classes: 3 }, { nodes: 4, classes: 2 }]) {
  Deno.test(`over unnumbered graphs each has its own R: ${JSON.stringify(options)}`, async () => {
    const sums = async (over: string) => {
      const environment = await open("triangle", { ...options, other: 7, over });
      const { enumeration, stateWords: W } = environment, all = enumeration!.size;
      const states = new Int32Array(all * W), logR = new Float64Array(all);
      for (let s = 0; s < all; s++) enumeration!.state(s, states, s * W);
      await environment.logReward(states, all, logR);
      const byGraph = new Map<string, { R: number; states: number; mode: boolean }>();
      for (let s = 0; s < all; s++) {
        const graph = canonical(states.subarray(s * W, (s + 1) * W), options.nodes);
        const { R, states: count } = byGraph.get(graph) ?? { R: 0, states: 0 };
        const mode = environment.isMode!(states, s * W);
        byGraph.set(graph, { R: R + Math.exp(logR[s]!), states: count + 1, mode });
      }
      return byGraph;
    };
    for (const { R, mode } of (await sums("unnumbered")).values()) {
      assert.ok(Math.abs(R - (mode ? 100 : 7)) < 1e-9, `R ${R}`);
    }
    for (const { R, states, mode } of (await sums("numbered")).values()) {
      assert.ok(Math.abs(R - states * (mode ? 100 : 7)) < 1e-9, `R ${R} of ${states} states`);
    }
  });
}

Deno.test("triangle over unnumbered graphs keeps all laws, and is learned", async () => {
  await lawsHold("triangle", { over: "unnumbered", other: 1 });
  const { tv } = await trained("triangle", { classes: 2, other: 10, over: "unnumbered" }, "tb");
  assert.ok(Number(tv) < 0.1, `total variation ${tv}`);
});

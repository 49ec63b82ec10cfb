import assert from "node:assert/strict";
import { visits } from "../../metrics/exact.ts";
import { graphMarginals, MarginalSums } from "../../metrics/marginals.ts";
import { buildStateGraph } from "../../metrics/state_graph.ts";
import { file, open } from "../envs/_env.ts";

const two = { data: file("1,2\n3,5") }, three = { data: file("1,2,0\n3,5,1") };

Deno.test("marginals of one graph are its edges, its paths and its blankets", async () => {
  const environment = await open("dag", three), { enumeration } = environment;
  const at = (state: number[]) =>
    Float64Array.from(
      { length: 25 },
      (_, s) => s === enumeration!.index(Int32Array.from(state), 0) ? 1 : 0,
    );
  const chain = graphMarginals(environment, at([0, 1, 2])); // 0 -> 1 -> 2
  assert.deepEqual([...chain.edge], [0, 1, 0, 0, 0, 1, 0, 0, 0]);
  assert.deepEqual([...chain.path], [0, 1, 1, 0, 0, 1, 0, 0, 0]);
  assert.deepEqual([...chain.markovBlanket], [0, 1, 0, 1, 0, 1, 0, 1, 0]);
  const collider = graphMarginals(environment, at([0, 5, 0])); // 0 -> 1 <- 2: 0 and 2 share a child
  assert.deepEqual([...collider.path], [0, 1, 0, 0, 0, 0, 0, 1, 0]);
  assert.deepEqual([...collider.markovBlanket], [0, 1, 1, 1, 0, 1, 1, 1, 0]);
});

Deno.test("marginals of a policy are those of where its trajectories end", async () => {
  const environment = await open("dag", two), graph = await buildStateGraph(environment);
  // The stop with 1/2, an edge with 1/4 each; behind an edge only the stop is left.
  const logPf = Float64Array.from(graph.forwardMask, (allowed, e) => {
    if (allowed === 0) return -Infinity;
    return Math.log(e >= 3 ? 1 : e === 0 ? 1 / 2 : 1 / 4);
  });
  const { terminating } = visits(graph, logPf);
  const { edge, path, markovBlanket } = graphMarginals(environment, terminating);
  assert.deepEqual([...edge], [0, 0.25, 0.25, 0]);
  assert.deepEqual([...path], [0, 0.25, 0.25, 0]);
  assert.deepEqual([...markovBlanket], [0, 0.5, 0.5, 0]);
});

Deno.test("marginals are refused where states are no listed directed graphs", async () => {
  const many = { data: file("1,2,3,4,5,6\n3,5,1,7,8,2") };
  for (const environment of [await open("ising"), await open("dag", many)]) {
    assert.throws(() => graphMarginals(environment, []), { code: "E_MARGINALS" });
  }
});

Deno.test("marginals of samples are shares of them, and exact ones where each state comes as often as likely", async () => {
  const environment = await open("dag", three), { enumeration } = environment;
  const times = Array.from({ length: 25 }, (_, s) => s * s % 7), state = new Int32Array(3);
  const sums = new MarginalSums(environment), total = times.reduce((a, b) => a + b);
  times.forEach((count, s) => {
    enumeration!.state(s, state, 0);
    for (let k = 0; k < count; k++) sums.add(state, 0, 1);
  });
  const found = sums.over(total), want = graphMarginals(environment, times.map((n) => n / total));
  for (const feature of ["edge", "path", "markovBlanket"] as const) {
    found[feature].forEach((p, e) => assert.ok(Math.abs(p - want[feature][e]!) < 1e-14));
  }
});

Deno.test("marginals name the state that is no graph", async () => {
  const environment = await open("dag", two);
  const digraph = {
    names: ["a", "b"],
    write: (_: unknown, _at: number, out: Uint8Array) => out.fill(1),
  };
  const sums = new MarginalSums(Object.create(environment, { digraph: { value: digraph } }));
  assert.throws(() => sums.add(Int32Array.of(2, 0), 0, 1), {
    code: "E_MARGINALS",
    message: /"dag" as a graph: digraph.write gave 1 from a to a at the state \[2 0\], want 0 or 1/,
  });
});

Deno.test("marginals of rings with edges along them: every node leads to every other", async () => {
  const environment = await open("ring", { nodes: 3, directed: true }),
    { enumeration } = environment;
  const graph = await buildStateGraph(environment), state = new Int32Array(6);
  const rings = Float64Array.from({ length: 64 }, (_, s) => {
    enumeration!.state(s, state, 0);
    return environment.isMode!(state, 0) ? 1 / 2 : 0; // 0 -> 1 -> 2 -> 0, and back
  });
  assert.equal(graph.size, 64);
  const { edge, path, markovBlanket } = graphMarginals(environment, rings);
  assert.deepEqual([...edge], [0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0]);
  for (const all of [path, markovBlanket]) assert.deepEqual([...all], [0, 1, 1, 1, 0, 1, 1, 1, 0]);
});

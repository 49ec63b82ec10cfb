import assert from "node:assert/strict";
import { GraphReader, type GraphReading } from "../../policies/_graph_reader.ts";
import type { GraphObservation } from "../../plugins/contract.ts";
import type { ObservationRows } from "../../policies/network.ts";
import { observations, pairsOf, randomGraphs } from "./_graphs.ts";
import { rowOf } from "./_transformers.ts";

const reading: GraphReading = {
  ...{ mixing: "message-passing", layers: 3, readers: "all", pairs: "no pairs" },
};

/** What each token of a graph knows after so many layers, written out; the global node's first. */
function knowledge(
  { nodes: n, directed, reversed, ...observation }: GraphObservation,
  words: ArrayLike<number>,
  layers: number,
): string[] {
  const pairs = pairsOf({ nodes: n, directed, ...observation });
  const slots = Array.from({ length: n }, (_, i) => i).filter((i) => words[i] !== 0);
  let nodes = new Map(slots.map((i) => [i, `node ${words[i]}`])), global = "global";
  for (let l = 0; l < layers; l++) {
    const got = new Map(slots.map((i): [number, string[]] => [i, [global]]));
    pairs.forEach(([i, j], p) => {
      const word = words[n + p]!;
      if (word === 0) return;
      const back = directed || !reversed ? word : 1 + reversed[word - 1]!;
      got.get(j)!.push(`${directed ? "in " : ""}${back} ${nodes.get(i)}`);
      got.get(i)!.push(`${directed ? "out " : ""}${word} ${nodes.get(j)}`);
    });
    const next = slots.map((i): [number, string] => [
      i,
      `(${nodes.get(i)}: ${got.get(i)!.sort().join("; ")})`,
    ]);
    global = `[${global}: ${slots.map((i) => nodes.get(i)).sort().join("; ")}]`;
    nodes = new Map(next);
  }
  return [global, ...slots.map((i) => nodes.get(i)!)];
}

for (const [name, observation] of Object.entries(observations)) {
  Deno.test(`tokens are one row where they know the same, and nowhere else: ${name}`, () => {
    const rows = 60, input = randomGraphs({ observation } as never, rows);
    const { depths, tokens } = new GraphReader(observation, reading).read(input, 0, rows);
    depths.forEach(({ of, rows: found }, layers) => {
      const known = Array.from(
        { length: rows },
        (_, r) => knowledge(observation, rowOf(input, r), layers),
      ).flat();
      assert.equal(known.length, tokens);
      const rowFor = new Map<string, number>();
      known.forEach((what, t) => {
        if (!rowFor.has(what)) rowFor.set(what, of[t]!);
        assert.equal(of[t], rowFor.get(what), what);
      });
      assert.equal(new Set(rowFor.values()).size, rowFor.size);
      assert.equal(found, rowFor.size);
    });
  });
}

/** Directed rings of all numberings of four nodes that begin with the first. */
function rings(): ObservationRows {
  const { directed: observation } = observations, pairs = pairsOf(observation);
  const orders = ["0123", "0132", "0213", "0231", "0312", "0321"];
  const values = Int32Array.from(orders.flatMap((order) => {
    const edges = Array.from(order, (i, at) => `${i},${order[(at + 1) % 4]}`);
    return [1, 1, 1, 1, ...pairs.map((pair) => edges.includes(pair.join()) ? 1 : 0)];
  }));
  return { rows: orders.length, values };
}

Deno.test("all numberings of a ring are two rows at every depth", () => {
  const { depths } = new GraphReader(observations.directed, reading).read(rings(), 0, 6);
  assert.deepEqual(depths.map(({ rows }) => rows), [2, 2, 2, 2]);
});

Deno.test("tokens that no head reads are no rows behind the last layer", () => {
  for (const [readers, rows] of [["global nodes", 1], ["nodes", 1]] as const) {
    const reader = new GraphReader(observations.directed, { ...reading, readers });
    const { depths, slots } = reader.read(rings(), 0, 6);
    assert.deepEqual(depths.map(({ rows }) => rows), [2, 2, 2, rows]);
    depths[3]!.of.forEach((row, t) =>
      assert.equal(row !== -1, (slots[t] === -1) === (readers === "global nodes"))
    );
  }
});

Deno.test("attention works on equal graphs once", () => {
  const reader = new GraphReader(observations.directed, { ...reading, mixing: "transformer" });
  const { values } = rings(), twice = Int32Array.from([...values, ...values]);
  const { depths, groupCount, tokens } = reader.read({ rows: 12, values: twice }, 0, 12);
  assert.equal(groupCount, 6);
  assert.equal(tokens, 60);
  assert.deepEqual(depths.map(({ rows }) => rows), [2, 30, 30, 30]);
  assert.deepEqual(depths[1]!.of.subarray(0, 30), depths[1]!.of.subarray(30));
});

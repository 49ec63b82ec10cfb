import assert from "node:assert/strict";
import { canonicalGraph, type ColouredGraph } from "../../molecules/canonical_graph.ts";
import { RandomStream } from "../../tensor/random.ts";

function graph(colours: readonly number[], joined: readonly (readonly number[])[]): ColouredGraph {
  const k = colours.length, edges = new Uint8Array(k * k);
  for (const [i, j, type = 1] of joined) edges[i! * k + j!] = edges[j! * k + i!] = type;
  return { colours, edges };
}

/** A graph with its nodes in a random order. */
function shuffled({ colours, edges }: ColouredGraph, random: RandomStream): ColouredGraph {
  const k = colours.length, order = colours.map((_, i) => i);
  for (let i = k - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return {
    colours: order.map((i) => colours[i]!),
    edges: Uint8Array.from(
      { length: k * k },
      (_, at) => edges[order[Math.floor(at / k)]! * k + order[at % k]!]!,
    ),
  };
}

const range = (k: number) => Array.from({ length: k }, (_, i) => i);
const cycle = (k: number, from = 0) => range(k).map((i) => [from + i, from + (i + 1) % k]);
const cube = range(8).flatMap((i) =>
  [1, 2, 4].filter((bit) => !(i & bit)).map((bit) => [i, i | bit])
);
const bipartite = range(4).flatMap((i) => range(4).map((j) => [i, 4 + j]));

for (
  const [name, one, symmetries] of [
    ["no node", graph([], []), 1],
    ["one node", graph([2], []), 1],
    ["a chain of six", graph([0, 0, 0, 0, 0, 0], range(5).map((i) => [i, i + 1])), 2],
    ["a chain that its colours direct", graph([0, 0, 0, 1], [[0, 1], [1, 2], [2, 3]]), 1],
    ["a ring of six", graph([0, 0, 0, 0, 0, 0], cycle(6)), 12],
    [
      "a ring of alternating bonds",
      graph([0, 0, 0, 0, 0, 0], cycle(6).map((e, i) => [...e, 1 + i % 2])),
      6,
    ],
    [
      "two rings of three, which no colouring tells from one of six",
      graph([0, 0, 0, 0, 0, 0], [...cycle(3), ...cycle(3, 3)]),
      72,
    ],
    ["a cube", graph(range(8).map(() => 0), cube), 48],
    ["a cube with two marks across", graph([1, 0, 0, 0, 0, 0, 0, 1], cube), 12],
    ["K4,4", graph(range(8).map(() => 0), bipartite), 1152],
  ] as const
) {
  Deno.test(`canonicalGraph() of ${name}: one numbering for all, and every symmetry`, () => {
    const random = RandomStream.of(1, name), first = canonicalGraph(one);
    assert.equal(first.symmetries.length, symmetries);
    assert.deepEqual(first.symmetries[0], first.colours.map((_, i) => i));
    const k = one.colours.length;
    for (let x = 0; x < 5; x++) {
      const other = shuffled(one, random), { colours, edges, places } = canonicalGraph(other);
      assert.deepEqual([colours, edges], [first.colours, first.edges]);
      for (let i = 0; i < k; i++) {
        assert.equal(other.colours[i], colours[places[i]!]);
        for (let j = 0; j < k; j++) {
          assert.equal(other.edges[i * k + j], edges[places[i]! * k + places[j]!]);
        }
      }
    }
    for (const image of first.symmetries) {
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < k; j++) {
          assert.equal(first.edges[i * k + j], first.edges[image[i]! * k + image[j]!]);
        }
      }
    }
  });
}

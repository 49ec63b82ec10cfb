import assert from "node:assert/strict";
import { base64 } from "../../envs/data/seh_blocks.ts";
import { readBlocks } from "../../molecules/block_library.ts";
import { BlockMoves } from "../../molecules/block_moves.ts";
import { type BlockTree, TreeCodes, withLeaf } from "../../molecules/block_tree.ts";
import { RandomStream } from "../../tensor/random.ts";

const json = new TextDecoder().decode(Uint8Array.fromBase64(base64));
const library = readBlocks(json), moves = new BlockMoves(library, 8);
const random = RandomStream.of(5, "block trees");
const below = (n: number) => Math.floor(n * random.uniform());

/** A tree grown from a first block by adding to any free port, without regard to any order. */
function grown(blocks: number, allowed = library.blocks.length): BlockTree {
  let tree = withLeaf(
    { kinds: [], parents: [], parentPorts: [], ports: [] },
    library.blocks[below(allowed)]!.kind,
    { slot: -1, port: 0 },
    0,
  );
  while (tree.kinds.length < blocks) {
    const codes = new TreeCodes(library, tree);
    const free = tree.kinds.flatMap((kind, slot) =>
      [...library.kinds[kind]!.ports.keys()].map((port) => ({ slot, port }))
        .filter((place) => codes.free(place) > 0)
    );
    if (free.length === 0) break;
    const { kind, port } = library.blocks[below(allowed)]!;
    tree = withLeaf(tree, kind, free[below(free.length)]!, port);
  }
  return tree;
}

/** The same tree with its blocks in another order, and each moved by one of its symmetries. */
function shuffled(tree: BlockTree): BlockTree {
  const n = tree.kinds.length, root = below(n);
  const by = tree.kinds.map((kind) => {
    const { symmetries } = library.kinds[kind]!;
    return symmetries[below(symmetries.length)]!;
  });
  const out: BlockTree = { kinds: [], parents: [], parentPorts: [], ports: [] };
  const visit = (slot: number, from: number, parent: number, parentPort: number, port: number) => {
    const here = out.kinds.length;
    out.kinds.push(tree.kinds[slot]!);
    out.parents.push(parent);
    out.parentPorts.push(parentPort);
    out.ports.push(port < 0 ? 0 : by[slot]![port]!);
    const ends: [number, number, number][] = [];
    if (tree.parents[slot]! >= 0) {
      ends.push([tree.parents[slot]!, tree.ports[slot]!, tree.parentPorts[slot]!]);
    }
    tree.parents.forEach((to, child) => {
      if (to === slot) ends.push([child, tree.parentPorts[child]!, tree.ports[child]!]);
    });
    ends.sort(() => random.uniform() - 0.5);
    for (const [to, own, other] of ends) {
      if (to !== from) visit(to, slot, here, by[slot]![own]!, other);
    }
  };
  visit(root, -1, -1, 0, -1);
  return out;
}

Deno.test("readBlocks() finds 81 kinds in 105 blocks, each entered by one block a place", () => {
  assert.equal(library.blocks.length, 105);
  assert.equal(library.kinds.length, 81);
  assert.equal(new Set(library.kinds.map(({ smiles }) => smiles)).size, 72);
  const entered = library.blocks.map(({ kind, port }) => library.kinds[kind]!.entering[port]);
  assert.deepEqual(entered, [...library.blocks.keys()]);
  for (const { symmetries, ports } of library.kinds) {
    assert.deepEqual(symmetries[0], [...ports.keys()]);
  }
  const benzene = library.kinds[library.blocks[0]!.kind]!;
  assert.deepEqual([benzene.smiles, benzene.symmetries.length], ["c1ccccc1", 12]);
});

Deno.test("read as fragments the blocks are 72 kinds of 127 ports, each entered by all of them", () => {
  const { kinds, blocks } = readBlocks(json, Infinity, "fragments");
  assert.equal(kinds.length, 72);
  assert.equal(kinds.reduce((sum, { ports }) => sum + ports.length, 0), 127);
  for (const [k, { capacity, entering, symmetries }] of kinds.entries()) {
    assert.ok(capacity.every((bonds) => bonds === 1) && !entering.includes(-1));
    // As many blocks as places that no symmetry exchanges.
    const places = new Set(
      capacity.map((_, port) => Math.min(...symmetries.map((by) => by[port]!))),
    );
    assert.equal(blocks.filter(({ kind }) => kind === k).length, places.size);
  }
  assert.equal(readBlocks(json, 5, "fragments").kinds.length, 5);
});

Deno.test("a tree has the same words in whichever order it is given", () => {
  for (let i = 0; i < 200; i++) {
    // Of few blocks, so that trees have symmetries.
    const tree = grown(1 + below(8), i % 2 === 0 ? 105 : 4), words = moves.wordsOf(tree);
    for (let j = 0; j < 4; j++) assert.deepEqual(moves.wordsOf(shuffled(tree)), words);
    assert.deepEqual(moves.wordsOf(moves.at(words, 0).tree), words);
  }
});

Deno.test("every kind of move is found in both directions, and as often: pairs of a tree and a leaf", () => {
  // Chains of one block with two ends that differ: the same chain from either end, by two moves.
  const oxide = library.blocks.findIndex(({ kind }) => library.kinds[kind]!.smiles === "CNC=O");
  const { kind, port } = library.blocks[oxide]!, other = 1 - port;
  let tree = withLeaf(
    { kinds: [], parents: [], parentPorts: [], ports: [] },
    kind,
    { slot: -1, port: 0 },
    0,
  );
  for (let n = 0; n < 3; n++) tree = withLeaf(tree, kind, { slot: n, port: other }, port);
  const known = moves.at(moves.wordsOf(tree), 0);
  const leaves = [...known.leaves.keys()].filter((slot) => known.leaves[slot] === slot);
  for (const leaf of leaves) {
    const { words, back } = moves.remove(known, leaf);
    const redone = moves.add(moves.at(words, 0), back);
    assert.deepEqual([redone.words, redone.back], [moves.wordsOf(tree), leaf]);
  }
  assert.ok(leaves.length > 0);
});

Deno.test("places of a benzene ring are one place, and of a substituted one three", () => {
  const ring = library.blocks[0]!;
  const empty = { kinds: [], parents: [], parentPorts: [], ports: [] };
  const alone = withLeaf(empty, ring.kind, { slot: -1, port: 0 }, 0);
  const count = (tree: BlockTree) => {
    const { places } = moves.at(moves.wordsOf(tree), 0);
    return places.filter((first, place) => first === place).length;
  };
  assert.equal(count(alone), 1);
  const fluorine = library.blocks.find(({ kind }) => library.kinds[kind]!.smiles === "F")!;
  // Ortho, meta and para: fluorine itself takes no bond more.
  assert.equal(count(withLeaf(alone, fluorine.kind, { slot: 0, port: 2 }, fluorine.port)), 3);
});

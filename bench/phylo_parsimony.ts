/**
 * What trees of a benchmark's alignment cost when they are searched for, not sampled: joining the cheapest
 * pair again and again, and stepwise addition in random order followed by pruning and regrafting of
 * subtrees until none helps. `deno run -A bench/phylo_parsimony.ts DS1 6`: data set, searches.
 *
 * @module
 */
import { firstTaxa, readFasta } from "../phylogeny/alignment.ts";
import { join, patternsOf } from "../phylogeny/fitch.ts";
import type { Tree } from "../phylogeny/tree.ts";
import { RandomStream } from "../tensor/random.ts";

const [name = "DS1", searches = "6", taxa] = Deno.args;
const { base64 } = await import(`../envs/data/phylo_${name.toLowerCase()}.ts`);
const all = readFasta(atob(base64), (message) => {
  throw new Error(message);
});
const alignment = firstTaxa(all, Number(taxa ?? all.names.length));
const { leaves, weights } = patternsOf(alignment), n = leaves.length;

/** Joins the pair that costs least, the first of them, until one tree is left. */
function greedy(): number {
  const roots = leaves.map((leaf) => leaf.slice());
  let mutations = 0;
  while (roots.length > 1) {
    let best = { cost: Infinity, i: 0, j: 0 };
    for (let j = 1; j < roots.length; j++) {
      for (let i = 0; i < j; i++) {
        const cost = join(roots[i]!.slice(), roots[j]!, weights);
        if (cost < best.cost) best = { cost, i, j };
      }
    }
    mutations += join(roots[best.i]!, roots[best.j]!, weights);
    roots.splice(best.j, 1);
  }
  return mutations;
}

const scratch = Array.from({ length: 2 * n }, () => new Int32Array(weights.length));
function mutationsOf(tree: Tree): number {
  let used = 0, mutations = 0;
  const rootOf = (tree: Tree): Int32Array => {
    if (typeof tree === "number") {
      const root = scratch[used++]!;
      root.set(leaves[tree]!);
      return root;
    }
    const root = rootOf(tree[0]), right = rootOf(tree[1]);
    mutations += join(root, right, weights);
    return root;
  };
  rootOf(tree);
  return mutations;
}

/** `tree` with `part` put on each of its branches, its root's included. */
function grafts(tree: Tree, part: Tree): Tree[] {
  if (typeof tree === "number") return [[tree, part]];
  const [a, b] = tree;
  return [
    [tree, part],
    ...grafts(a, part).map((a): Tree => [a, b]),
    ...grafts(b, part).map((b): Tree => [a, b]),
  ];
}

/** Each subtree of `tree` but itself, with what is left without it. */
function prunings(tree: Tree): { rest: Tree; part: Tree }[] {
  if (typeof tree === "number") return [];
  const [a, b] = tree;
  return [
    { rest: b, part: a },
    { rest: a, part: b },
    ...prunings(a).map(({ rest, part }) => ({ rest: [rest, b] as const, part })),
    ...prunings(b).map(({ rest, part }) => ({ rest: [a, rest] as const, part })),
  ];
}

function search(random: RandomStream): number {
  const order = leaves.map((_, i) => ({ i, key: random.uniform() }))
    .toSorted((a, b) => a.key - b.key).map(({ i }) => i);
  let tree: Tree = order[0]!, mutations = 0;
  for (const taxon of order.slice(1)) {
    const all: Tree[] = grafts(tree, taxon), costs = all.map(mutationsOf);
    mutations = Math.min(...costs);
    tree = all[costs.indexOf(mutations)]!;
  }
  for (let better: Tree | undefined = tree; better;) {
    tree = better;
    better = undefined;
    search: for (const { rest, part } of prunings(tree)) {
      for (const other of grafts(rest, part)) {
        const cost = mutationsOf(other);
        if (cost >= mutations) continue;
        mutations = cost;
        better = other;
        break search;
      }
    }
  }
  return mutations;
}

console.log(`${name}, ${n} taxa: ${greedy()} mutations by joining the cheapest pair`);
const found = Array.from(
  { length: Number(searches) },
  (_, seed) => search(RandomStream.of(seed, "search of trees")),
);
console.log(`${Math.min(...found)} by ${searches} searches: ${found.join(", ")}`);

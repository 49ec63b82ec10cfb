/**
 * Small graphs in the one numbering that does not depend on how they came about, and their symmetries.
 *
 * Nodes are told apart by their colours and what they are joined to, round after round (refinement); where
 * that leaves several alike, each of them in turn is made another colour and the rounds go on
 * (individualisation; McKay 1981). Of all numberings that are found so the one that gives the smallest words is
 * the canonical one, and those that give the same words are its symmetries. Nothing is pruned: of
 * graphs of at most nine atoms nearly all have no symmetry but the one that changes nothing, and K4,4 of eight
 * carbons has 1,152.
 *
 * @module
 */

/** A graph as it came: colours of its nodes, and what joins two of them. */
export interface ColouredGraph {
  /** [k] whole numbers from 0. */
  colours: readonly number[];
  /** [k * k] symmetric: 0 where two nodes are not joined, else the type of their edge. */
  edges: Uint8Array;
}

/** A graph in its canonical numbering. */
export interface CanonicalGraph extends ColouredGraph {
  /** [k] where each node of the graph as it came has gone. */
  places: readonly number[];
  /** The maps of the canonical graph onto itself, each [k]; the first maps every node onto itself. */
  symmetries: readonly (readonly number[])[];
}

/** The canonical numbering of a graph. Graphs have the same colours and edges there exactly when they are isomorphic. */
export function canonicalGraph(graph: ColouredGraph): CanonicalGraph {
  const { colours } = graph;
  let best: ColouredGraph | undefined, found: number[][] = [];
  const search = (cells: number[]) => {
    const refined = refine(graph, cells), cell = smallestCell(refined);
    if (cell >= 0) {
      for (const [node, at] of refined.entries()) {
        if (at !== cell) continue;
        // The node comes first in its cell, the others after it.
        search(refined.map((other, i) => other === cell && i !== node ? cell + 1 : other));
      }
      return;
    }
    const numbered = renumbered(graph, refined);
    const order = best ? compared(numbered.edges, best.edges) : -1;
    if (order < 0) [best, found] = [numbered, []];
    if (order <= 0) found.push(refined);
  };
  search(ranks(colours));
  const places = found[0] ?? [];
  const symmetries = found.map((other) => {
    const image = new Array<number>(places.length);
    places.forEach((place, node) => image[place] = other[node]!);
    return image;
  });
  return { ...best ?? renumbered(graph, []), places, symmetries };
}

/** For each entry, how many are smaller. */
function ranks(keys: readonly number[]): number[] {
  return keys.map((key) => keys.reduce((count, other) => other < key ? count + 1 : count, 0));
}

/**
 * Parts cells until the nodes of one are alike in all that they are joined to. A cell is known by the number
 * of nodes in cells before it.
 */
function refine({ edges }: ColouredGraph, cells: readonly number[]): number[] {
  const k = cells.length;
  let current = cells;
  for (;;) {
    const keys = current.map((cell, i) => {
      // Sums know no order. A sum that two different neighbourhoods share leaves a cell whole, no more.
      let sum = 0;
      for (let j = 0; j < k; j++) {
        const type = edges[i * k + j]!;
        if (type > 0) sum += mixed(type * 64 + current[j]!);
      }
      return cell * 2 ** 40 + sum;
    });
    const next = ranks(keys);
    if (next.every((cell, i) => cell === current[i])) return next;
    current = next;
  }
}

/** A number of 32 bits that small numbers are spread to. */
function mixed(value: number): number {
  let x = Math.imul(value + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
  return (x ^ (x >>> 13)) >>> 0;
}

/** The first of the smallest cells of more than one node; -1 where every node has its own. */
function smallestCell(cells: readonly number[]): number {
  const sizes = new Array<number>(cells.length).fill(0);
  for (const cell of cells) sizes[cell]!++;
  let smallest = -1;
  sizes.forEach((size, cell) => {
    if (size > 1 && (smallest < 0 || size < sizes[smallest]!)) smallest = cell;
  });
  return smallest;
}

function renumbered({ colours, edges }: ColouredGraph, places: readonly number[]): ColouredGraph {
  const k = places.length, moved = { colours: new Array<number>(k), edges: new Uint8Array(k * k) };
  for (let i = 0; i < k; i++) {
    moved.colours[places[i]!] = colours[i]!;
    for (let j = 0; j < k; j++) moved.edges[places[i]! * k + places[j]!] = edges[i * k + j]!;
  }
  return moved;
}

function compared(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/**
 * Graphs of atoms as states of a Markov decision process: their words, and the moves between them.
 *
 * A move adds an atom by a single bond, or raises the order of the bond of a pair of atoms by one, from none
 * on. The way back takes off an atom that hangs on one single bond, or lowers an order by one; a single bond
 * without which the graph would fall apart stays. So atoms and orders together rise by every move, and every
 * graph can be taken apart.
 *
 * Graphs are stored in their canonical numbering. Atoms and pairs that a symmetry exchanges are one, of which
 * the first stands for all. Then a move forward and the move back are the same thing, a graph with an atom or
 * a bond of it marked, and as many moves lead from a graph to another as lead back.
 *
 * @module
 */
import { canonicalGraph, type ColouredGraph } from "./canonical_graph.ts";

/** Graphs that are kept worked out. */
const KEPT = 8192;

/** A kind of atom and how many bonds it has at most. */
export interface Element {
  symbol: string;
  /** Atomic number. */
  z: number;
  valence: number;
}

/** What a move forward changes: an atom bound to atom `at`, or a bond. */
type Change = { element: number; at: number } | { from: number; to: number };

/** A move and what it leads to. */
export interface Move {
  /** The words of the other graph. */
  words: Int32Array;
  /** The number of the move the other way. */
  back: number;
}

/** What is known of one graph. Nodes' colours are elements, edges' types bond orders. */
export interface KnownGraph extends ColouredGraph {
  words: Int32Array;
  /** [k] bonds that each atom can still take. */
  free: readonly number[];
  /** Bonds beyond those of a tree. */
  rings: number;
  /** [k] the first of the atoms that symmetries exchange with each. */
  firstAtom: readonly number[];
  /** [k * k] likewise of pairs of atoms: i * k + j, i < j. */
  firstPair: Int32Array;
  /** Moves that were made from it, forward and back by their numbers. */
  forward: Map<number, Move>;
  backward: Map<number, Move>;
}

/**
 * Graphs of at most n atoms: a word for each, 0 or 1 + its element, then one for each pair (i, j), i < j, in row
 * order, the order of its bond. Forward moves are 0..E-1 for the first atom, E + i * E + e for one bound to atom
 * i, E + n * E + p for the bond of pair p; backward i for atom i, n + p for the bond of pair p.
 */
export class AtomMoves {
  readonly elements: readonly Element[];
  /** n, most atoms. */
  readonly atoms: number;
  /** Most rings: bonds beyond those of a tree. */
  readonly rings: number;
  /** W, words of a graph. */
  readonly words: number;
  readonly #known = new Map<string, KnownGraph>();

  constructor(elements: readonly Element[], atoms: number, rings: number) {
    this.elements = elements;
    this.atoms = atoms;
    this.rings = rings;
    this.words = atoms + atoms * (atoms - 1) / 2;
  }

  /** The graph that words stand for. */
  at(states: Int32Array, at: number): KnownGraph {
    const words = states.subarray(at, at + this.words);
    return this.#known.get(words.join(" ")) ?? this.#know(this.#read(words)).known;
  }

  /** The words of a graph in whichever numbering. */
  wordsOf(graph: ColouredGraph): Int32Array {
    return this.#know(graph).known.words;
  }

  /** The place of a pair of atoms among all. */
  pair(i: number, j: number): number {
    const [a, b] = i < j ? [i, j] : [j, i];
    return a * this.atoms - a * (a + 1) / 2 + b - a - 1;
  }

  /** Writes 1 for every forward move that is allowed; 0 stands there. */
  writeForward(
    { colours, edges, free, rings, firstAtom, firstPair }: KnownGraph,
    mask: Uint8Array,
  ): void {
    const k = colours.length, E = this.elements.length;
    if (k === 0) mask.fill(1, 0, E);
    for (let i = 0; i < k; i++) {
      if (free[i] === 0) continue;
      if (k < this.atoms && firstAtom[i] === i) mask.fill(1, E + i * E, E + (i + 1) * E);
      for (let j = i + 1; j < k; j++) {
        if (free[j] === 0 || firstPair[i * k + j] !== i * k + j) continue;
        const order = edges[i * k + j]!;
        if (order === 3 || (order === 0 && rings === this.rings)) continue;
        mask[E + this.atoms * E + this.pair(i, j)] = 1;
      }
    }
  }

  /** Writes 1 for every backward move that is allowed; 0 stands there. */
  writeBackward(known: KnownGraph, mask: Uint8Array): void {
    const { colours, edges, firstAtom, firstPair } = known, k = colours.length;
    for (let i = 0; i < k; i++) {
      if (firstAtom[i] === i && (k === 1 || ordersOf(known, i) === 1)) mask[i] = 1;
      for (let j = i + 1; j < k; j++) {
        const order = edges[i * k + j]!;
        if (order === 0 || firstPair[i * k + j] !== i * k + j) continue;
        if (order > 1 || !isBridge(known, i, j)) mask[this.atoms + this.pair(i, j)] = 1;
      }
    }
  }

  /** The graph with an atom or a bond more. */
  add(known: KnownGraph, move: number): Move {
    const done = known.forward.get(move);
    if (done) return done;
    const k = known.colours.length, change = this.#change(move);
    let made: Move;
    if ("element" in change) {
      const { known: grown, places } = this.#know(withAtom(known, change.element, change.at));
      made = { words: grown.words, back: grown.firstAtom[places[k]!]! };
    } else {
      const { from, to } = change;
      const { known: grown, places } = this.#know(withBond(known, from, to, 1));
      made = {
        words: grown.words,
        back: this.atoms + this.#firstPair(grown, places[from]!, places[to]!),
      };
    }
    known.forward.set(move, made);
    return made;
  }

  /** The graph without an atom or a bond of it. */
  remove(known: KnownGraph, move: number): Move {
    const done = known.backward.get(move);
    if (done) return done;
    const { colours, edges } = known, k = colours.length, E = this.elements.length;
    let made: Move;
    if (move < this.atoms) {
      const { known: rest, places } = this.#know(withoutAtom(known, move));
      const element = colours[move]!;
      if (k === 1) made = { words: rest.words, back: element };
      else {
        const joint = edges.subarray(move * k, (move + 1) * k).findIndex((order) => order > 0);
        // Places are those of a graph from which the atom is gone.
        const place = rest.firstAtom[places[joint > move ? joint - 1 : joint]!]!;
        made = { words: rest.words, back: E + place * E + element };
      }
    } else {
      const [from, to] = this.#atomsOf(move - this.atoms);
      const { known: rest, places } = this.#know(withBond(known, from, to, -1));
      const pair = this.#firstPair(rest, places[from]!, places[to]!);
      made = { words: rest.words, back: E + this.atoms * E + pair };
    }
    known.backward.set(move, made);
    return made;
  }

  #change(move: number): Change {
    const E = this.elements.length, rest = move - E;
    if (rest < 0) return { element: move, at: -1 };
    if (rest < this.atoms * E) return { element: rest % E, at: Math.floor(rest / E) };
    const [from, to] = this.#atomsOf(rest - this.atoms * E);
    return { from, to };
  }

  #atomsOf(pair: number): [number, number] {
    let i = 0, left = pair;
    while (left >= this.atoms - 1 - i) left -= this.atoms - 1 - i++;
    return [i, i + 1 + left];
  }

  #firstPair({ colours, firstPair }: KnownGraph, i: number, j: number): number {
    const k = colours.length, first = firstPair[Math.min(i, j) * k + Math.max(i, j)]!;
    return this.pair(Math.floor(first / k), first % k);
  }

  /** What is known of a graph in whichever numbering, and where its atoms have gone. */
  #know(graph: ColouredGraph): { known: KnownGraph; places: readonly number[] } {
    const { places, symmetries, colours, edges } = canonicalGraph(graph), k = colours.length;
    const words = new Int32Array(this.words);
    colours.forEach((element, i) => {
      words[i] = 1 + element;
      for (let j = i + 1; j < k; j++) words[this.atoms + this.pair(i, j)] = edges[i * k + j]!;
    });
    const key = words.join(" "), before = this.#known.get(key);
    if (before) return { known: before, places };
    if (this.#known.size >= KEPT) this.#known.clear();
    let bonds = 0;
    const free = colours.map((element, i) => {
      let used = 0;
      for (let j = 0; j < k; j++) {
        used += edges[i * k + j]!;
        if (i < j && edges[i * k + j]! > 0) bonds++;
      }
      return this.elements[element]!.valence - used;
    });
    const known: KnownGraph = {
      ...{ colours, edges, words, free, rings: Math.max(0, bonds - k + 1) },
      ...firsts(symmetries, k),
      ...{ forward: new Map(), backward: new Map() },
    };
    this.#known.set(key, known);
    return { known, places };
  }

  #read(words: Int32Array): ColouredGraph {
    let k = 0;
    while (k < this.atoms && words[k]! > 0) k++;
    const edges = new Uint8Array(k * k);
    for (let i = 0; i < k; i++) {
      for (let j = i + 1; j < k; j++) {
        edges[i * k + j] = edges[j * k + i] = words[this.atoms + this.pair(i, j)]!;
      }
    }
    return { colours: Array.from(words.subarray(0, k), (word) => word - 1), edges };
  }
}

/** The first atom and the first pair of those that symmetries exchange. The symmetries are a whole group. */
function firsts(
  symmetries: readonly (readonly number[])[],
  k: number,
): Pick<KnownGraph, "firstAtom" | "firstPair"> {
  const firstAtom = Array.from({ length: k }, (_, i) => i);
  const firstPair = Int32Array.from({ length: k * k }, (_, pair) => pair);
  for (const image of symmetries) {
    for (let i = 0; i < k; i++) {
      const to = image[i]!;
      if (to < firstAtom[i]!) firstAtom[i] = to;
      for (let j = i + 1; j < k; j++) {
        const other = image[j]!, pair = to < other ? to * k + other : other * k + to;
        if (pair < firstPair[i * k + j]!) firstPair[i * k + j] = pair;
      }
    }
  }
  return { firstAtom, firstPair };
}

/** The sum of the orders of an atom's bonds: 1 where it hangs on one single bond. */
function ordersOf({ colours, edges }: ColouredGraph, i: number): number {
  const k = colours.length;
  return edges.subarray(i * k, (i + 1) * k).reduce((sum, order) => sum + order, 0);
}

/** Whether a graph falls apart without a bond. */
function isBridge({ colours, edges }: ColouredGraph, from: number, to: number): boolean {
  const k = colours.length, seen = new Set([from]), open = [from];
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    for (let j = 0; j < k; j++) {
      if (edges[i * k + j] === 0 || seen.has(j) || (i === from && j === to)) continue;
      if (j === to) return false;
      seen.add(j);
      open.push(j);
    }
  }
  return true;
}

/** A graph with an atom more, its last, bound to atom `at`; at nothing where it is the first. */
function withAtom({ colours, edges }: ColouredGraph, element: number, at: number): ColouredGraph {
  const k = colours.length, grown = new Uint8Array((k + 1) ** 2);
  for (let i = 0; i < k; i++) grown.set(edges.subarray(i * k, (i + 1) * k), i * (k + 1));
  if (at >= 0) grown[at * (k + 1) + k] = grown[k * (k + 1) + at] = 1;
  return { colours: [...colours, element], edges: grown };
}

function withoutAtom({ colours, edges }: ColouredGraph, atom: number): ColouredGraph {
  const k = colours.length;
  return {
    colours: colours.toSpliced(atom, 1),
    edges: edges.filter((_, at) => at % k !== atom && Math.floor(at / k) !== atom),
  };
}

function withBond(
  { colours, edges }: ColouredGraph,
  i: number,
  j: number,
  more: number,
): ColouredGraph {
  const k = colours.length, changed = edges.slice();
  changed[i * k + j]! += more;
  changed[j * k + i]! += more;
  return { colours, edges: changed };
}

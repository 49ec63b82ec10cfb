/**
 * Small molecules atom by atom, after recursionpharma's task on QM9: connected graphs of at most nine atoms of
 * carbon, nitrogen, oxygen and fluorine with single, double and triple bonds; R(x) = exp(property / scale).
 *
 * A graph is stored in a numbering that does not depend on how it came about (`molecules/canonical_graph.ts`),
 * so that isomorphic graphs are one state; of actions that a symmetry of the graph exchanges the first alone is
 * allowed (`molecules/atom_moves.ts`). Molecules are neutral: an atom has as many bonds as its valence, and
 * hydrogens, which are not nodes, take those that are left.
 *
 * Forward: 0 stops; 1 + e is a first atom of element e; then, atom after atom, one of each element bound to it by
 * a single bond; then, pair after pair, (i, j), i < j, its bond raised by one order, from none on. Backward
 * action i takes atom i off, n + p lowers the bond of pair p by one order.
 *
 * Words: for each atom 0 or 1 + its element, then for each pair the order of its bond.
 *
 * @module
 */
import type {
  Enumeration,
  Environment,
  EnvironmentPlugin,
  EnvironmentTools,
  OptionsOf,
  OptionSpecs,
} from "../plugins/contract.ts";
import type { AtomMoves, Element, KnownGraph } from "../molecules/atom_moves.ts";

const config = {
  maxAtoms: { int: [1, 9], default: 9, help: "n, most atoms, hydrogens not counted" },
  elements: {
    string: { maxLength: 4 },
    default: "CNOF",
    help: "the elements, letters of CNOF, each at most once",
  },
  rings: { int: [0, 10], default: 10, help: "most rings: bonds beyond those of a tree" },
  property: {
    enum: ["clogp", "logs", "psa"],
    default: "clogp",
    help: "cLogP, log10 of the solubility in mol/l, or polar surface area, by OpenChemLib",
  },
  scale: {
    number: [-1000, 1000],
    default: 1,
    help: "log R is the property over this; below 0 small properties win",
  },
} as const satisfies OptionSpecs;

const ELEMENTS: readonly Element[] = [
  { symbol: "C", z: 6, valence: 4 },
  { symbol: "N", z: 7, valence: 3 },
  { symbol: "O", z: 8, valence: 2 },
  { symbol: "F", z: 9, valence: 1 },
];

/** Orders of bonds: 1 to 3. */
const ORDERS = 3;

/** Most graphs that are listed, by a guess that forgets valences. */
const FEW = 10_000_000;

async function create(
  { maxAtoms: n, elements: letters, rings, property, scale }: OptionsOf<typeof config>,
  tools: EnvironmentTools,
): Promise<Environment> {
  const elements = elementsOf(letters, tools), E = elements.length;
  if (scale === 0) tools.fail("scale is 0, want another number");
  const [{ AtomMoves }, { AtomChemistry }] = await Promise.all([
    import("../molecules/atom_moves.ts"),
    import("../molecules/atom_chemistry.ts"),
  ]);
  const moves = new AtomMoves(elements, n, rings), chemistry = new AtomChemistry(elements);
  const W = moves.words, P = W - n, A = 1 + E + n * E + P, B = n + P;
  const known = (states: Int32Array, at: number) => moves.at(states, at);
  const isEmpty = (states: Int32Array, at: number) => states[at] === 0;
  const logReward = (graph: KnownGraph) => chemistry.property(graph, property) / scale;

  return {
    stateWords: W,
    forwardActions: A,
    backwardActions: B,
    stopAction: 0,
    // The first atom, then bond orders one by one, of which valences of 4 allow 2 n in all, and the stop.
    maxTrajectory: 2 * n + 2,
    observation: {
      kind: "graph",
      nodes: n,
      nodeTypes: E,
      edgeTypes: ORDERS,
      directed: false,
      layout: { perGraph: 1 + E, perNode: E, perPair: 1 },
      backwardLayout: { perGraph: 0, perNode: 1, perPair: 1 },
      write(states, at, out, outAt) {
        for (let w = 0; w < W; w++) out[outAt + w] = states[at + w]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + W);
    },
    step(states, at, action) {
      states.set(moves.add(known(states, at), action - 1).words, at);
    },
    unstep(states, at, action) {
      states.set(moves.remove(known(states, at), action).words, at);
    },
    forwardMask(states, at, mask, maskAt) {
      const allowed = mask.subarray(maskAt, maskAt + A).fill(0);
      allowed[0] = isEmpty(states, at) ? 0 : 1;
      moves.writeForward(known(states, at), allowed.subarray(1));
    },
    backwardMask(states, at, mask, maskAt) {
      moves.writeBackward(known(states, at), mask.subarray(maskAt, maskAt + B).fill(0));
    },
    backwardOf: (states, at, action) => moves.add(known(states, at), action - 1).back,
    forwardOf: (states, at, action) => 1 + moves.remove(known(states, at), action).back,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) out[x] = logReward(known(states, x * W));
    },
    // What is there so far, as a molecule of its own; nothing has no property.
    partialLogReward(states, count, out) {
      for (let x = 0; x < count; x++) {
        out[x] = isEmpty(states, x * W) ? 0 : logReward(known(states, x * W));
      }
    },
    fingerprint: {
      words: chemistry.fingerprintWords,
      apart: null,
      write: (states, at, out, outAt) => chemistry.writeFingerprint(known(states, at), out, outAt),
    },
    text: (states, at) => isEmpty(states, at) ? "(empty)" : chemistry.smiles(known(states, at)),
    drawing: (states, at) => chemistry.svg(known(states, at)),
    ...(guess(E, n, rings) <= FEW && { enumeration: listed(moves) }),
  };
}

function elementsOf(letters: string, tools: EnvironmentTools): Element[] {
  const found = [...letters].map((letter) => ELEMENTS.find(({ symbol }) => symbol === letter));
  const elements = found.filter((element) => element !== undefined);
  if (elements.length === 0 || new Set(elements).size < letters.length) {
    tools.fail(`elements is "${letters}", want letters of CNOF, each at most once`);
  }
  return elements;
}

/** Numbered graphs of n atoms as if any atom took any bonds, over the n! numberings that most graphs have. */
function guess(E: number, n: number, rings: number): number {
  const pairs = n * (n - 1) / 2, trees = n - 1;
  let sum = 0, ways = 1; // ways to choose m of the pairs, and orders for them
  for (let m = 0; m <= Math.min(pairs, trees + rings); m++) {
    if (m >= trees) sum += ways;
    ways *= ORDERS * (pairs - m) / (m + 1);
  }
  for (let i = 1; i <= n; i++) sum *= E / i;
  return sum;
}

/** All graphs by their atoms and bond orders together, which every move raises. */
function listed(moves: AtomMoves): Enumeration {
  const { words: W, atoms: n, elements: { length: E } } = moves;
  const mask = new Uint8Array(E + n * E + W - n);
  const indices = new Map<string, number>(), list: Int32Array[] = [];
  let level = new Map<string, Int32Array>([[new Int32Array(W).join(" "), new Int32Array(W)]]);
  while (level.size > 0) {
    const next = new Map<string, Int32Array>();
    for (const [key, words] of level) {
      indices.set(key, list.length);
      list.push(words);
      const known = moves.at(words, 0);
      moves.writeForward(known, mask.fill(0));
      mask.forEach((allowed, move) => {
        if (allowed === 0) return;
        const found = moves.add(known, move).words;
        next.set(found.join(" "), found);
      });
    }
    level = next;
  }
  return {
    size: list.length,
    index: (states, at) => indices.get(states.subarray(at, at + W).join(" "))!,
    state(index, states, at) {
      states.set(list[index]!, at);
    },
  };
}

export default {
  apiVersion: 1,
  name: "qm9-graph",
  summary: "molecules of up to nine atoms, built atom by atom and bond by bond",
  source: "recursionpharma/gflownet, tasks/qm9.py and envs/mol_building_env.py",
  config,
  create,
} satisfies EnvironmentPlugin;

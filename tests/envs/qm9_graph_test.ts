import assert from "node:assert/strict";
import { fingerprintOf } from "../../metrics/fingerprints.ts";
import { AtomMoves, type Element } from "../../molecules/atom_moves.ts";
import type { HostedEnvironment } from "../../plugins/open.ts";
import { sampleForward } from "../../rollout/forward.ts";
import { terminatingStates } from "../../rollout/batch.ts";
import { RandomStream } from "../../tensor/random.ts";
import { orders } from "./_numberings.ts";
import { built, lawsHold, logRewards, open, trained } from "./_env.ts";

const VALENCES: Readonly<Record<string, number>> = { C: 4, N: 3, O: 2, F: 1 };

Deno.test("qm9-graph of few atoms, which are listed, keeps all laws", async () => {
  await lawsHold("qm9-graph", { maxAtoms: 4, property: "psa", scale: 20 }, 12);
  await lawsHold("qm9-graph", { maxAtoms: 5, elements: "OC", rings: 1, property: "logs" }, 12);
  await lawsHold("qm9-graph", { maxAtoms: 1 }, 4);
});

const range = (k: number) => Array.from({ length: k }, (_, i) => i);

/** A graph as elements and the matrix of its bond orders. */
interface Plain {
  letters: string;
  bonds: number[][];
}

const numbered = ({ letters, bonds }: Plain, order: readonly number[]) =>
  order.map((i) => letters[i]).join("") +
  order.map((i) => order.map((j) => bonds[i]![j]).join("")).join("");

/** One text for all numberings of a graph. */
const canonical = (graph: Plain, all: readonly number[][]) =>
  all.map((order) => numbered(graph, order)).toSorted()[0]!;

const ringsOf = ({ letters, bonds }: Plain) =>
  bonds.flatMap((row, i) => row.slice(0, i)).filter((order) => order > 0).length - letters.length +
  1;

/** Whether atoms have no more bonds than valences allow, and all hang together. */
function isMolecule({ letters, bonds }: Plain): boolean {
  if (bonds.some((row, i) => row.reduce((a, b) => a + b) > VALENCES[letters[i]!]!)) return false;
  const seen = new Set([0]);
  for (const i of seen) bonds[i]!.forEach((order, j) => order > 0 && seen.add(j));
  return seen.size === letters.length;
}

/** All numbered graphs of k atoms, valid or not. */
function* numberedGraphs(k: number, elements: string): Generator<Plain> {
  const pairs = range(k).flatMap((i) => range(i).map((j) => [i, j] as const));
  for (let e = 0; e < elements.length ** k; e++) {
    const letters = range(k).map((i) =>
      elements[Math.floor(e / elements.length ** i) % elements.length]
    ).join("");
    for (let b = 0; b < 4 ** pairs.length; b++) {
      const bonds = range(k).map(() => new Array<number>(k).fill(0));
      pairs.forEach(([i, j], p) => bonds[i]![j] = bonds[j]![i] = (b >> 2 * p) & 3);
      yield { letters, bonds };
    }
  }
}

/** The graph of a state. */
function plain(words: Int32Array, n: number, elements: string): Plain {
  const letters = [...words.subarray(0, n)].filter((word) => word > 0).map((word) =>
    elements[word - 1]
  ).join("");
  const bonds = range(letters.length).map(() => new Array<number>(letters.length).fill(0));
  let at = n;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++, at++) {
      if (j < letters.length) bonds[i]![j] = bonds[j]![i] = words[at]!;
    }
  }
  return { letters, bonds };
}

/** The states that are listed, but for the empty one. */
function listed({ enumeration, stateWords }: HostedEnvironment): Int32Array[] {
  return range(enumeration!.size - 1).map((s) => {
    const state = new Int32Array(stateWords);
    enumeration!.state(s + 1, state, 0);
    return state;
  });
}

for (
  const [maxAtoms, elements, rings] of [[3, "CNOF", 10], [4, "CO", 10], [4, "NC", 1], [
    4,
    "C",
    0,
  ]] as const
) {
  Deno.test(`qm9-graph lists each molecule once: ${maxAtoms} atoms of ${elements}, ${rings} rings`, async () => {
    const want = new Set<string>();
    for (let k = 1; k <= maxAtoms; k++) {
      const all = orders(k);
      for (const graph of numberedGraphs(k, elements)) {
        if (isMolecule(graph) && ringsOf(graph) <= rings) want.add(canonical(graph, all));
      }
    }
    const found = listed(await open("qm9-graph", { maxAtoms, elements, rings })).map((state) => {
      const graph = plain(state, maxAtoms, elements);
      return canonical(graph, orders(graph.letters.length));
    });
    assert.equal(new Set(found).size, found.length);
    assert.deepEqual(found.toSorted(), [...want].toSorted());
  });
}

Deno.test("qm9-graph without rings or orders above one lists the alkanes", async () => {
  const counts = new Array<number>(9).fill(0);
  for (const state of listed(await open("qm9-graph", { maxAtoms: 8, elements: "C", rings: 0 }))) {
    if (state.subarray(8).every((order) => order < 2)) {
      counts[state.subarray(0, 8).reduce((a, b) => a + b)]!++;
    }
  }
  assert.deepEqual(counts, [0, 1, 1, 1, 2, 3, 5, 9, 18]); // OEIS A000602
});

Deno.test("qm9-graph allows the first of each orbit of actions, both ways", async () => {
  const n = 4, elements = "CNO", environment = await open("qm9-graph", { maxAtoms: n, elements });
  const E = elements.length, { forwardActions: A, backwardActions: B } = environment;
  const pair = (i: number, j: number) => {
    const [a, b] = [Math.min(i, j), Math.max(i, j)];
    return a * n - a * (a + 1) / 2 + b - a - 1;
  };
  const mask = new Uint8Array(A), back = new Uint8Array(B);
  for (const state of listed(environment)) {
    const graph = plain(state, n, elements), { letters, bonds } = graph, k = letters.length;
    const itself = range(k), same = numbered(graph, itself);
    const symmetries = orders(k).filter((order) => numbered(graph, order) === same);
    const free = bonds.map((row, i) => VALENCES[letters[i]!]! - row.reduce((a, b) => a + b, 0));
    const forward = new Set([0]), backward = new Set<number>();
    const firstOf = (orbit: number[]) => Math.min(...orbit);
    for (const i of itself) {
      const first = firstOf(symmetries.map((image) => image[i]!));
      if (free[i]! > 0 && k < n) { for (let e = 0; e < E; e++) forward.add(1 + E + first * E + e); }
      if (k === 1 || bonds[i]!.reduce((a, b) => a + b) === 1) backward.add(first);
      for (let j = i + 1; j < k; j++) {
        const among = firstOf(symmetries.map((image) => pair(image[i]!, image[j]!)));
        if (free[i]! > 0 && free[j]! > 0 && bonds[i]![j]! < 3) forward.add(1 + E + n * E + among);
        const less = bonds.map((row) => [...row]);
        less[i]![j]!--;
        less[j]![i]!--;
        if (bonds[i]![j]! > 0 && isMolecule({ letters, bonds: less })) backward.add(n + among);
      }
    }
    environment.forwardMask(state, 0, mask, 0);
    environment.backwardMask(state, 0, back, 0);
    const allowed = (bytes: Uint8Array) =>
      range(bytes.length).filter((action) => bytes[action] === 1);
    assert.deepEqual(allowed(mask), [...forward].toSorted((a, b) => a - b), state.join(" "));
    assert.deepEqual(allowed(back), [...backward].toSorted((a, b) => a - b), state.join(" "));
  }
});

/** Ends of trajectories that choose at random. */
async function ends(environment: HostedEnvironment, count: number): Promise<Int32Array[]> {
  const zeros = ({ rows }: { rows: number }) => new Float32Array(rows * environment.forwardActions);
  const { batch } = await sampleForward(environment, count, zeros, RandomStream.of(3, "ends"));
  const states = terminatingStates(batch), W = environment.stateWords;
  return range(count).map((x) => states.slice(x * W, (x + 1) * W));
}

const ELEMENTS: Element[] = [..."CNOF"].map((symbol, i) => ({
  ...{ symbol, z: 6 + i, valence: VALENCES[symbol]! },
}));

/** The graph that a SMILES of capital letters says. */
function read(smiles: string): Plain {
  let letters = "", last = -1, order = 1;
  const bonds: [number, number, number][] = [], branches: number[] = [];
  const rings = new Map<string, { atom: number; order: number }>();
  for (const [token] of smiles.matchAll(/%\d\d|./g)) {
    if (token in VALENCES) {
      const atom = letters.length;
      letters += token;
      if (last >= 0) bonds.push([last, atom, order]);
      [last, order] = [atom, 1];
    } else if (token === "(") branches.push(last);
    else if (token === ")") last = branches.pop()!;
    else if ("=#".includes(token)) order = token === "=" ? 2 : 3;
    else if (/\d/.test(token)) {
      const open = rings.get(token);
      if (open) bonds.push([open.atom, last, Math.max(order, open.order)]);
      if (!rings.delete(token)) rings.set(token, { atom: last, order });
      order = 1;
    } else throw new Error(`${token} in ${smiles}`);
  }
  const matrix = range(letters.length).map(() => new Array<number>(letters.length).fill(0));
  for (const [i, j, order] of bonds) matrix[i]![j] = matrix[j]![i] = order;
  return { letters, bonds: matrix };
}

/** The state of a SMILES. */
function wordsOf(smiles: string, moves: AtomMoves): Int32Array {
  const { letters, bonds } = read(smiles);
  const colours = [...letters].map((letter) => "CNOF".indexOf(letter));
  return moves.wordsOf({ colours, edges: Uint8Array.from(bonds.flat()) });
}

/** Elements with their hydrogens, in the order of letters. */
const hydrogensOf = ({ letters, bonds }: Plain) =>
  [...letters].map((letter, i) =>
    letter + (VALENCES[letter]! - bonds[i]!.reduce((a, b) => a + b, 0))
  )
    .toSorted().join(" ");

Deno.test("qm9-graph writes SMILES that read back as the state", async () => {
  const environment = await open("qm9-graph", { maxAtoms: 4 }),
    moves = new AtomMoves(ELEMENTS, 4, 10);
  const states = listed(environment);
  for (const state of states) {
    assert.deepEqual(wordsOf(environment.text!(state, 0), moves), state, state.join(" "));
  }
  assert.equal(states.length, 738);
  assert.equal(environment.text!(built(environment, []), 0), "(empty)");
  // Of nine atoms they may have an aromatic ring, whose double bonds the SMILES moves; atoms stay what they are.
  const larger = await open("qm9-graph");
  for (const state of await ends(larger, 64)) {
    const want = hydrogensOf(plain(state, 9, "CNOF"));
    assert.equal(hydrogensOf(read(larger.text!(state, 0))), want, state.join(" "));
  }
});

Deno.test("qm9-graph takes the properties of known molecules over the scale", async () => {
  const moves = new AtomMoves(ELEMENTS, 9, 10);
  const [benzene, ethanol] = ["C1=CC=CC=C1", "CCO"].map((smiles) => [...wordsOf(smiles, moves)]);
  for (
    const [property, scale, want] of [["clogp", 2, [1.6596, 0.0505]], ["logs", -1, [
      -1.616,
      -0.477,
    ]], ["psa", 20, [0, 20.23]]] as const
  ) {
    const environment = await open("qm9-graph", { property, scale });
    const logR = await logRewards(environment, [benzene!, ethanol!]);
    logR.forEach((found, i) =>
      assert.ok(Math.abs(found - want[i]! / scale) < 1e-3, `${property} ${found * scale}`)
    );
  }
  const environment = await open("qm9-graph"), out = new Float64Array(2);
  const [whole] = await logRewards(environment, [ethanol!]);
  await environment.partialLogReward!(
    Int32Array.from([...built(environment, []), ...ethanol!]),
    2,
    out,
  );
  assert.deepEqual([...out], [0, whole]);
});

Deno.test("qm9-graph gives benzene the Morgan bits that seh gives it", async () => {
  const moves = new AtomMoves(ELEMENTS, 9, 10), seh = await open("seh");
  const want = fingerprintOf(seh, built(seh, [1]), 0);
  assert.deepEqual(
    fingerprintOf(await open("qm9-graph"), wordsOf("C1=CC=CC=C1", moves), 0),
    want,
  );
});

Deno.test("qm9-graph may stop from one atom on, and draws what it has", async () => {
  const environment = await open("qm9-graph", { maxAtoms: 2, elements: "FC" });
  const mask = new Uint8Array(environment.forwardActions);
  const allowed = (actions: number[]) => {
    environment.forwardMask(built(environment, actions), 0, mask, 0);
    return range(mask.length).filter((action) => mask[action] === 1);
  };
  assert.deepEqual(allowed([]), [1, 2]);
  assert.deepEqual(allowed([1]), [0, 3, 4]);
  assert.deepEqual(allowed([1, 3]), [0]); // F2
  assert.deepEqual(allowed([2, 4]), [0, 7]); // ethane may become ethylene, then acetylene
  assert.deepEqual(allowed([2, 4, 7, 7]), [0]);
  assert.match(
    environment.drawing!(built(environment, [2]), 0),
    /^<svg [^>]*width="120px" height="90px"/,
  );
});

Deno.test("qm9-graph says what is wrong with its options", async () => {
  for (const elements of ["", "CS", "CC"]) {
    await assert.rejects(open("qm9-graph", { elements }), {
      message:
        `Cannot open environment "qm9-graph": elements is "${elements}", want letters of CNOF, each at most once`,
    });
  }
  await assert.rejects(open("qm9-graph", { scale: 0 }), {
    message: 'Cannot open environment "qm9-graph": scale is 0, want another number',
  });
});

for (
  const [objective, network, steps] of [
    ["tb", "mlp", 300],
    ["ent-ppo", "mlp", 100],
    ["subtb", "mlp", 300],
    ["tb", "graph", 600],
  ] as const
) {
  Deno.test(`qm9-graph of three atoms is learned by ${objective} with network ${network}`, async () => {
    const policy = { network, hidden: [64, 64], lr: 5e-3, graph: { width: 32, feedForward: 32 } };
    const settings = { steps, batch: 32, policy };
    const { tv } = await trained("qm9-graph", { maxAtoms: 3 }, objective, settings);
    assert.ok(Number(tv) < 0.1, `total variation ${tv}`);
  });
}

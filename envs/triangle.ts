/**
 * Triangles: undirected graphs of nodes of several classes, built node by node and edge by edge; any graph may
 * stop. Three nodes with all three edges are rewarded, whatever their classes.
 *
 * A state is a graph whose nodes are numbered as they came: a new node is the last one, and only the last one,
 * when it has no edge, can be taken away. So a graph without numbers is as many states as it has numberings that
 * differ, k! / |Aut| for k nodes: its copies.
 *
 * Action 0 stops, 1 + c adds a node of class c, 1 + C + p adds the edge of pair p: (i, j), i < j, in row order.
 * Backward action i takes node i away, n + p the edge of pair p. Words: of each node 0 or 1 + its class, then
 * of each pair 1 where its edge is.
 *
 * @module
 */
import type {
  Environment,
  EnvironmentPlugin,
  OptionsOf,
  OptionSpecs,
} from "../plugins/contract.ts";

const config = {
  nodes: { int: [3, 8], default: 3, help: "most nodes" },
  classes: { int: [1, 64], default: 5, help: "C, classes of nodes" },
  triangle: { number: [1e-300, 1e300], default: 100, help: "R of a triangle" },
  other: { number: [1e-300, 1e300], default: 1e-6, help: "R of any other graph" },
} as const satisfies OptionSpecs;

/** Most states that are listed. */
const LISTED = 2 ** 20;

const COLOURS = ["#bee3f8", "#fbd38d", "#c6f6d5", "#fed7e2", "#e9d8fd", "#fefcbf", "#b2f5ea"];

function create(
  { nodes: n, classes: C, triangle, other }: OptionsOf<typeof config>,
): Environment {
  const pairs: [number, number][] = [];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) pairs.push([i, j]);
  const P = pairs.length, W = n + P, firstEdge = 1 + C;
  const logTriangle = Math.log(triangle), logOther = Math.log(other);
  const triangles = pairs.map(([, j]) => j < 3 ? 1 : 0);

  function nodeCount(states: Int32Array, at: number): number {
    let count = 0;
    while (count < n && states[at + count] !== 0) count++;
    return count;
  }
  function isTriangle(states: Int32Array, at: number): boolean {
    return nodeCount(states, at) === 3 &&
      triangles.every((within, p) => states[at + n + p] === within);
  }
  /** The pair of two nodes. */
  const pairOf = Array.from(
    { length: n },
    (_, i) =>
      Array.from(
        { length: n },
        (_, j) => pairs.findIndex(([a, b]) => a + b === i + j && (a === i || a === j)),
      ),
  );
  /** Ways to map k nodes onto themselves that keep classes and edges, given images of the first few. */
  function automorphisms(states: Int32Array, at: number, k: number, images: number[]): number {
    const i = images.length;
    if (i === k) return 1;
    let count = 0;
    for (let image = 0; image < k; image++) {
      if (images.includes(image) || states[at + image] !== states[at + i]) continue;
      const keeps = images.every((other, j) =>
        states[at + n + pairOf[i]![j]!] === states[at + n + pairOf[image]![other]!]
      );
      if (keeps) count += automorphisms(states, at, k, [...images, image]);
    }
    return count;
  }
  /** log of the number of states that are the same graph with other numbers. */
  function logNumberings(states: Int32Array, at: number): number {
    const k = nodeCount(states, at);
    let sum = -Math.log(automorphisms(states, at, k, []));
    for (let i = 2; i <= k; i++) sum += Math.log(i);
    return sum;
  }
  function hasEdge(states: Int32Array, at: number, node: number): boolean {
    return pairs.some(([i, j], p) => (i === node || j === node) && states[at + n + p] === 1);
  }
  return {
    stateWords: W,
    forwardActions: 1 + C + P,
    backwardActions: n + P,
    stopAction: 0,
    maxTrajectory: n + P + 1,
    observation: {
      kind: "graph",
      nodes: n,
      // Moves depend on which node came when: a policy has to know that beside its class.
      nodeTypes: n * C,
      edgeTypes: 1,
      directed: false,
      layout: { perGraph: 1 + C, perNode: 0, perPair: 1 },
      backwardLayout: { perGraph: 0, perNode: 1, perPair: 1 },
      write(states, at, out, outAt) {
        for (let w = 0; w < W; w++) {
          const word = states[at + w]!;
          out[outAt + w] = word === 0 || w >= n ? word : w * C + word;
        }
      },
    },
    initial(states, at) {
      states.fill(0, at, at + W);
    },
    step(states, at, action) {
      if (action < firstEdge) states[at + nodeCount(states, at)] = action;
      else states[at + n + action - firstEdge] = 1;
    },
    unstep(states, at, action) {
      states[at + action] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      const count = nodeCount(states, at);
      mask[maskAt] = 1;
      mask.fill(count < n ? 1 : 0, maskAt + 1, maskAt + firstEdge);
      pairs.forEach(([, j], p) => {
        mask[maskAt + firstEdge + p] = j < count ? 1 - states[at + n + p]! : 0;
      });
    },
    backwardMask(states, at, mask, maskAt) {
      const last = nodeCount(states, at) - 1;
      mask.fill(0, maskAt, maskAt + n);
      if (last >= 0 && !hasEdge(states, at, last)) mask[maskAt + last] = 1;
      for (let p = 0; p < P; p++) mask[maskAt + n + p] = states[at + n + p]!;
    },
    backwardOf: (states, at, action) =>
      action < firstEdge ? nodeCount(states, at) : n + action - firstEdge,
    forwardOf: (states, at, action) => action < n ? states[at + action]! : firstEdge + action - n,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) {
        out[x] = isTriangle(states, x * W) ? logTriangle : logOther;
      }
    },
    logCopies(states, count, out) {
      for (let x = 0; x < count; x++) out[x] = logNumberings(states, x * W);
    },
    isMode: isTriangle,
    text(states, at) {
      const nodes = Array.from(states.subarray(at, at + nodeCount(states, at)), (word) => word - 1);
      const edges = pairs.flatMap(([i, j], p) => states[at + n + p] ? [`${i}-${j}`] : []);
      return `${nodes.join(" ") || "(no nodes)"} | ${edges.join(" ") || "(no edges)"}`;
    },
    drawing: (states, at) =>
      draw(
        Array.from(states.subarray(at, at + nodeCount(states, at)), (word) => word - 1),
        pairs.filter((_, p) => states[at + n + p] === 1),
        n,
      ),
    ...listing(n, C, pairs),
  };
}

/** Graphs of k nodes are numbered from `first[k]` on, by their classes and then the bits of their pairs. */
function listing(
  n: number,
  C: number,
  pairs: readonly [number, number][],
): Pick<Environment, "enumeration"> {
  const own = Array.from(
    { length: n + 1 },
    (_, k) => pairs.flatMap(([, j], p) => j < k ? [p] : []),
  );
  const first = [0];
  for (let k = 0; k <= n; k++) first.push(first[k]! + C ** k * 2 ** own[k]!.length);
  const size = first[n + 1]!, W = n + pairs.length;
  if (size > LISTED) return {};
  return {
    enumeration: {
      size,
      index(states, at) {
        let k = 0, index = 0;
        for (; k < n && states[at + k] !== 0; k++) index = index * C + states[at + k]! - 1;
        for (const p of own[k]!.toReversed()) index = 2 * index + states[at + n + p]!;
        return first[k]! + index;
      },
      state(index, states, at) {
        let k = 0;
        while (index >= first[k + 1]!) k++;
        states.fill(0, at, at + W);
        let left = index - first[k]!;
        for (const p of own[k]!) {
          states[at + n + p] = left & 1;
          left = Math.floor(left / 2);
        }
        for (let i = k - 1; i >= 0; i--) {
          states[at + i] = 1 + left % C;
          left = Math.floor(left / C);
        }
      },
    },
  };
}

/** Nodes on a circle with the number of their class. */
function draw(nodes: readonly number[], edges: readonly [number, number][], n: number): string {
  const radius = 50, size = 12, half = radius + 20;
  const x = nodes.map((_, i) => (radius * Math.sin(2 * Math.PI * i / n)).toFixed(1));
  const y = nodes.map((_, i) => (-radius * Math.cos(2 * Math.PI * i / n)).toFixed(1));
  const lines = edges.map(([i, j]) => `<path d="M${x[i]} ${y[i]}L${x[j]} ${y[j]}" stroke="#777"/>`);
  const circles = nodes.map((c, i) =>
    `<circle cx="${x[i]}" cy="${y[i]}" r="${size}" fill="${
      COLOURS[c % COLOURS.length]
    }" stroke="#2b6cb0"/>` +
    `<text x="${x[i]}" y="${y[i]}" dy=".35em" font-size="11" font-family="sans-serif" ` +
    `text-anchor="middle">${c}</text>`
  );
  const box = `${-half} ${-half} ${2 * half} ${2 * half}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}">${lines.join("")}${
    circles.join("")
  }</svg>`;
}

export default {
  apiVersion: 1,
  name: "triangle",
  summary: "graphs of nodes of several classes, rewarded for being a triangle",
  source: "torchgfn f39bfc9, tutorials/examples/train_graph_triangle.py",
  config,
  create: create as EnvironmentPlugin["create"],
} satisfies EnvironmentPlugin;

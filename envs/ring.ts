/**
 * Rings: n nodes, edges added one by one, directed or not; any graph may stop. A graph that is one cycle
 * through all nodes is rewarded, whatever the order of its nodes.
 *
 * Action 0 stops; 1 + p adds the edge of pair p, backward action p takes it out: pairs (i, j), i < j, in row
 * order, and for directed graphs then those with i > j. A state has a word for each pair, 1 where its edge is.
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
  nodes: { int: [3, 12], default: 4, help: "n" },
  directed: { boolean: true, default: true, help: "whether edges have a direction" },
  ring: { number: [1e-300, 1e300], default: 100, help: "R of a ring" },
  other: { number: [1e-300, 1e300], default: 1e-6, help: "R of any other graph" },
} as const satisfies OptionSpecs;

/** Most pairs of which all graphs are listed. */
const LISTED = 20;

/** Pairs of n nodes, as the words of a state are. */
function pairsOf(n: number, directed: boolean): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) pairs.push([i, j]);
  for (let i = 0; directed && i < n; i++) for (let j = 0; j < i; j++) pairs.push([i, j]);
  return pairs;
}

function create({ nodes: n, directed, ring, other }: OptionsOf<typeof config>): Environment {
  const pairs = pairsOf(n, directed), P = pairs.length;
  const from = Int32Array.from(pairs, ([i]) => i), to = Int32Array.from(pairs, ([, j]) => j);
  const logRing = Math.log(ring), logOther = Math.log(other);
  /** Of each node the nodes that its edges lead to, at most two. */
  const first = new Int32Array(n), second = new Int32Array(n);

  function isRing(states: Int32Array, at: number): boolean {
    first.fill(-1);
    second.fill(-1);
    const link = (i: number, j: number) => {
      if (first[i] === -1) first[i] = j;
      else if (second[i] === -1) second[i] = j;
      else return false;
      return true;
    };
    for (let p = 0; p < P; p++) {
      if (states[at + p] === 0) continue;
      const i = from[p]!, j = to[p]!;
      if (!link(i, j) || (!directed && !link(j, i))) return false;
    }
    for (let i = 0; i < n; i++) {
      if (first[i] === -1 || (second[i] === -1) !== directed) return false;
    }
    let before = -1, here = 0, steps = 0;
    do {
      const next = !directed && first[here] === before ? second[here]! : first[here]!;
      before = here;
      here = next;
      steps++;
    } while (here !== 0 && steps < n);
    return here === 0 && steps === n;
  }
  const edges = (states: Int32Array, at: number) => pairs.filter((_, p) => states[at + p] === 1);

  return {
    stateWords: P,
    forwardActions: 1 + P,
    backwardActions: P,
    stopAction: 0,
    maxTrajectory: 1 + P,
    observation: {
      kind: "graph",
      nodes: n,
      nodeTypes: 1, // a ring is one whatever its nodes are called
      edgeTypes: 1,
      directed,
      layout: { perGraph: 1, perNode: 0, perPair: 1 },
      backwardLayout: { perGraph: 0, perNode: 0, perPair: 1 },
      write(states, at, out, outAt) {
        out.fill(1, outAt, outAt + n);
        for (let p = 0; p < P; p++) out[outAt + n + p] = states[at + p]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + P);
    },
    step(states, at, action) {
      states[at + action - 1] = 1;
    },
    unstep(states, at, p) {
      states[at + p] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      mask[maskAt] = 1;
      for (let p = 0; p < P; p++) mask[maskAt + 1 + p] = 1 - states[at + p]!;
    },
    backwardMask(states, at, mask, maskAt) {
      for (let p = 0; p < P; p++) mask[maskAt + p] = states[at + p]!;
    },
    backwardOf: (_states, _at, action) => action - 1,
    forwardOf: (_states, _at, p) => 1 + p,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) out[x] = isRing(states, x * P) ? logRing : logOther;
    },
    isMode: isRing,
    ...(directed && {
      digraph: {
        names: Array.from({ length: n }, (_, i) => String(i)),
        write(states: Int32Array, at: number, out: Uint8Array, outAt: number) {
          out.fill(0, outAt, outAt + n * n);
          for (let p = 0; p < P; p++) out[outAt + from[p]! * n + to[p]!] = states[at + p]!;
        },
      },
    }),
    text(states, at) {
      const arrow = directed ? "->" : "-";
      return edges(states, at).map(([i, j]) => `${i}${arrow}${j}`).join(" ") || "(no edges)";
    },
    drawing: (states, at) => draw(n, edges(states, at), directed),
    ...(P <= LISTED && {
      // An edge more is a bit more: every move leads to a higher number.
      enumeration: {
        size: 2 ** P,
        index(states, at) {
          let index = 0;
          for (let p = 0; p < P; p++) index |= states[at + p]! << p;
          return index;
        },
        state(index, states, at) {
          for (let p = 0; p < P; p++) states[at + p] = index >> p & 1;
        },
      },
    }),
  };
}

/** Nodes on a circle; arrows end at the rim, and where both of a pair are there they are apart. */
function draw(n: number, edges: readonly [number, number][], directed: boolean): string {
  const radius = 60 + 6 * n, size = 12, half = radius + 20, turn = 2 * Math.PI / n;
  const x = Array.from({ length: n }, (_, i) => radius * Math.sin(turn * i));
  const y = Array.from({ length: n }, (_, i) => -radius * Math.cos(turn * i));
  const lines = edges.map(([i, j]) => {
    const length = Math.hypot(x[j]! - x[i]!, y[j]! - y[i]!);
    const u = (x[j]! - x[i]!) / length, v = (y[j]! - y[i]!) / length;
    const aside = edges.some(([from, to]) => from === j && to === i) ? 4 : 0;
    /** A point of the line, from its end backwards and to the side. */
    const point = (back: number, beside: number) =>
      [
        x[j]! - (size + back) * u - (aside + beside) * v,
        y[j]! - (size + back) * v + (aside + beside) * u,
      ]
        .map((c) => c.toFixed(1)).join(" ");
    const tip = directed ? `M${point(0, 0)}L${point(8, 3.5)}L${point(8, -3.5)}Z` : "";
    const end = directed ? 7 : 0;
    return `<path d="M${point(length - 2 * size, 0)}L${
      point(end, 0)
    }${tip}" fill="#777" stroke="#777"/>`;
  });
  const circles = x.map((cx, i) => {
    const at = `x="${cx.toFixed(1)}" y="${y[i]!.toFixed(1)}"`;
    return `<circle c${at.replace(" y", " cy")} r="${size}" fill="#bee3f8" stroke="#2b6cb0"/>` +
      `<text ${at} dy=".35em" font-size="11" font-family="sans-serif" text-anchor="middle">${i}</text>`;
  });
  const box = `${-half} ${-half} ${2 * half} ${2 * half}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}">${lines.join("")}${
    circles.join("")
  }</svg>`;
}

export default {
  apiVersion: 1,
  name: "ring",
  summary: "graphs of n nodes, edge by edge, rewarded for being one ring",
  source: "torchgfn f39bfc9, tutorials/examples/train_graph_ring.py",
  config,
  create: create as EnvironmentPlugin["create"],
} satisfies EnvironmentPlugin;

/**
 * Graphs built node by node and edge by edge until one stops; rings are rewarded:
 * `gfn train examples/plugins/ring.ts --set env.nodes=5`.
 */
import type { Environment, EnvironmentPlugin, OptionsOf, OptionSpecs } from "../../mod.ts";

const config = {
  nodes: { int: [3, 8], default: 4, help: "most nodes" },
  other: {
    number: [1e-12, 100],
    default: 1,
    help: "R of a graph that is no ring; a ring has 100",
  },
} as const satisfies OptionSpecs;

const LISTED = 2 ** 16;

/**
 * Words: the number of nodes, then 1 for each pair that has an edge; nodes are numbered as they come, so
 * that there is one way to add a node. Actions: stop, add node i, add the edge of a pair.
 */
function create({ nodes: n, other }: OptionsOf<typeof config>): Environment {
  const pairs: [number, number][] = [];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) pairs.push([i, j]);
  const P = pairs.length, W = 1 + P, edge = 1 + n;
  const isFree = (states: Int32Array, at: number, node: number) =>
    pairs.every(([i, j], p) => (i !== node && j !== node) || states[at + 1 + p] === 0);
  /** One cycle through all nodes that are there. */
  const isRing = (states: Int32Array, at: number) => {
    const count = states[at]!;
    if (count < 3) return false;
    const near: number[][] = Array.from({ length: n }, () => []);
    pairs.forEach(([i, j], p) => {
      if (states[at + 1 + p] === 0) return;
      near[i]!.push(j);
      near[j]!.push(i);
    });
    if (near.some((list, node) => list.length !== (node < count ? 2 : 0))) return false;
    let before = 0, here = near[0]![0]!, steps = 1;
    while (here !== 0) {
      const next = near[here]![0] === before ? near[here]![1]! : near[here]![0]!;
      before = here;
      here = next;
      steps++;
    }
    return steps === count;
  };
  // Graphs of k nodes are numbered from `first[k]` on, by the bits of their pairs among the first k.
  const own = Array.from(
    { length: n + 1 },
    (_, k) => pairs.flatMap(([, j], p) => j < k ? [p] : []),
  );
  const first = [0];
  for (let k = 0; k <= n; k++) first.push(first[k]! + 2 ** own[k]!.length);
  const size = first[n + 1]!;
  return {
    stateWords: W,
    forwardActions: 1 + n + P,
    backwardActions: n + P, // take node i away, take the edge of a pair away
    stopAction: 0,
    maxTrajectory: n + P + 1,
    observation: {
      kind: "graph",
      nodes: n,
      nodeTypes: 1,
      edgeTypes: 1,
      directed: false,
      layout: { perGraph: 1, perNode: 1, perPair: 1 },
      write(states, at, out, outAt) {
        for (let i = 0; i < n; i++) out[outAt + i] = i < states[at]! ? 1 : 0;
        for (let p = 0; p < P; p++) out[outAt + n + p] = states[at + 1 + p]!;
      },
    },
    initial(states, at) {
      states.fill(0, at, at + W);
    },
    step(states, at, action) {
      if (action < edge) states[at]!++;
      else states[at + 1 + action - edge] = 1;
    },
    unstep(states, at, action) {
      if (action < n) states[at]!--;
      else states[at + 1 + action - n] = 0;
    },
    forwardMask(states, at, mask, maskAt) {
      const count = states[at]!;
      mask[maskAt] = 1;
      for (let i = 0; i < n; i++) mask[maskAt + 1 + i] = i === count ? 1 : 0;
      pairs.forEach(([, j], p) => {
        mask[maskAt + edge + p] = j < count && states[at + 1 + p] === 0 ? 1 : 0;
      });
    },
    backwardMask(states, at, mask, maskAt) {
      const last = states[at]! - 1;
      for (let i = 0; i < n; i++) mask[maskAt + i] = i === last && isFree(states, at, i) ? 1 : 0;
      for (let p = 0; p < P; p++) mask[maskAt + n + p] = states[at + 1 + p]!;
    },
    backwardOf: (_states, _at, action) => action - 1,
    forwardOf: (_states, _at, action) => action + 1,
    logReward(states, count, out) {
      for (let x = 0; x < count; x++) out[x] = Math.log(isRing(states, x * W) ? 100 : other);
    },
    isMode: isRing,
    text: (states, at) => {
      const edges = pairs.flatMap(([i, j], p) => states[at + 1 + p] ? [`${i}-${j}`] : []);
      return `${states[at]} nodes: ${edges.join(" ") || "no edge"}`;
    },
    ...(size <= LISTED && {
      enumeration: {
        size,
        index(states, at) {
          const count = states[at]!;
          return own[count]!.reduce(
            (sum, p, bit) => sum + states[at + 1 + p]! * 2 ** bit,
            first[count]!,
          );
        },
        state(index, states, at) {
          let count = 0;
          while (index >= first[count + 1]!) count++;
          states.fill(0, at, at + W);
          states[at] = count;
          own[count]!.forEach((p, bit) => states[at + 1 + p] = index - first[count]! >> bit & 1);
        },
      },
    }),
  };
}

export default {
  apiVersion: 1,
  name: "ring",
  summary: "graphs of nodes and edges, rewarded for being a ring",
  source: "after torchgfn's graph-ring task",
  config,
  create: create as EnvironmentPlugin["create"],
} satisfies EnvironmentPlugin;

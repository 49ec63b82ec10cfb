/**
 * What docs/decisions/014-symmetric-actions.md says, with its figures.
 *
 * @module
 */
import assert from "node:assert/strict";
import { resolveRun } from "../../config/resolve.ts";
import { visits } from "../../metrics/exact.ts";
import { buildStateGraph } from "../../metrics/state_graph.ts";
import { AtomMoves, type KnownGraph } from "../../molecules/atom_moves.ts";
import { canonicalGraph } from "../../molecules/canonical_graph.ts";
import { objectives } from "../../objectives/_registry.ts";
import { exactLogPf } from "../../train/evaluate.ts";
import { train, type TrainingView } from "../../train/train.ts";
import { canonical } from "./_numberings.ts";
import { open } from "./_env.ts";

/** Half the sum of differences of two lists of weights, each divided by its sum. */
function totalVariation(p: readonly number[], q: readonly number[]): number {
  const all = (x: readonly number[]) => x.reduce((sum, weight) => sum + weight, 0);
  const ofP = all(p), ofQ = all(q);
  return p.reduce((sum, x, i) => sum + Math.abs(x / ofP - q[i]! / ofQ), 0) / 2;
}

function near(found: number, want: number, within: number): void {
  assert.ok(Math.abs(found - want) < within, `${found}, want ${want}`);
}

Deno.test("actions counted apart give each molecule R over its symmetries, merged ones R", async () => {
  const n = 4, environment = await open("qm9-graph", { maxAtoms: n });
  const { enumeration, stateWords: W, backwardActions: B } = environment;
  const elements = [["C", 4], ["N", 3], ["O", 2], ["F", 1]] as const, E = elements.length;
  const moves = new AtomMoves(
    elements.map(([symbol, valence]) => ({ symbol, valence, z: 0 })),
    n,
    10,
  );
  /** Atoms, or pairs, that are one with the first of a move's. */
  const alike = ({ colours, firstAtom, firstPair }: KnownGraph, atom: number, pair: number) => {
    if (atom >= 0) return firstAtom.filter((first) => first === atom).length;
    const k = colours.length;
    return firstPair.reduce((count, first, at) => {
      const isPair = Math.floor(at / k) < at % k;
      return count + (isPair && moves.pair(Math.floor(first / k), first % k) === pair ? 1 : 0);
    }, 0);
  };
  // Sums over sequences of actions that lead to a state of the product of uniform P_B, by the state's words.
  const apart = new Map<string, number>(), merged = new Map<string, number>();
  const state = new Int32Array(W), weights: number[] = [], mask = new Uint8Array(B);
  let symmetric = 0;
  for (let s = 0; s < enumeration!.size; s++) {
    enumeration!.state(s, state, 0);
    const known = moves.at(state, 0), key = state.join(" ");
    moves.writeBackward(known, mask.fill(0));
    const back = Array.from(mask, (_, b) => b).filter((b) => mask[b] === 1);
    const sizes = back.map((b) => b < n ? alike(known, b, -1) : alike(known, -1, b - n));
    const ways = sizes.reduce((sum, size) => sum + size, 0);
    let sumApart = s === 0 ? 1 : 0, sumMerged = s === 0 ? 1 : 0;
    for (const b of back) {
      const { words, back: forward } = moves.remove(known, b), parent = moves.at(words, 0);
      const rest = forward - E, from = words.join(" ");
      const alikeForward = rest < 0
        ? 1
        : rest < n * E
        ? alike(parent, Math.floor(rest / E), -1)
        : alike(parent, -1, rest - n * E);
      sumApart += apart.get(from)! * alikeForward / ways;
      sumMerged += merged.get(from)! / back.length;
    }
    apart.set(key, sumApart);
    merged.set(key, sumMerged);
    if (s === 0) continue;
    near(sumMerged, 1, 1e-12);
    const symmetries = canonicalGraph(known).symmetries.length;
    near(sumApart * symmetries, 1, 1e-12);
    if (symmetries > 1) symmetric++;
    weights.push(sumApart);
  }
  const { logReward } = await buildStateGraph(environment);
  const R = Array.from(logReward.subarray(1), Math.exp);
  assert.deepEqual([R.length, symmetric], [738, 269]);
  near(totalVariation(R, R.map((x, i) => x * weights[i]!)), 0.177, 5e-4);
});

for (const [over, exact] of [["states", 0.2524], ["objects", 0]] as const) {
  Deno.test(`triangles over ${over} miss R over graphs without numbers by ${exact}, exactly and trained`, async () => {
    const options = { nodes: 3, classes: 2, other: 10 }, objective = "tb";
    const config = resolveRun({
      ...{ env: "triangle", objective, reward: { over }, steps: 600, batch: 32 },
      ...{ policy: { hidden: [64, 64], lr: 5e-3 }, eval: { every: 600 } },
    }, { environments: { triangle: { name: "triangle", config: {} } }, objectives });
    const environment = await open("triangle", options, config.reward);
    const { enumeration, stateWords: W, isMode } = environment, state = new Int32Array(W);
    const graphs = Array.from({ length: enumeration!.size }, (_, s) => {
      enumeration!.state(s, state, 0);
      return { key: canonical(state, 3), R: isMode!(state, 0) ? 100 : 10 };
    });
    const wanted = new Map(graphs.map(({ key, R }) => [key, R]));
    const missed = (ofStates: Float64Array) => {
      const found = new Map<string, number>();
      graphs.forEach(({ key }, s) => found.set(key, (found.get(key) ?? 0) + ofStates[s]!));
      return totalVariation([...wanted.values()], [...wanted.keys()].map((key) => found.get(key)!));
    };
    const { logReward } = await buildStateGraph(environment);
    near(missed(logReward.map(Math.exp)), exact, 5e-4);
    let trained = NaN;
    const watch = ({ graph, estimators }: TrainingView) => {
      trained = missed(visits(graph!, exactLogPf(graph!, estimators.policy)).terminating);
    };
    for await (
      const _ of train({ environment, objective: objectives[objective]!, config, watch })
    ) { /* to its end */ }
    near(trained, exact, 0.03);
  });
}

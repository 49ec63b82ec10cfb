import assert from "node:assert/strict";
import { ModesFound } from "../../metrics/modes_found.ts";
import { fingerprintOf, tanimoto } from "../../metrics/fingerprints.ts";
import { buildStateGraph } from "../../metrics/state_graph.ts";
import { sampleForward } from "../../rollout/forward.ts";
import { terminatingStates } from "../../rollout/batch.ts";
import { RandomStream } from "../../tensor/random.ts";
import { built, lawsHold, logRewards, open, trained } from "./_env.ts";

// Of all blocks it is held to them with the other environments, in tests/plugins/conformance_test.ts.
Deno.test("seh of few blocks, which are listed, keeps all laws", async () => {
  await lawsHold("seh", { blocks: 4, minBlocks: 1, maxBlocks: 3, stemMask: "none" }, 8);
});

Deno.test("seh of fragments keeps all laws, and every leaf can be taken off", async () => {
  const options = { library: "fragments", blocks: 4, minBlocks: 1, maxBlocks: 3 };
  await lawsHold("seh", options, 8);
  const environment = await open("seh", { ...options, blocks: 105, maxBlocks: 9 });
  assert.equal(environment.observation.kind === "graph" && environment.observation.nodeTypes, 72);
  const mask = new Uint8Array(9);
  environment.backwardMask(built(environment, [1, 1 + 72]), 0, mask, 0);
  // Two benzene rings are one leaf, since a symmetry exchanges them.
  assert.deepEqual([...mask], [1, 0, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("seh lists each molecule of few blocks once, and only those that can be built", async () => {
  // Benzene, CO entered by C, CO entered by O: kinds of six, two and two ports.
  const environment = await open("seh", { blocks: 3, maxBlocks: 2 });
  const { size, state } = environment.enumeration!, words = new Int32Array(4);
  const texts: string[] = [];
  for (let s = 0; s < size; s++) {
    state(s, words, 0);
    texts.push(environment.text!(words, 0));
  }
  // By kinds: benzene with itself, with CO by C, by O; and chains of two, CO entered at one end alone.
  assert.deepEqual(texts.slice(0, 4), ["(empty)", "c1ccccc1", "CO", "CO"]);
  const pairs = texts.slice(4);
  assert.equal(pairs.filter((text) => text === "c(cc1)ccc1-c1ccccc1").length, 1);
  // The two kinds of CO have other free ports, so that they are different states.
  assert.ok(new Set(pairs).size < pairs.length);
  const graph = await buildStateGraph(environment);
  assert.equal(graph.terminating.filter((end) => end === 1).length, pairs.length);
});

Deno.test("seh may stop from minBlocks on, and ends where nothing more can be bound", async () => {
  const environment = await open("seh"), mask = new Uint8Array(environment.forwardActions);
  const allowed = (actions: number[]) => {
    environment.forwardMask(built(environment, actions), 0, mask, 0);
    return [mask[0], mask.reduce((sum, byte) => sum + byte, 0)];
  };
  assert.deepEqual(allowed([]), [0, 81]);
  // One place of benzene for 105 blocks.
  assert.deepEqual(allowed([1]), [0, 105]);
  const first = 1 + 81;
  const biphenyl = [1, first];
  assert.deepEqual(allowed(biphenyl), [1, 1 + 3 * 105]);
  const single = environment.observation.kind === "graph" ? environment.observation : null;
  assert.deepEqual(single!.reversed!.slice(0, 8), [0, 6, 12, 18, 24, 30, 1, 7]);
  await assert.rejects(open("seh", { minBlocks: 4, maxBlocks: 3 }), {
    message: 'Cannot open environment "seh": minBlocks is 4, want at most maxBlocks, 3',
  });
});

Deno.test("seh observes bonds between slots by the ports of both ends", async () => {
  const environment = await open("seh");
  const out = new Int32Array(8 + 28), state = built(environment, [1, 1 + 81]);
  environment.observation.write(state, 0, out as never, 0);
  assert.deepEqual([...out.subarray(0, 3)], [1, 1, 0]);
  assert.ok(out[8]! > 0 && out.subarray(9).every((word) => word === 0));
});

Deno.test("seh rewards nothing with the smallest score, and a part as the molecule that it is", async () => {
  const environment = await open("seh", { maxBlocks: 2 });
  const two = built(environment, [1, 1 + 81]), out = new Float64Array(2);
  await environment.partialLogReward!(Int32Array.from([0, 0, 0, 0, ...two]), 2, out);
  const [whole] = await logRewards(environment, [[...two]]);
  assert.deepEqual([...out], [Math.log(0.1 / 8), whole]);
});

Deno.test("seh counts modes that are less alike than 0.7, in the order of their coming", async () => {
  const environment = await open("seh", { modeScore: 2 }), random = RandomStream.of(2, "modes");
  const zeros = ({ rows }: { rows: number }) => new Float32Array(rows * environment.forwardActions);
  const { batch } = await sampleForward(environment, 64, zeros, random);
  const ends = terminatingStates(batch),
    W = environment.stateWords,
    modes = new ModesFound(environment);
  const kept: Int32Array[] = [];
  for (let at = 0; at < ends.length; at += W) {
    const [logR] = await logRewards(environment, [[...ends.subarray(at, at + W)]]);
    const isMode = 8 * Math.exp(logR!) >= 2;
    assert.equal(modes.see(ends, at), isMode);
    if (!isMode) continue;
    const print = fingerprintOf(environment, ends, at);
    if (kept.every((one) => tanimoto(one, print) < 0.7)) kept.push(print);
  }
  assert.equal(modes.count, kept.length);
  assert.ok(kept.length > 5);
  const again = new ModesFound(environment);
  again.refill(modes.contents());
  assert.deepEqual(again.contents(), modes.contents());
});

for (const [objective, steps] of [["tb", 300], ["ent-ppo", 150], ["fl-db", 300]] as const) {
  Deno.test(`seh of few blocks is learned by ${objective}`, async () => {
    const settings = { steps, batch: 16 };
    const { tv } = await trained("seh", { blocks: 6, maxBlocks: 3 }, objective, settings);
    assert.ok(Number(tv) < 0.1, `total variation ${tv}`);
  });
}

import assert from "node:assert/strict";
import type { SettingsTree } from "../../config/overrides.ts";
import { resolveRun } from "../../config/resolve.ts";
import hypergrid from "../../envs/hypergrid.ts";
import bitseq from "../../examples/plugins/bitseq.ts";
import { objectives } from "../../objectives/_registry.ts";
import { openEnvironment } from "../../plugins/open.ts";
import { createNetwork, type NetworkOptions } from "../../policies/create.ts";
import type { Network } from "../../policies/network.ts";
import { RandomStream } from "../../tensor/random.ts";
import { Estimators } from "../../train/estimators.ts";
import fillBits from "../_fill_bits.ts";

const observation = { kind: "tokens", length: 4, vocabulary: 3, write() {} } as const;
const transformer = {
  ...{ layers: 1, heads: 2, width: 16, feedForward: 8 },
  ...{ attention: "auto", absent: "auto", reads: "sequence" } as const,
};
const graph = { kind: "message-passing", layers: 1, heads: 2, width: 16, feedForward: 8 } as const;
const options: NetworkOptions = {
  ...{ observation, parts: [{ outputs: 3, of: "forward actions" }], choice: "auto", hidden: [8] },
  ...{ transformer, graph, empty: 0, appends: true, random: RandomStream.of(0, "init") },
};

function names(network: Network): string[] {
  const all = network.parameters().map(({ name }) => name);
  network.dispose();
  return all;
}

/** Whether sequences are read from left to right: only then is a gap refused. */
function isCausal(change: Partial<NetworkOptions>): boolean {
  const network = createNetwork({ ...options, ...change });
  try {
    network.forward({ rows: 1, values: Int32Array.of(1, 0, 2, 0) });
    return false;
  } catch (error) {
    assert.equal((error as { code: string }).code, "E_NETWORK_INPUT");
    return true;
  } finally {
    network.dispose();
  }
}

Deno.test("tokens are read by a Transformer, other observations by an MLP, unless one is named", () => {
  const fields = { kind: "categorical", sizes: [2, 3], write() {} } as const;
  const first = (change: Partial<NetworkOptions>) =>
    names(createNetwork({ ...options, ...change }))[0];
  assert.equal(first({}), "token.weight");
  assert.equal(first({ choice: "mlp" }), "layers.0.weight");
  assert.equal(first({ observation: fields }), "layers.0.weight");
  assert.equal(first({ observation: fields, choice: "transformer" }), "token.weight");
  const dense = { kind: "dense", size: 2, write() {} } as const;
  assert.equal(first({ observation: dense }), "layers.0.weight");
  assert.throws(() => first({ observation: dense, choice: "transformer" }), {
    code: "E_NETWORK_SHAPE",
  });
});

Deno.test("a graph network gives each part the layout of its actions", () => {
  const directed = {
    ...{ kind: "graph", nodes: 3, nodeTypes: 1, edgeTypes: 1, directed: true, write() {} } as const,
    layout: { perGraph: 1, perNode: 2, perPair: 1 },
  };
  const parts = [
    { outputs: 13, of: "forward actions" },
    { outputs: 6, of: "backward actions" },
    { outputs: 1, of: "state" },
  ] as const;
  const heads = (observation: NetworkOptions["observation"]) =>
    names(createNetwork({ ...options, observation, parts, choice: "graph" }))
      .filter((name) => /^heads.*(graph|node|output).weight/.test(name));
  const forward = ["heads.0.graph.weight", "heads.0.node.weight", "heads.0.pair.output.weight"];
  assert.deepEqual(heads(directed), [...forward, "heads.1.graph.weight", "heads.2.graph.weight"]);
  const backwardLayout = { perGraph: 0, perNode: 0, perPair: 1 };
  assert.deepEqual(heads({ ...directed, backwardLayout }), [
    ...forward,
    ...["heads.1.pair.output.weight", "heads.2.graph.weight"],
  ]);
  assert.throws(() => createNetwork({ ...options, choice: "graph" }), { code: "E_NETWORK_SHAPE" });
});

Deno.test("attention is causal where tokens are only appended to an empty sequence", () => {
  assert.ok(isCausal({}));
  assert.ok(!isCausal({ appends: false }));
  assert.ok(!isCausal({ empty: null }));
  assert.ok(!isCausal({ transformer: { ...transformer, attention: "bidirectional" } }));
  assert.ok(isCausal({ appends: false, transformer: { ...transformer, attention: "causal" } }));
  assert.ok(!isCausal({ transformer: { ...transformer, absent: "token" } }));
  const byPosition: Partial<NetworkOptions> = {
    transformer: { ...transformer, reads: "positions" },
    parts: [{ outputs: 8, of: "forward actions" }, { outputs: 1, of: "state" }],
  };
  assert.ok(!isCausal(byPosition));
});

Deno.test("absent tokens are left out of a bidirectional sequence where that is asked for", () => {
  const outputs = (absent: "token" | "left-out") => {
    const network = createNetwork({
      ...options,
      transformer: { ...transformer, attention: "bidirectional", absent },
      random: RandomStream.of(0, "init"),
    });
    const parameters = network.parameters();
    parameters[0]!.values.fill(7, 0, 16); // the embedding of token 0
    const input = { rows: 1, values: Int32Array.of(1, 0, 2, 0) };
    const before = network.forward(input).slice();
    network.load(parameters);
    const after = network.forward(input).slice();
    network.dispose();
    return [before, after] as const;
  };
  assert.deepEqual(outputs("left-out")[0], outputs("left-out")[1]);
  assert.notDeepEqual(outputs("token")[0], outputs("token")[1]);
});

Deno.test("a run's networks are what its settings say", async () => {
  const environments = { bitseq, hypergrid, [fillBits.name]: fillBits };
  const estimators = async (settings: SettingsTree) => {
    const config = resolveRun(settings, { environments, objectives });
    const { name, ...options } = config.env, objective = objectives[config.objective.name]!;
    const plugin = environments[name as keyof typeof environments]!;
    const environment = await openEnvironment(plugin, options, config.reward);
    return new Estimators(environment, objective, config);
  };
  const small = { layers: 1, heads: 2, width: 16, feedForward: 8 };
  const one = await estimators({
    ...{ env: { name: "bitseq" }, objective: { name: "db" }, policy: { transformer: small } },
  });
  assert.equal(one.policy.parameters()[0]!.name, "token.weight");
  assert.equal(one.flow!.parameters().at(-1)!.name, "heads.0.bias");
  one.dispose();
  const shared = await estimators({
    ...{ env: { name: "fill-bits", bits: 3 }, objective: { name: "db" }, backward: "learned" },
    policy: {
      ...{ network: "transformer", trunk: "shared" },
      transformer: { ...small, reads: "positions" },
    },
  });
  const shapes = shared.policy.parameters().filter(({ name }) => /heads.*weight/.test(name));
  // Of six actions two for each position, of three ways back one, and log F.
  assert.deepEqual(shapes.map(({ shape }) => shape), [[2, 16], [1, 16], [1, 16]]);
  assert.deepEqual([shared.policy, shared.backward!, shared.flow!].map((each) => each.outputs), [
    ...[6, 3, 1],
  ]);
  shared.dispose();
  const plain = await estimators({ env: { name: "hypergrid", side: 8 } });
  assert.equal(plain.policy.parameters()[0]!.name, "layers.0.weight");
  plain.dispose();
});

import assert from "node:assert/strict";
import table from "../fixtures/tables/dag5.json" with { type: "json" };
import { built, file, lawsHold, logRewards, logZ, open, trained } from "./_env.ts";
import { graphMarginals } from "../../metrics/marginals.ts";

/** b follows a loosely, c is apart: too few samples to be sure of anything. */
const rows = Array.from({ length: 12 }, (_, s) => {
  const a = Math.sin(7 * s + 1), c = Math.cos(3 * s * s);
  return [a, 0.8 * a + 0.9 * Math.sin(11 * s), c];
});
const three = file(["a,b,c", ...rows.map((row) => row.join(", "))].join("\r\n") + "\n");

/** The bits of parents from a code of the table. */
const words = (code: number) =>
  [0, 1, 2, 3, 4].map((j) =>
    [0, 1, 2, 3, 4].reduce((set, i) => set | (code >> (24 - 5 * i - j) & 1) << i, 0)
  );

Deno.test("dag keeps all laws, with either score and any prior", async () => {
  await lawsHold("dag");
  await lawsHold("dag", { data: three, score: "linear-gaussian", prior: "fair" });
  const six = file(
    rows.map((row) => [...row, ...row.map((x, i) => x * x - i * x)].join()).join("\n"),
  );
  await lawsHold("dag", { data: six, prior: "erdos-renyi" });
});

for (const [score, column] of [["bge", 1], ["linear-gaussian", 2]] as const) {
  Deno.test(`dag scores gfnx's five-node benchmark by ${score} as SciPy does`, async () => {
    const environment = await open("dag", { score });
    const found = await logRewards(environment, table.rows.map(([code]) => words(code!)));
    const worst = found.reduce((w, x, i) => Math.max(w, Math.abs(x - table.rows[i]![column]!)), 0);
    assert.ok(worst < 1e-10, `largest difference ${worst}`);
    const want = score === "bge" ? table.logZ.bge : table.logZ.linearGaussian;
    assert.ok(Math.abs(await logZ("dag", { score }) - want) < 1e-10);
  });
}

Deno.test("dag has the edge marginals of the benchmark's posterior", async () => {
  const environment = await open("dag"), states = new Int32Array(5 * 29_281);
  for (let s = 0; s < 29_281; s++) environment.enumeration!.state(s, states, 5 * s);
  const logReward = new Float64Array(29_281);
  await environment.logReward(states, 29_281, logReward);
  const posterior = logReward.map((x) => Math.exp(x - table.logZ.bge));
  const { edge } = graphMarginals(environment, posterior);
  edge.forEach((p, e) => {
    const want = table.bgeEdgeMarginals[Math.floor(e / 5)]![e % 5]!;
    assert.ok(Math.abs(p - want) < 1e-10, `edge ${e}: ${p}, want ${want}`);
  });
});

Deno.test("dag gives every graph of one equivalence class the same BGe score", async () => {
  const environment = await open("dag", { data: three });
  // a->b and b->a; then the three chains and forks over a - b - c.
  const [ab, ba, chain, back, fork] = await logRewards(environment, [
    ...[[0, 1, 0], [2, 0, 0]],
    ...[[0, 1, 2], [2, 4, 0], [2, 0, 2]],
  ]);
  assert.ok(Math.abs(ab! - ba!) < 1e-11);
  assert.ok(Math.abs(chain! - back!) < 1e-11 && Math.abs(chain! - fork!) < 1e-11);
});

Deno.test("dag adds the prior of each variable by its number of parents", async () => {
  const graphs = [[0, 0, 0], [0, 1, 3]]; // 0, 0, 0 parents; 0, 1, 2
  const at = async (options = {}) => {
    const environment = await open("dag", { data: three, ...options });
    const [none, full] = await logRewards(environment, graphs);
    return [none!, full!];
  };
  const [none, full] = await at() as [number, number], p = 0.2;
  const [fairNone, fairFull] = await at({ prior: "fair" }) as [number, number];
  assert.ok(Math.abs(fairNone - none) < 1e-12);
  assert.ok(Math.abs(fairFull - full + Math.log(3) + Math.log(3)) < 1e-12);
  const [erNone, erFull] = await at({ prior: "erdos-renyi", edgeProbability: p }) as [
    number,
    number,
  ];
  assert.ok(Math.abs(erNone - none - 6 * Math.log(1 - p)) < 1e-12);
  assert.ok(Math.abs(erFull - full - 3 * Math.log(p) - 3 * Math.log(1 - p)) < 1e-12);
});

Deno.test("dag is seen as a graph whose actions lie as its layout says", async () => {
  const environment = await open("dag", { data: three });
  // Pairs in order: 01 02 12 10 20 21.
  const state = built(environment, [3, 4]), seen = new Int32Array(9), mask = new Uint8Array(7);
  environment.observation.write(state, 0, seen as Int32Array & Float32Array, 0);
  assert.deepEqual([...seen], [1, 2, 3, 0, 0, 1, 1, 0, 0]); // b->c, b->a
  environment.forwardMask(state, 0, mask, 0);
  assert.deepEqual([...mask], [1, 0, 1, 0, 0, 1, 0]); // stop, a->c, c->a
});

Deno.test("dag writes and draws its graph with the names of the file", async () => {
  const environment = await open("dag", { data: three });
  assert.equal(environment.text!(built(environment, [3, 4]), 0), "b->a b->c");
  assert.equal(environment.text!(built(environment, []), 0), "(no edges)");
  const drawing = environment.drawing!(built(environment, [3, 4]), 0);
  assert.equal(drawing.match(/<ellipse /g)!.length, 3);
  assert.equal(drawing.match(/<path /g)!.length, 2);
  assert.ok(!drawing.includes("NaN"));
  const odd = await open("dag", { data: file("<a>".slice(0, 2) + ",b&\n1,2\n3,5") });
  assert.match(odd.drawing!(built(odd, [1]), 0), />&#60;a<.*>b&#38;</);
  const long = await open("dag", { data: file("a_long_name,b\n1,2\n3,5") });
  assert.match(
    long.drawing!(built(long, [1]), 0),
    /<title>a_long_name<\/title>.*>a_long_na…<.*<title>b<\/title>/,
  );
});

Deno.test("dag refuses data that are no samples, and settings that do not fit", async () => {
  const bad = [
    "",
    "a,b",
    "1\n2",
    "a,a\n1,2",
    "a b,c\n1,2",
    "a,b\n1,2\n3",
    "a,b\n1,2\n3,x",
    "a,\n1,2",
  ];
  for (const text of bad) {
    await assert.rejects(open("dag", { data: file(text) }), { code: "E_ENV_OPTIONS" }, text);
  }
  await assert.rejects(open("dag", { data: three, alphaW: 4 }), { code: "E_ENV_OPTIONS" });
});

Deno.test("dag scores a column of zeros, and tells of columns that depend on each other", async () => {
  const zeros = file("a,b\n1,0\n-2,0\n3,0"), noise = -3 * Math.log(2 * Math.PI * 0.25) / 2;
  const linear = { score: "linear-gaussian", obsScale: 0.5 };
  const [none, edge] = await logRewards(await open("dag", { data: zeros, ...linear }), [[0, 0], [
    0,
    1,
  ]]);
  assert.ok(Math.abs(none! - (2 * noise - 14 / 0.5)) < 1e-12);
  assert.ok(Math.abs(edge! - none! + Math.log(1 + 4 * 14) / 2) < 1e-12); // the price of a useless weight
  const same = file("a,b\n1e9,1e9\n-2e9,-2e9\n3e9,3e9");
  const bge = await open("dag", { data: same, alphaMu: 1e-9 });
  await assert.rejects(logRewards(bge, [[0, 1]]), /depend on each other/);
});

Deno.test("dag of three variables is learned by modified-db", async () => {
  const settings = { steps: 600, explore: { epsilon: 0.2 } };
  const { tv, jsd } = await trained("dag", { data: three }, "modified-db", settings);
  assert.ok(Number(tv) < 0.04, `total variation ${tv}`);
  assert.ok(Number(jsd) < 0.001, `Jensen-Shannon divergence ${jsd}`);
});

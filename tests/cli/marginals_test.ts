import assert from "node:assert/strict";
import { graphMarginals } from "../../metrics/marginals.ts";
import { buildStateGraph } from "../../metrics/state_graph.ts";
import { featureMarginals } from "../../trained/feature_marginals.ts";
import { file, open } from "../envs/_env.ts";
import { gfn, jsonLines } from "./_command.ts";

const folder = Deno.makeTempDirSync();
const keepsAll = new URL("../plugins/broken/keeps_all.ts", import.meta.url).pathname;
const access = [`--allow-read=${folder},${new URL("../../", import.meta.url).pathname}`];
const features = ["edge", "path", "markovBlanket"] as const;

async function asked(...args: string[]) {
  const { code, stdout, stderr } = await gfn(args, [...access, `--allow-write=${folder}`]);
  assert.equal(code, 0, stderr);
  return { stdout, stderr };
}

/** Trains for a moment, and gives what `eval` says: its lines of marginals, and its tables. */
async function evaluated(name: string, samples: number, ...args: string[]) {
  const run = `${folder}/${name}`;
  await asked(
    ...["train", ...args, "--steps", "150", "--quiet", "--out", run, "--set", "objective=tb"],
    ...["--set", "policy.network=mlp", "--set", "policy.hidden=[16]"],
  );
  const { stdout, stderr } = await asked("eval", run, "-n", String(samples));
  const [first, ...lines] = jsonLines(stdout);
  assert.equal(first.type, "assessment");
  assert.deepEqual(lines.map(({ feature }) => feature), [...features]);
  for (const { type, step, parameters, ...line } of lines) {
    assert.deepEqual([type, step, parameters], ["marginals", 150, "trained"]);
    featureMarginals.parse(line);
  }
  return { lines, stderr };
}

/** Columns that follow each other, and are not the same. */
const csv = (names: string[]) =>
  [
    names.join(),
    ...Array.from(
      { length: 30 },
      (_, s) => names.map((_, i) => Math.sin(s) + 0.7 * Math.sin(7 * s * (i + 1))).join(),
    ),
  ].join("\n");

Deno.test("eval gives marginals of graphs: exact ones of sampler and target, and its samples' near them", async () => {
  const text = csv(["rain", "mud", "boots"]), data = `${folder}/three.csv`;
  Deno.writeTextFileSync(data, text);
  const { lines, stderr } = await evaluated("three", 4000, "dag", "--set", `env.data=${data}`);
  const environment = await open("dag", { data: file(text) });
  const { logReward } = await buildStateGraph(environment);
  const R = logReward.map((x) => Math.exp(x - logReward[0]!)), Z = R.reduce((a, b) => a + b);
  const posterior = graphMarginals(environment, R.map((r) => r / Z));
  for (const line of lines) {
    assert.deepEqual(line.nodes, ["rain", "mud", "boots"]);
    assert.equal(line.samples, 4000);
    const target = line.target.flat(), learned = line.learned.flat();
    const sampled = line.learnedForwardSamples.flat();
    const differences = target.map((p: number, e: number) => Math.abs(p - learned[e]));
    assert.equal(line.largestDifference, Math.max(...differences));
    const [i, j] = line.largestDifferenceAt.map((name: string) => line.nodes.indexOf(name));
    assert.equal(differences[3 * i + j], line.largestDifference);
    target.forEach((p: number, e: number) => {
      const want = posterior[line.feature as typeof features[number]][e]!;
      assert.ok(Math.abs(p - want) < 1e-12, `${line.feature} ${e}: ${p}, want ${want}`);
      const error = Math.sqrt(learned[e] * (1 - learned[e]) / 4000) + 1e-12;
      assert.ok(Math.abs(sampled[e] - learned[e]) < 4.5 * error, `${line.feature} ${e}`);
      const own = Math.sqrt(sampled[e] * (1 - sampled[e]) / 4000);
      assert.ok(Math.abs(line.learnedForwardSamplesError.flat()[e] - own) < 1e-15);
    });
    assert.ok(line.pearson >= -1 && line.pearson <= 1 && Math.abs(line.spearman) <= 1);
  }
  assert.match(stderr, /^Edges, all 6 pairs; 4000 samples; learned and target: Pearson /m);
  assert.match(stderr, /^edge +target +learned +difference +samples +standard error$/m);
  assert.match(stderr, /^(rain|mud) ~ (mud|boots) +[01]\.\d{4} /m);
});

Deno.test("eval gives marginals from samples alone where graphs are not listed", async () => {
  const data = `${folder}/six.csv`;
  Deno.writeTextFileSync(data, csv(["a", "b", "c", "d", "e", "f"]));
  const { lines, stderr } = await evaluated("six", 300, "dag", "--set", `env.data=${data}`);
  for (const line of lines) {
    assert.ok(!("learned" in line || "target" in line || "pearson" in line));
    assert.equal(line.learnedForwardSamples.flat().length, 36);
  }
  assert.match(stderr, /^Edges, the 20 likeliest of 30 pairs; 300 samples$/m);
});

Deno.test("eval gives marginals of a stranger's graphs", async () => {
  const { lines } = await evaluated("stranger", 2000, keepsAll);
  assert.deepEqual(lines[0].nodes, ["first", "second", "third"]);
  // Bits are set from left to right: R is exp(first - second + third / 2) over 15 words.
  const words = [0, 1, 2, 3].flatMap((length) =>
    Array.from({ length: 2 ** length }, (_, code) => [0, 1, 2].map((i) => code >> i & 1))
  );
  const R = words.map(([a, b, c]) => Math.exp(a! - b! + c! / 2));
  const Z = R.reduce((sum, r) => sum + r);
  const first = R.reduce((sum, r, w) => words[w]![0] ? sum + r : sum, 0) / Z;
  assert.ok(Math.abs(lines[0].target[0][1] - first) < 1e-12);
  assert.equal(lines[0].target[1][0], 0);
});

Deno.test("what these tests wrote is removed", () => Deno.removeSync(folder, { recursive: true }));

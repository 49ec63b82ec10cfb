import assert from "node:assert/strict";
import { checkFolder } from "../../_tools/parity/folder.ts";

const fixtures = new URL("../fixtures", import.meta.url).pathname;
const parity = new URL("../../_tools/parity.ts", import.meta.url).pathname;

/** What a file's check finds. */
async function checkAlone(file: string, text: string) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/${file}`, text);
    const { cases, notCovered } = await checkFolder(folder);
    return { problems: cases.flatMap(({ problem }) => problem ?? []), notCovered };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A fixture file with one value changed; the path is written as problems are. */
async function changed(file: string, path: string, change: (value: unknown) => unknown) {
  const tree = JSON.parse(await Deno.readTextFile(`${fixtures}/${file}`));
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  const parent = keys.slice(0, -1).reduce((at, key) => at[key], tree);
  parent[keys.at(-1)!] = change(parent[keys.at(-1)!]);
  return JSON.stringify(tree);
}

/** The number of the entry of a file of objectives that has these settings. */
async function entryWith(file: string, settings: Record<string, unknown>): Promise<number> {
  const { results } = JSON.parse(await Deno.readTextFile(`${fixtures}/${file}`));
  const index = (results as Record<string, unknown>[]).findIndex((entry) =>
    Object.entries(settings).every(([key, value]) => entry[key] === value)
  );
  assert.notEqual(index, -1);
  return index;
}

Deno.test("parity holds for every covered case of tests/fixtures", async () => {
  const { cases, notCovered } = await checkFolder(fixtures);
  assert.deepEqual(cases.filter(({ problem }) => problem !== null), []);
  assert.ok(cases.length >= 270);
  assert.ok(!notCovered.some((line) => /^(objectives|update-steps)/.test(line)));
  assert.ok(
    !notCovered.some((line) => /^(dag|phylo|ising|seh|sequence-envs|reward-vectors)/.test(line)),
  );
});

const file = "objectives-hypergrid.json";
const gae = await entryWith(file, { objective: "VPG", advantage: "gae" });
const ppo = await entryWith(file, { objective: "EntPPO", klEstimator: "importance" });
const critic = await entryWith(file, { objective: "ValueLoss", valueNet: "logVNew" });
const tlm = await entryWith(file, { objective: "TLM" });

const byName = async (objective: string, settings = {}) =>
  `results[${await entryWith(file, { objective, ...settings })}]`;
const subTb = await byName("SubTB", { weighting: "geometric", pb: "learned" });

/** A thousandth off, which every tolerance sees. */
const nudge = (x: unknown) => (x as number) * 1.001 + 1e-4;
const next = (x: unknown) => (x as number) + 1;

const changes: [file: string, path: string, change: (x: unknown) => unknown][] = [
  ["hypergrid-env.json", "envs[0].states[9].reward", nudge],
  ["hypergrid-env.json", "envs[4].Z", nudge],
  ["hypergrid-env.json", "envs[2].states[17].nParents", next],
  ["hypergrid-env.json", "envs[3].states[31].next[1]", () => null],
  ["hypergrid-env.json", "rewardConventionDifferences[1].differing[0].exactStrict", () => 111],
  ["hypergrid-env.json", "rewardTable_d2_H8[3][4]", nudge],
  ["exact-distribution.json", "envs[0].runs[0].terminating[5]", nudge],
  ["exact-distribution.json", "envs[1].runs[1].metrics.eubo", nudge],
  ["exact-distribution.json", "envs[0].runs[1].softValue[60]", () => null],
  ["ising.json", "envs[1].sigma", nudge],
  ["ising.json", "envs[0].J[0][1]", nudge],
  ["ising.json", "envs[3].samples[4].logReward", nudge],
  ["ising.json", "envs[0].trajectories[1].validForward[2][0]", next],
  ["ising.json", "envs[2].trajectories[0].backwardActions[3]", next],
  ["ising.json", "envs[4].trajectories[0].validBackward[1][0]", next],
  ["ising.json", "envs[5].trajectories[2].energy", nudge],
  ["dag.json", "envs[0].localScores[5].bge", nudge],
  ["dag.json", "envs[2].localScores[7].linearGaussian", nudge],
  ["dag.json", "envs[0].dags[9].gfnxLinearGaussian", nudge],
  ["dag.json", "envs[1].posterior.bge.pathMarginals[0][2]", nudge],
  ["dag.json", "envs[1].posterior.linearGaussian.markovBlanketMarginals[3][1]", nudge],
  ["dag.json", "envs[1].trajectories[0].steps[2].closureT[1][0]", (x) => 1 - (x as number)],
  ["dag.json", "envs[2].trajectories[1].steps[4].validBackward[0]", next],
  ["dag.json", "envs[1].trajectories[3].steps[1].deltaBge", nudge],
  ["dag.json", "envs[0].trajectories[2].logBge", nudge],
  ["phylo.json", "envs[0].encoded[1][6]", next],
  ["phylo.json", "envs[1].characterMap.N", () => 31],
  ["phylo.json", "envs[0].trees[7].mutations", next],
  ["phylo.json", "envs[2].trees[3].logReward", nudge],
  ["phylo.json", "envs[1].countByMutations.12", next],
  ["phylo.json", "envs[1].logZ", nudge],
  ["phylo.json", "envs[2].trajectories[0].steps[3].newNodeSequence[2]", (x) => 31 - (x as number)],
  ["phylo.json", "envs[2].trajectories[1].steps[4].validBackward[0]", next],
  ["phylo.json", "envs[1].trajectories[2].steps[1].deltaScore", nudge],
  ["phylo.json", "envs[1].trajectories[0].steps[2].toRoot[0]", next],
  ["phylo.json", "envs[0].trajectories[1].tree", () => [[0, 1], [2, 3]]],
  ["sequence-envs.json", "envs[0].modes[1][3]", (bit) => 1 - (bit as number)],
  ["sequence-envs.json", "envs[1].countByDistance.5", next],
  ["sequence-envs.json", "envs[2].rewards[77]", nudge],
  ["sequence-envs.json", "envs[3].observationOfLastStateOfTrajectory0[2]", next],
  ["sequence-envs.json", "envs[4].trajectories[8].nDistinctParents[1]", next],
  ["sequence-envs.json", "envs[5].samples[3].raw", nudge],
  ["sequence-envs.json", "envs[5].trajectories[1].rawReward", nudge],
  ["sequence-envs.json", "envs[6].trajectories[2].states[1][0]", next],
  ["sequence-envs.json", "envs[7].temperature", nudge],
  ["sequence-envs.json", "envs[11].exitAction", next],
  ["reward-vectors.json", "envs[0].reward[999]", nudge],
  ["reward-vectors.json", "envs[1].raw[500]", nudge],
  ["reward-vectors.json", "envs[2].logitFloat64[7]", (x) => (x as number) + 1e-8],
  ["seh.json", "vectors[1].features[0][1][1]", next],
  ["seh.json", "vectors[0].atoms[3][3]", next],
  ["seh.json", "vectors[40].score", nudge],
  ["seh.json", "vectors[7].bits[3]", next],
  ["seh.json", "similarities[20][2]", nudge],
  ["seh.json", "molecules[9].scoreUnmarked", nudge],
  ["seh.json", "molecules[100].reward", nudge],
  ["adam.json", "cases[1].steps[7].xAfter[3]", nudge],
  ["adam.json", "cases[4].beta2", () => 0.99],
  [file, "logZ", nudge],
  [file, "stateLogRewards[2][0]", nudge],
  [file, "lengths[0]", next],
  [file, "outputs.logPfAll[0][0][0]", () => "-inf"],
  [file, "exploration.variants[4].logProbs[2][1]", nudge],
  [file, `results[${gae}].advantages[0][2]`, nudge],
  [file, `results[${gae}].valueTargets[0]`, (list) => (list as unknown[]).slice(1)],
  [file, `results[${ppo}].dParams.pf[1].weight[3][2]`, nudge],
  [file, `results[${ppo}].dOutputs.pf[0][1][0]`, nudge],
  [file, `results[${ppo}].nClipActive`, next],
  [file, `results[${ppo}].loss`, () => undefined],
  [file, `results[${critic}].dOutputs.logV[0][0]`, nudge],
  [file, `results[${tlm}].loss`, nudge],
  [file, `${await byName("VarGrad")}.impliedLogZ`, nudge],
  [file, `${await byName("VarGrad")}.dOutputs.pb[0][2][0]`, nudge],
  [file, `${await byName("DB")}.residuals[0][1]`, nudge],
  [file, `${await byName("DB")}.dParams.logF[0].weight[0][0]`, nudge],
  [file, `${await byName("FLDB", { pb: "uniform" })}.loss`, nudge],
  [file, `${await byName("ModifiedDB")}.residuals[2][0]`, nudge],
  [file, `${subTb}.dOutputs.logF[0][0]`, nudge],
  [file, `${subTb}.lambda`, () => 0.91],
  [file, `${await byName("SubTB", { weighting: "geometric_within" })}.residuals[0][3][2]`, nudge],
  [file, `${await byName("SubTB", { weighting: "TB" })}.loss`, nudge],
  [file, `${await byName("ValueLoss", { critic: "sub_eb" })}.dParams.logV[2].bias[0]`, nudge],
  [file, `${await byName("FlowMatching")}.intermediate[4].logIn`, nudge],
  [file, `${await byName("FlowMatching")}.terminal[1].residual`, nudge],
  [file, `${await byName("FlowMatching")}.rewardMatchingTerm`, nudge],
  [file, `${await byName("SoftDQN", { leafCoeff: 5 })}.targets[0][0]`, nudge],
  [file, `${await byName("SoftDQNDueling")}.q[0][0]`, nudge],
  [file, `${await byName("SoftDQNDueling")}.dParams.logF[1].bias[0]`, nudge],
  [file, `${await byName("gfnxDB")}.loss`, nudge],
  [file, `${await byName("gfnxModifiedDB")}.dOutputs.pf[0][0][0]`, nudge],
  ["update-steps.json", "runs[2].steps[5].loss", nudge],
  ["update-steps.json", "runs[0].policySteps[3].gradNorm", nudge],
  ["update-steps.json", "runs[1].final.pb[2].bias[1]", nudge],
];

for (const [file, path, change] of changes) {
  Deno.test(`parity fails when ${file} is changed at ${path}`, async () => {
    const { problems } = await checkAlone(file, await changed(file, path, change));
    assert.notDeepEqual(problems, []);
  });
}

for (const [name, text] of [["no JSON", "{"], ["a list", "[]"], ["no kind", "{}"]] as const) {
  Deno.test(`parity fails for a file that is ${name}`, async () => {
    const { problems } = await checkAlone("odd.json", text);
    assert.equal(problems.length, 1);
  });
}

Deno.test("parity says where a file lacks something", async () => {
  const { problems } = await checkAlone("adam.json", '{"kind": "adam", "x0": [1, null]}');
  assert.deepEqual(problems, ["Cannot read x0[1]: found null, want a number"]);
});

Deno.test("parity fails where a folder holds nothing to check", async () => {
  const folder = await Deno.makeTempDir();
  const { cases } = await checkFolder(folder);
  await Deno.remove(folder);
  assert.ok(cases.length === 1 && cases[0]!.problem !== null);
});

Deno.test("parity lists objectives and settings that it does not know, and checks the others", async () => {
  const results = [
    [gae, "objective", "Unheard"],
    [ppo, "klEstimator", "sideways"],
    [critic, "momentum", 0.5],
  ] as const;
  const tree = JSON.parse(await Deno.readTextFile(`${fixtures}/${file}`));
  for (const [entry, key, value] of results) tree.results[entry][key] = value;
  const { problems, notCovered } = await checkAlone(file, JSON.stringify(tree));
  assert.deepEqual(problems, []);
  for (const name of ["Unheard", "sideways", "momentum"]) {
    assert.ok(notCovered.some((line) => line.includes(name)), name);
  }
});

async function run(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", parity, ...args],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("the parity command ends with its counts, and with 0, 1 or 2", async () => {
  const good = await run(fixtures);
  assert.equal(good.code, 0);
  assert.match(good.stdout, /^ok {3}adam\.json {2}Adam lr 0\.1 .* max error \d\.\de-\d+$/m);
  assert.match(good.stdout, /\n\d+ passed, 0 failed\n$/);
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/odd.json`, "{");
  await Deno.writeTextFile(`${folder}/new.json`, '{"kind": "unheard"}');
  const bad = await run(folder);
  await Deno.remove(folder, { recursive: true });
  assert.equal(bad.code, 1);
  assert.match(bad.stdout, /^not covered: new\.json \(unheard\)$/m);
  assert.match(bad.stdout, /^FAIL odd\.json {2}format {3}/);
  assert.match(bad.stdout, /\n0 passed, \d+ failed\n$/);
  assert.equal((await run()).code, 2);
  assert.equal((await run(parity)).code, 2);
});

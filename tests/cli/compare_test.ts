import assert from "node:assert/strict";
import { objectiveLine, runLine } from "../../cli/_compare_lines.ts";
import { gfn, jsonLines, small, spawnGfn, withFolder } from "./_command.ts";

const two = ["compare", "--objectives", "tb,db", "--seeds", "0..1", ...small];
const quick = [...two, "--steps", "4", "--set", "eval.every=2"];

/** Permission for a folder and nothing else. */
const DIR = (path: string) => [`--allow-read=${path}`, `--allow-write=${path}`];

/** Lines without what a clock says. */
function timeless(stdout: string) {
  return jsonLines(stdout).map(({ time: _, ...rest }) => rest);
}

Deno.test("compare prints a line a run, a line an objective, and a table", async () => {
  const { code, stdout, stderr } = await gfn([...quick, "--last", "2"]);
  assert.equal(code, 0, stderr);
  const lines = jsonLines(stdout);
  assert.deepEqual(lines.map(({ objective, seed }) => [objective, seed]), [
    ["tb", 0],
    ["tb", 1],
    ["db", 0],
    ["db", 1],
    ["tb", undefined],
    ["db", undefined],
  ]);
  const runs = lines.slice(0, 4).map((line) => runLine.parse(line));
  const [tb] = lines.slice(4).map((line) => objectiveLine.parse(line));
  const [one, other] = runs.map(({ tv }) => tv as number) as [number, number];
  assert.deepEqual(tb!.tv, {
    mean: (one + other) / 2,
    min: Math.min(one, other),
    max: Math.max(one, other),
  });
  assert.equal(runs[0]!.evaluations, 2);
  assert.match(stderr, /^objective +seeds +TV mean +min\.\.max +trajectories to TV 0\.05 +log Z/m);
  assert.match(stderr, /^db +2 +0\.\d+ +0\.\d+\.\.0\.\d+ +- \(0 of 2\)/m);
  assert.match(stderr, /nothing is written/);
});

Deno.test("compare gives every objective what gfn train gives it", async () => {
  const compared = jsonLines((await gfn([...quick, "--quiet", "--last", "1"])).stdout)[3];
  const settings = ["--set", "objective.name=db", "--set", "eval.every=2", "--seed", "1"];
  const trained = await gfn(["train", "--steps", "4", ...settings, ...small]);
  const evaluation = jsonLines(trained.stdout).findLast(({ type }) => type === "eval");
  assert.deepEqual([compared.tv, compared.logZ], [evaluation.tv, evaluation.logZ]);
});

Deno.test("compare tells when a total variation is first reached", async () => {
  const lines = jsonLines((await gfn([...quick, "--quiet", "--reach", "1"])).stdout);
  assert.equal(lines[0].reached, 32);
  assert.deepEqual(lines[4].reached, { runs: 2, mean: 32 });
});

Deno.test("compare keeps finished runs and goes on with the others", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/runs`, args = [...quick, "--out", out];
    const first = await gfn(args, DIR(out));
    assert.equal(first.code, 0, first.stderr);
    const names = Array.from(Deno.readDirSync(out), ({ name }) => name).toSorted();
    assert.deepEqual(names, ["db-seed0", "db-seed1", "tb-seed0", "tb-seed1"]);

    // One was killed within a line, one before its first.
    const metrics = `${out}/db-seed0/metrics.jsonl`;
    const text = await Deno.readTextFile(metrics);
    await Deno.writeTextFile(metrics, text.slice(0, -30));
    await Deno.writeTextFile(`${out}/db-seed1/metrics.jsonl`, "");
    await Deno.remove(`${out}/db-seed1/checkpoints`, { recursive: true });
    const again = await gfn(args, DIR(out));
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(timeless(again.stdout), timeless(first.stdout));
    assert.match(again.stderr, /tb seed 0: TV .*, read back$/m);
    assert.match(again.stderr, /db seed 0: TV .* s$/m);
    assert.match(again.stderr, /db seed 1: TV .* s$/m);
    const third = await gfn(args, DIR(out));
    assert.equal(third.stderr.match(/read back$/gm)!.length, 4);

    const other = await gfn([...args, "--set", "policy.lr=0.5"], DIR(out));
    assert.equal(other.code, 2);
    assert.match(other.stderr, /found a run with other settings \(.*policy\.lr/);
    await Deno.writeTextFile(`${out}/tb-seed1/thesis.tex`, "");
    assert.match((await gfn(args, DIR(out))).stderr, /tb-seed1: found thesis\.tex there/);
    await Deno.remove(`${out}/tb-seed1/thesis.tex`);
    await Deno.writeTextFile(metrics, text.replace('"type":"eval"', '"type":"evil"'));
    const broken = await gfn(args, DIR(out));
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /db-seed0\/metrics\.jsonl: line 2 is no event of a run/);
  });
});

Deno.test("compare refuses a folder that is a run, holds something else, or is a file", async () => {
  await withFolder(async (folder) => {
    const path = (name: string) => `${folder}/${name}`;
    for (const name of ["run", "full", "begun"]) Deno.mkdirSync(path(name));
    Deno.writeTextFileSync(path("run/run.json"), "{}");
    for (const name of ["full/notes", "full/text", "file"]) Deno.writeTextFileSync(path(name), "");
    for (
      const [name, found] of [
        ["run", "a run there"],
        ["full", "notes and 1 more there"],
        ["file", "a file"],
      ] as const
    ) {
      const { code, stderr } = await gfn([...quick, "--out", path(name)], DIR(path(name)));
      assert.equal(code, 2);
      assert.equal(
        stderr,
        `gfn: Cannot write the runs to ${
          path(name)
        }: found ${found}, want a new or empty folder, or that of a comparison\n`,
      );
    }
    assert.deepEqual([...Deno.readDirSync(path("run"))].length, 1);
    // What was killed before its first run began, with somebody's page beside it.
    Deno.mkdirSync(path("begun/tb-seed0"));
    Deno.writeTextFileSync(path("begun/report.html"), "");
    const args = ["compare", "--objectives", "tb", "--seeds", "0", "--steps", "1", ...small];
    const { code, stderr } = await gfn([...args, "--out", path("begun")], DIR(path("begun")));
    assert.equal(code, 0, stderr);
  });
});

Deno.test("compare goes on after Ctrl-C", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/runs`;
    const child = spawnGfn([...two, "--steps", "1000000", "--out", out], DIR(out));
    const metrics = `${out}/tb-seed0/metrics.jsonl`;
    const running = () => {
      try {
        return Deno.readTextFileSync(metrics).includes('"train"');
      } catch {
        return false;
      }
    };
    while (!running()) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    const { code, stderr } = await child.output();
    assert.equal(code, 130);
    assert.match(new TextDecoder().decode(stderr), /interrupted; the same command goes on/);
    const end = jsonLines(await Deno.readTextFile(metrics)).at(-1);
    assert.equal(end.reason, "interrupted");
  });
});

const refused: [what: string, args: string[], says: RegExp][] = [
  ["an unknown objective", ["--objectives", "tb,bd"], /did you mean "db"\?/],
  ["a key of no objective compared", ["--set", "vpg.lambda=1"], /vpg is not compared/],
  ["options of every objective", ["--set", "objective.regression=huber"], /as in tb\.regression/],
  ["an unknown option", ["--set", "tb.regresion=huber"], /did you mean "regression"\?/],
  ["seeds that are none", ["--seeds", "2..1"], /found "2\.\.1", want numbers and rising ranges/],
  ["too many seeds", ["--seeds", "0..10000"], /found 10001 seeds, want at most 10000 in a range/],
  ["a seed among the settings", ["--set", "seed=1"], /with the setting seed: .* want --seeds/],
  ["a folder without its flags", ["--out", "/o"], /--allow-read=\/o --allow-write=\/o$/m],
  [
    "off-policy data for one of them",
    ["--objectives", "tb,vpg", "--set", "replay.capacity=9"],
    /Cannot train vpg on off-policy data/,
  ],
  [
    "exploration that somebody set himself beside a preset's, with its remedy",
    [
      ...["--objectives", "tb,vpg", "--set", "preset=hypergrid-gfnx"],
      ...["--set", "explore.epsilon=0.3"],
    ],
    /found explore\.epsilon = 0\.3 and explore\.epsilonEnd = 0\.3, want explore\.epsilon = 0 and /,
  ],
  [
    "a learned P_B that somebody set himself",
    [
      ...["--objectives", "tb,vpg", "--set", "preset=hypergrid-gfnx"],
      ...["--set", "backward=learned"],
    ],
    /Cannot train vpg with backward = learned: .* want backward = uniform/,
  ],
];
for (const [what, args, says] of refused) {
  Deno.test(`compare refuses ${what} before it trains`, async () => {
    const objectives = args.includes("--objectives") ? [] : ["--objectives", "tb,db"];
    const { code, stdout, stderr } = await gfn(["compare", ...objectives, ...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
    assert.equal(stdout, "");
  });
}

Deno.test("compare sets options of one objective alone", async () => {
  const args = [...quick, "--set", "tb.regression=huber", "--quiet"];
  const plain = timeless((await gfn([...quick, "--quiet"])).stdout);
  const changed = timeless((await gfn(args)).stdout);
  assert.notDeepEqual(changed[0], plain[0]);
  assert.deepEqual(changed[2], plain[2]);
});

Deno.test("compare spares an objective those settings of a preset that it cannot be trained with", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/runs`;
    const { code, stderr } = await gfn([
      ...["compare", "--set", "preset=hypergrid-gfnx", "--set", "env.dims=2", ...small],
      ...["--objectives", "tb,vpg,soft-dqn", "--seeds", "0..1", "--steps", "1", "--out", out],
    ], DIR(out));
    assert.equal(code, 0, stderr);
    assert.deepEqual(stderr.match(/^.* of the preset .*$/gm), [
      'vpg: without explore = {"epsilon":0.1,"epsilonEnd":0,"over":30000} and backward = "learned" of the preset hypergrid-gfnx, which it cannot be trained with',
      'soft-dqn: without backward = "learned" of the preset hypergrid-gfnx, which it cannot be trained with',
    ]);
    const stored = (run: string) =>
      jsonLines(Deno.readTextFileSync(`${out}/${run}/metrics.jsonl`))[0];
    const used = ["tb-seed0", "vpg-seed1", "soft-dqn-seed0"].map((run) => {
      const { config } = stored(run);
      return [config.explore.epsilon, config.backward, config.policy.trunk, config.seed];
    });
    assert.deepEqual(used, [
      [0.1, "learned", "shared", 0],
      [0, "uniform", "shared", 1],
      [0.1, "uniform", "shared", 0],
    ]);
  });
});

import assert from "node:assert/strict";
import { comparableEvents, gfn, jsonLines, spawnGfn, withFolder } from "../cli/_command.ts";

const settings = {
  env: { name: "hypergrid", side: 8 },
  policy: { hidden: [16] },
  steps: 30,
  eval: { every: 10 },
  checkpoint: { every: 5 },
};
const random = {
  settings,
  search: {
    kind: "random",
    points: 2,
    over: {
      "policy.lr": { from: 1e-3, to: 1e-1, scale: "log" },
      "objective.name": ["tb", "db"],
    },
  },
  seeds: [0, 1],
};

/** A sweep's file in a folder, and the command on it. */
function sweepIn(folder: string, sweep: unknown) {
  const file = `${folder}/sweep.json`, out = `${folder}/out`;
  Deno.writeTextFileSync(file, JSON.stringify(sweep));
  const permissions = [
    ...[`--allow-read=${folder}`, `--allow-write=${folder}`],
    `--allow-run=${Deno.execPath()}`,
  ];
  const args = (...more: string[]) => ["sweep", file, "--out", out, "--jobs", "2", ...more];
  return {
    file,
    out,
    permissions,
    args,
    run: (...more: string[]) => gfn(args(...more), permissions),
  };
}

Deno.test("a sweep's runs are those that train alone would make, and its table tells of them", async () => {
  await withFolder(async (folder) => {
    const { out, run, file } = sweepIn(folder, random);
    const plan = jsonLines(
      (await gfn(["sweep", file, "--dry-run"], [`--allow-read=${file}`])).stdout,
    );
    assert.equal(plan.length, 4);
    assert.deepEqual(plan[0].settings, plan[1].settings);
    assert.notDeepEqual(plan[0].settings, plan[2].settings);

    const { code, stdout, stderr } = await run();
    assert.equal(code, 0, stderr);
    assert.equal(Deno.readTextFileSync(`${out}/table.jsonl`), stdout);
    const lines = jsonLines(stdout), runs = lines.filter(({ type }) => type === "sweep-run");
    assert.deepEqual(runs.map(({ name }) => name), plan.map(({ name }) => name));
    assert.deepEqual(new Set(runs.map(({ state }) => state)), new Set(["finished"]));
    const [first] = lines.filter(({ type }) => type === "sweep");
    assert.deepEqual(first.seeds, [0, 1]);
    const [a, b] = [runs[0].measures.tv, runs[1].measures.tv];
    assert.deepEqual(first.measures.tv, {
      mean: (a + b) / 2,
      min: Math.min(a, b),
      max: Math.max(a, b),
    });

    const { name, settings: swept } = plan[3], alone = `${folder}/alone`;
    const set = Object.entries({ ...swept, steps: 30, "env.side": 8, "policy.hidden": "[16]" })
      .concat([["eval.every", 10], ["checkpoint.every", 5]])
      .flatMap(([key, value]) => ["--set", `${key}=${value}`]);
    const access = [`--allow-read=${folder}`, `--allow-write=${folder}`];
    await gfn(["train", "-q", "--seed", "1", "--out", alone, ...set], access);
    assert.deepEqual(
      comparableEvents(`${out}/runs/${name}/metrics.jsonl`),
      comparableEvents(`${alone}/metrics.jsonl`),
    );

    // All of it is there: the same command reads it back, without the permission to run anything.
    const again = await gfn(["sweep", file, "--out", out], access);
    assert.deepEqual([again.code, again.stdout], [0, stdout]);
    // More points begin with the fewer, whose runs are kept.
    const more = { ...random, search: { ...random.search, points: 3 } };
    const longer = jsonLines((await sweepIn(folder, more).run("-q")).stdout);
    assert.deepEqual(longer.slice(0, 4), lines.slice(0, 4));
  });
});

Deno.test("a sweep that is broken off goes on, and ends as if it never had been", async () => {
  await withFolder(async (folder) => {
    const long = { ...random, settings: { ...settings, steps: 200 }, seeds: [0] };
    const { out, run, args, permissions } = sweepIn(folder, long);
    const child = spawnGfn(args(), permissions);
    for (;;) {
      try {
        const [name] = Array.from(Deno.readDirSync(`${out}/runs`), ({ name }) => name);
        if (Deno.statSync(`${out}/runs/${name}/checkpoints`).isDirectory) break;
      } catch {
        // Not that far yet.
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill("SIGTERM");
    const { code, stderr } = await child.output();
    assert.equal(code, 130, new TextDecoder().decode(stderr));
    assert.match(new TextDecoder().decode(stderr), /interrupted; the same command goes on\n$/);
    const states = jsonLines((await run("--status")).stdout);
    assert.ok(states.some(({ state, step }) => state === "begun" && step < 200));
    const partly = await run("--collect");
    assert.deepEqual([partly.code, jsonLines(partly.stdout).length > 0], [1, true]);
    const { stdout } = await run("-q");
    const unbroken = sweepIn(folder, long);
    Deno.renameSync(out, `${folder}/broken`);
    const timeless = (text: string) => jsonLines(text).map(({ time: _time, ...line }) => line);
    assert.deepEqual(timeless(stdout), timeless((await unbroken.run("-q")).stdout));
  });
});

Deno.test("what cannot be swept is said in one line, before anything runs", async () => {
  await withFolder(async (folder) => {
    const said = async (sweep: unknown, args: string[] = [], permissions?: string[]) => {
      const one = sweepIn(folder, sweep);
      const { code, stdout, stderr } = await gfn(one.args(...args), permissions ?? one.permissions);
      assert.deepEqual([code, stdout, stderr.split("\n").length], [2, "", 2], stderr);
      return stderr;
    };
    const grid = (over: object) => ({ ...random, search: { kind: "grid", over } });
    assert.match(await said(grid({ "policy.lrr": [1] })), /found no such key.*did you mean "lr"\?/);
    assert.match(await said(grid({ "objective.name": ["tbb"] })), /did you mean "tb"\?/);
    assert.match(await said({ ...random, seeds: "0-2" }), /Cannot use the seeds 0-2/);
    assert.match(await said(random, ["--status", "--collect"]), /want one\n$/);
    const access = [`--allow-read=${folder}`, `--allow-write=${folder}`];
    assert.match(await said(random, [], access), /found no permission to run .* --allow-run=/);
    assert.match(
      await said(random, ["--launcher", "slurm"], access),
      /Cannot submit .*found no permission to run sbatch, want deno run --allow-run=sbatch\n$/,
    );
    Deno.writeTextFileSync(`${folder}/out/mine.txt`, "");
    assert.match(await said(random), /found mine.txt there, want a sweep or nothing/);
  });
});

import assert from "node:assert/strict";
import { makeBundle } from "../../_tools/bundle.ts";
import { environments } from "../../envs/_registry.ts";
import { gfn, jsonLines, small } from "../cli/_command.ts";
import { module, serve } from "../plugins/_serve.ts";

const root = new URL("../../", import.meta.url).pathname;
const folder = Deno.makeTempDirSync(), empty = `${folder}/empty`;
Deno.mkdirSync(empty);
const { path: bundle } = await makeBundle(folder);

/** Runs `dist/gfn.js` in an empty folder, with Deno's flags and nothing else. */
async function bundled(flags: readonly string[], args: readonly string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-npm", "--no-remote", ...flags, bundle, ...args],
    cwd: empty,
    stdin: "null",
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await child.output(), decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function fine(flags: readonly string[], args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await bundled(flags, args);
  assert.equal(code, 0, `gfn.js ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** The lines of a run, but for what may differ between two of one seed. */
const comparable = (text: string) =>
  jsonLines(text).map(({ time: _time, host: _host, ...event }) => event);

Deno.test("one file trains with no flag, and prints what a clone prints", async () => {
  const args = [
    "train",
    "--steps",
    "3",
    "--threads",
    "2",
    ...small,
    "--set",
    "policy.hidden=[128]",
  ];
  const clone = await gfn(args);
  assert.deepEqual(comparable(await fine([], args)), comparable(clone.stdout));
});

Deno.test("one file holds every environment, its tables among it", async () => {
  // ebm reads a file of its user's.
  const names = Object.keys(environments).filter((name) => name !== "ebm");
  const ends = await Promise.all(names.map(async (name) => {
    const set = ["batch=2", "policy.hidden=[4]", "eval.samples=2"];
    if (name === "bitseq") set.push("env.length=8");
    const args = ["train", name, "--steps", "1", "-q", ...set.flatMap((one) => ["--set", one])];
    return jsonLines(await fine([], args)).at(-1).reason;
  }));
  assert.deepEqual(new Set(ends), new Set(["finished"]));
});

Deno.test("one file does what is done with run folders", async () => {
  const access = [`--allow-read=${empty}`, `--allow-write=${empty}`];
  const done = (...args: string[]) => fine(access, args);
  await done("train", "--steps", "5", "-q", "--out", "run", ...small);
  assert.equal(jsonLines(await done("sample", "run", "-n", "7")).length, 7);
  assert.ok(jsonLines(await done("eval", "run", "-q", "-n", "10"))[0].tv < 1);
  await done("export", "run", "--format", "npz", "--to", "weights.npz");
  assert.equal(jsonLines(await done("validate", "run/metrics.jsonl"))[0].end, "finished");
  await done("train", "-q", "--resume", "run", "--steps", "6");
  await done("report", "run", "-q", "--format", "png", "--out", "figures"); // fonts and a painter
  const set = ["--steps", "2", "--seeds", "0", "-q", "--set", "env.side=4"];
  assert.equal(jsonLines(await done("compare", "--objectives", "tb,db", ...set)).length, 4);
});

Deno.test("one file runs a plugin from a URL in the sandbox, with no permission to read", async () => {
  const text = Deno.readTextFileSync(`${root}examples/plugins/ising.ts`);
  const { origin, host, close } = serve(() => module(text));
  try {
    const args = ["train", `${origin}/ising.ts`, "--steps", "3", "-q", "--threads", "2"];
    const flags = [`--allow-net=${host}`, "--unstable-worker-options"];
    const clone = await gfn(args, [`--allow-net=${host}`, `--allow-read=${root}`]);
    assert.deepEqual(comparable(await fine(flags, args)), comparable(clone.stdout));

    // Deno itself ends the process, before the worker that would run the plugin is made.
    const refused = await bundled(flags.slice(0, 1), args);
    assert.deepEqual([refused.code, refused.stdout], [70, ""]);
    assert.match(refused.stderr, /^[^\n]*--unstable-worker-options[^\n]*\n$/);
  } finally {
    await close();
  }
});

Deno.test("a plugin that one file writes keeps all laws, as its test finds", async () => {
  const access = [`--allow-read=${empty}`, `--allow-write=${empty}`];
  const said = await fine(access, ["plugin", "new", "mine"]);
  assert.match(said, /^wrote mine.ts and mine_test.ts and gfn_contract.ts; next:\n/);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--quiet", "--no-prompt", "--allow-read", "--allow-run", "mine_test.ts"],
    cwd: empty,
  }).output();
  assert.ok(success, new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr));
});

Deno.test("what these tests wrote is removed", () => Deno.removeSync(folder, { recursive: true }));

import assert from "node:assert/strict";
import { eventSchema } from "../../train/events.ts";
import { gfn, jsonLines, small, spawnGfn, withFolder } from "./_command.ts";

const DIR = (path: string) => [`--allow-read=${path}`, `--allow-write=${path}`];

Deno.test("train prints JSON lines of the published schema and a summary, without permission", async () => {
  const { code, stdout, stderr } = await gfn(["train", "--steps", "4", ...small]);
  assert.equal(code, 0, stderr);
  const events = jsonLines(stdout);
  for (const event of events) eventSchema.parse(event);
  assert.deepEqual(
    events.map(({ type }) => type),
    ["run", "eval", "train", "train", "train", "train", "eval", "end"],
  );
  const last = events.findLast(({ type }) => type === "eval");
  for (const key of ["tv", "kl", "jsd", "elbo", "eubo", "logZ", "logZExact"]) {
    assert.equal(typeof last[key], "number", key);
  }
  assert.match(stderr, /total variation +0\.\d+/);
  assert.match(stderr, /log Z exact +\d/);
});

Deno.test("train --quiet says nothing on stderr", async () => {
  const { code, stderr } = await gfn(["train", "--steps", "1", "--quiet", ...small]);
  assert.equal(code, 0);
  assert.equal(stderr, "");
});

Deno.test("train of one seed prints the same bytes but for time and host, of another seed others", async () => {
  const run = async (seed: number) => {
    const { stdout } = await gfn(["train", "--steps", "3", "--seed", `${seed}`, ...small]);
    return jsonLines(stdout).map(({ time: _time, host: _host, ...event }) => JSON.stringify(event));
  };
  const first = await run(0), other = await run(1);
  assert.deepEqual(await run(0), first);
  assert.notDeepEqual(other.slice(1), first.slice(1));
});

Deno.test("train takes settings in order: config file, ENV, --set, --seed and --steps", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/run.json`;
    await Deno.writeTextFile(
      file,
      JSON.stringify({ env: { side: 8 }, steps: 9, seed: 3, policy: { hidden: [8] } }),
    );
    const { code, stdout, stderr } = await gfn(
      ["train", "hypergrid", "--config", file, "--set", "env.dims=1", "--steps", "0"],
      [`--allow-read=${file}`],
    );
    assert.equal(code, 0, stderr);
    const { config } = jsonLines(stdout)[0];
    assert.equal(config.env.side, 16, "naming ENV starts from its defaults");
    assert.equal(config.env.dims, 1);
    assert.deepEqual(config.policy.hidden, [8]);
    assert.deepEqual([config.steps, config.seed], [0, 3]);
  });
});

Deno.test("train --out writes the run there, and what it printed", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/new/run`;
    const { code, stdout, stderr } = await gfn(
      ["train", "--steps", "2", "--out", out, ...small],
      DIR(out),
    );
    assert.equal(code, 0, stderr);
    const names = Array.from(Deno.readDirSync(out), ({ name }) => name).toSorted();
    assert.deepEqual(names, ["checkpoints", "lock", "metrics.jsonl", "run.json"]);
    assert.equal(await Deno.readTextFile(`${out}/metrics.jsonl`), stdout);
    assert.deepEqual(
      JSON.parse(await Deno.readTextFile(`${out}/run.json`)),
      jsonLines(stdout)[0],
    );

    const before = await Deno.readTextFile(`${out}/metrics.jsonl`);
    const again = await gfn(["train", "--steps", "2", "--out", out, ...small], DIR(out));
    assert.equal(again.code, 2);
    assert.match(again.stderr, /^gfn: Cannot write the run to .*: found another run there/);
    assert.equal(await Deno.readTextFile(`${out}/metrics.jsonl`), before);
  });
});

Deno.test("train prints the same bytes with one thread and with two", async () => {
  const wide = ["train", "--steps", "3", "--set", "env.side=8", "--set", "policy.hidden=[128,128]"];
  const lines = async (threads: string) => {
    const { code, stdout } = await gfn([...wide, "--set", "log.every=1", "--threads", threads]);
    assert.equal(code, 0);
    return jsonLines(stdout);
  };
  const [one, two] = [await lines("1"), await lines("2")];
  assert.deepEqual([one[0].host.threads, two[0].host.threads], [1, 2]);
  const bare = (all: typeof one) => all.map(({ time: _, host: __, ...rest }) => rest);
  assert.deepEqual(bare(two), bare(one));
});

Deno.test("train says which kernels ran", async () => {
  for (const [gemm, build] of [["strict", /^strict$/], ["wasm", /^(relaxed|strict)$/]] as const) {
    const args = ["train", "--steps", "1", "--set", `engine.gemm=${gemm}`, ...small];
    const { code, stdout } = await gfn(args);
    assert.equal(code, 0);
    assert.match(jsonLines(stdout)[0].host.kernels, build);
  }
});

const refused: [what: string, args: string[], code: number, says: RegExp][] = [
  ["an unknown environment", ["hypergird"], 2, /did you mean "hypergrid"\?/],
  ["an unknown objective", ["--set", "objective.name=ent-pp"], 2, /did you mean "ent-ppo"\?/],
  ["an unknown key", ["--set", "env.sied=4"], 2, /did you mean "side"\?/],
  ["a value out of bounds", ["--set", "env.side=1"], 2, /env\.side: found 1, want at least 2/],
  ["a value of another type", ["--set", "steps=many"], 2, /steps: found "many", want a/],
  ["a --set without a value", ["--set", "steps"], 2, /want KEY=VALUE/],
  ["too many threads", ["--threads", "17"], 2, /17/],
  ["an unknown flag", ["--sedd", "1"], 2, /--sedd/],
  ["a config file without permission", ["--config", "/a.json"], 2, /--allow-read=\/a\.json$/m],
  ["--out without its flags", ["--out", "/o"], 2, /--allow-read=\/o --allow-write=\/o$/m],
];
for (const [what, args, code, says] of refused) {
  Deno.test(`train refuses ${what} in one line`, async () => {
    const ended = await gfn(["train", ...args]);
    assert.equal(ended.code, code);
    assert.match(ended.stderr, says);
    assert.equal(ended.stdout, "");
    assert.equal(ended.stderr.trimEnd().split("\n").length, 1, ended.stderr);
  });
}

Deno.test("train refuses a malformed config file, an --out that is a file and one that cannot be made", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/a.json`;
    await Deno.writeTextFile(file, "{ steps: 3 }");
    const malformed = await gfn(["train", "--config", file], [`--allow-read=${file}`]);
    assert.equal(malformed.code, 2);
    assert.match(malformed.stderr, /^gfn: Cannot read config file .*: it is not JSON/);
    const onFile = await gfn(["train", "--out", file], DIR(file));
    assert.equal(onFile.code, 2);
    assert.match(onFile.stderr, /found a file, want a new or empty folder$/m);
    assert.equal(await Deno.readTextFile(file), "{ steps: 3 }");
    const below = `${file}/run`;
    const impossible = await gfn(["train", "--out", below], DIR(below));
    assert.equal(impossible.code, 1);
    assert.match(impossible.stderr, /^gfn: Cannot write the run to /);
  });
});

Deno.test("train leaves no folder of a run whose settings do not fit, and takes the path again", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/empty`);
    for (const name of ["new", "empty"]) {
      const out = ["--steps", "1", "--quiet", "--out", `${folder}/${name}`];
      const { code, stderr } = await gfn(
        ["train", ...out, ...small, "--set", "policy.network=graph"],
        DIR(folder),
      );
      assert.equal(code, 2, stderr);
      assert.match(stderr, /want graph/);
      assert.deepEqual(
        Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((one) => one === name),
        name === "empty" ? ["empty"] : [],
      );
      const again = await gfn(["train", ...out, ...small], DIR(folder));
      assert.equal(again.code, 0, again.stderr);
    }
  });
});

Deno.test("train ends cleanly on Ctrl-C: exit status 130, last line end, interrupted", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/run`;
    const child = spawnGfn(["train", "--steps", "1000000", "--out", out, ...small], DIR(out));
    const reader = child.stdout.getReader();
    let text = "";
    const decoder = new TextDecoder();
    let interrupted = false;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
      if (!interrupted && text.includes('"train"')) {
        child.kill("SIGINT");
        interrupted = true;
      }
    }
    const { code } = await child.status;
    await child.stderr.cancel();
    assert.equal(code, 130);
    const end = jsonLines(text).at(-1);
    assert.deepEqual([end.type, end.reason], ["end", "interrupted"]);
    assert.equal(await Deno.readTextFile(`${out}/metrics.jsonl`), text);
  });
});

Deno.test("train says that its stdout was closed and keeps what it wrote", async () => {
  await withFolder(async (folder) => {
    const out = `${folder}/run`;
    const child = spawnGfn(["train", "--steps", "1000000", "--out", out, ...small], DIR(out));
    const reader = child.stdout.getReader();
    await reader.read();
    await reader.cancel();
    const stderr = await new Response(child.stderr).text();
    assert.equal((await child.status).code, 1);
    assert.match(stderr, /^gfn: Cannot write to stdout: /m);
    const events = jsonLines(await Deno.readTextFile(`${out}/metrics.jsonl`));
    assert.deepEqual([events[0].type, events.at(-1).type], ["run", "end"]);
    assert.equal(events.at(-1).reason, "interrupted");
  });
});

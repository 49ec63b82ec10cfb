import assert from "node:assert/strict";
import { loadSource } from "../../plugins/_host_source.ts";
import { describePlugin } from "../../sandbox/sandbox.ts";
import { gfn, jsonLines } from "../cli/_command.ts";
import { escapes, hostileFolder, misdeeds, trainOnHostile, tryEscape } from "./_escapes.ts";

const root = new URL("../../", import.meta.url).pathname;

for (const escape of escapes) {
  const { file, refused, finds = false, code = finds ? 0 : 1 } = escape;
  Deno.test(`hostile/${file} is refused in one line, and nothing of it reaches stdout`, async () => {
    const ended = await tryEscape(escape);
    if (typeof refused === "string") assert.equal(ended.said, refused);
    else assert.match(ended.said, refused);
    assert.equal(ended.code, code);
    if (finds) return;
    assert.equal(ended.stderr, `gfn: ${ended.said}\n`);
    if (ended.stdout === "") return;
    // It was loaded, and failed at the start of the run: the run's own two lines.
    const lines = jsonLines(ended.stdout);
    assert.deepEqual(lines.map(({ type }) => type), ["run", "end"]);
    assert.equal(lines[1].message, ended.said);
  });
}

Deno.test("hostile plugins change nothing of the host's own objects", async () => {
  const source = await loadSource(`${hostileFolder}pollutes_host.ts`);
  const { config } = await describePlugin(source);
  assert.deepEqual(Object.keys(config), []);
  assert.equal("help" in {}, false);
});

Deno.test("every hostile plugin is tested here", () => {
  const files = Array.from(Deno.readDirSync(hostileFolder), ({ name }) => name).sort();
  assert.deepEqual(files, [...escapes.map(({ file }) => file), "at_work.ts"].sort());
});

for (const [how, message] of Object.entries(misdeeds)) {
  Deno.test(`a plugin that does "${how}" ends the run with an error that says where`, async () => {
    const out = Deno.makeTempDirSync();
    try {
      const { code, stderr } = await trainOnHostile("at_work.ts", [`env.how=${how}`], out);
      const said = stderr.replace(/^gfn: /, "").replace(/\n$/, "");
      if (typeof message === "string") assert.equal(said, message);
      else assert.match(said, message);
      assert.equal(code, 1);
      // The run folder holds whole lines, the last of which says how it ended.
      const lines = jsonLines(Deno.readTextFileSync(`${out}/metrics.jsonl`));
      assert.equal(lines.at(-1).reason, "failed");
      assert.equal(
        Deno.readTextFileSync(`${out}/plugin.ts`),
        Deno.readTextFileSync(`${hostileFolder}at_work.ts`),
      );
    } finally {
      Deno.removeSync(out, { recursive: true });
    }
  });
}

const harmless = ["behave", "follow what it is handed", "fake a promise"];

Deno.test("a plugin that looks at or fakes what it is handed changes nothing", async () => {
  const outcomes = await Promise.all(harmless.map(async (how) => {
    const { code, stdout, stderr } = await trainOnHostile("at_work.ts", [`env.how=${how}`]);
    assert.equal(stderr, "", how);
    assert.equal(code, 0, how);
    return jsonLines(stdout).slice(1).map(({ time: _, ...line }) => line);
  }));
  for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0]);
});

Deno.test("native code does not enter the sandbox", async () => {
  const { code, stderr } = await trainOnHostile("at_work.ts", ["engine.gemm=blas"]);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^gfn: Cannot use engine\.gemm = blas with the plugin at_work\.ts: native code/,
  );
});

Deno.test("a plugin that fills V8's heap gets an error before V8 ends the process", async () => {
  const train = (args: string[], flags: string[]) =>
    gfn(["train", "--steps", "3", "--quiet", ...args], [`--allow-read=${root}`, ...flags]);
  const small = ["--v8-flags=--max-old-space-size=512"];
  const tries: [string[], string[], RegExp][] = [
    [[`${hostileFolder}fills_heap.ts`], small, /^0\.\d GiB, last in loading/],
    [[`${hostileFolder}fills_heap.ts`], [], /^[\d.]+ GiB, last in loading/],
    [
      [`${hostileFolder}at_work.ts`, "--set", "env.how=allocate objects"],
      small,
      /^0\.\d GiB, last in step at the state \[0 0 0 0 0\]/,
    ],
  ];
  for (const [args, flags, taken] of tries) {
    const { code, stderr } = await train(args, flags);
    const said = /^gfn: Cannot go on with plugin .*: its objects take more than (.*)\n$/.exec(
      stderr,
    );
    assert.ok(said, stderr);
    assert.match(said[1]!, taken);
    assert.equal(code, 1);
  }
});

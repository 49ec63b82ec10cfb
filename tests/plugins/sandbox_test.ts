import assert from "node:assert/strict";
import { gfn, jsonLines } from "../cli/_command.ts";

const root = new URL("../../", import.meta.url).pathname;
const folder = `${root}tests/plugins/hostile/`;

/** Trains on a hostile plugin with the least that works: the tool's own folder holds the plugin too. */
async function trainOn(file: string, settings: readonly string[] = [], out?: string) {
  const limits = ["sandbox.seconds=1", "sandbox.memory=0.5"];
  const { code, stdout, stderr } = await gfn(
    [
      ...["train", `${folder}${file}`, "--steps", "3", "--quiet"],
      ...[...limits, ...settings].flatMap((one) => ["--set", one]),
      ...(out === undefined ? [] : ["--out", out]),
    ],
    out === undefined
      ? [`--allow-read=${root}`]
      : [`--allow-read=${root},${out}`, `--allow-write=${out}`],
  );
  return { code, stdout, stderr: stderr.replaceAll(folder, "") };
}

/** What is said of each hostile plugin that ends before its options can be read. */
const refusals: Readonly<Record<string, string>> = {
  "import_static.ts":
    'Cannot load plugin import_static.ts: it imports "npm:zod@4.6.7", want one file without imports: deno bundle import_static.ts -o plugin.js',
  "import_literal.ts": "Cannot load plugin import_literal.ts: it threw import() is refused",
  "forged_lines.ts":
    "Cannot load plugin forged_lines.ts: summary is not as the contract wants it: one line of printable characters",
  "forged_name.ts":
    "Cannot load plugin forged_name.ts: name is not as the contract wants it: lower-case letters, digits and dashes, at most 40",
  "forged_error.ts": "Cannot load plugin forged_error.ts: it threw first ]0;title second",
  "unhandled_rejection.ts":
    "Cannot go on with plugin unhandled_rejection.ts: it left a rejected promise alone",
  "loops_at_import.ts":
    "Cannot go on with plugin loops_at_import.ts: loading has not returned for 1 seconds, want an answer sooner, or sandbox.seconds raised",
  "allocates.ts":
    "Cannot go on with plugin allocates.ts: the process has grown by more than 0.5 GiB, last in loading, want less, or sandbox.memory raised",
};

for (const [file, message] of Object.entries(refusals)) {
  Deno.test(`hostile/${file} is refused in one line, and nothing reaches stdout`, async () => {
    const { code, stdout, stderr } = await trainOn(file);
    assert.equal(stderr, `gfn: ${message}\n`);
    assert.equal(stdout, "");
    assert.equal(code, file === "import_static.ts" ? 2 : 1);
  });
}

Deno.test("hostile/starves_microtasks.ts is ended by the clock or by the memory it takes", async () => {
  const { code, stdout, stderr } = await trainOn("starves_microtasks.ts");
  assert.match(stderr, /^gfn: Cannot go on with plugin starves_microtasks\.ts: .*loading/);
  assert.equal(stdout, "");
  assert.equal(code, 1);
});

/** What each hostile plugin that is loaded says it found. */
const findings: Readonly<Record<string, string>> = {
  "names.ts": "found nothing",
  "code_from_strings.ts": "made nothing",
  "import_computed.ts": "refused by an error of this realm",
  "stack_frames.ts": "saw no frame",
  "recurses.ts": "overflow of this realm",
  "pollutes.ts": "was handed nothing of the host",
};

Deno.test("hostile plugins that look for a way out find none", async () => {
  const { describePlugin } = await import("../../sandbox/sandbox.ts");
  const { loadSource } = await import("../../plugins/_host_source.ts");
  for (const [file, summary] of Object.entries(findings)) {
    const described = await describePlugin(await loadSource(`${folder}${file}`));
    assert.equal(described.summary, summary, file);
  }
});

Deno.test("every hostile plugin is tested here", () => {
  const tested = [...Object.keys(refusals), ...Object.keys(findings)];
  const others = ["at_work.ts", "starves_microtasks.ts"];
  const files = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  assert.deepEqual(files, [...tested, ...others].sort());
});

/** What is said of a plugin that misbehaves at work. */
const atWork: Readonly<Record<string, string | RegExp>> = {
  "hang in step":
    /^Cannot go on with plugin at_work\.ts: step at the state \[[01] [01] 0 0 2\] has not returned for 1 seconds, want an answer sooner, or sandbox\.seconds raised$/,
  "hang in a promise":
    /^Cannot go on with plugin at_work\.ts: logReward at the state \[.*\] has not returned for 1 seconds/,
  "throw in forwardMask":
    'Cannot go on with environment "at-work": forwardMask failed at the state [0 0 0 0 0]: no mask [31mtoday',
  "throw nothing":
    'Cannot go on with environment "at-work": forwardMask failed at the state [0 0 0 0 0]: undefined',
  "reward not a number":
    /^Cannot use log reward of environment "at-work": found NaN at the state \[.*\], want a finite number or -Infinity$/,
  "change what it is handed":
    'Cannot go on with environment "at-work": forwardMask failed at the state [0 0 0 0 0]: it wrote beside the place it was told',
  "take its arrays away": /^Cannot .* environment "at-work": .*/,
  "answer a text":
    'Cannot go on with environment "at-work": backwardOf failed at the state [0 0 0 0 0]: backwardOf gave string, want a number',
};

for (const [how, message] of Object.entries(atWork)) {
  Deno.test(`a plugin that does "${how}" ends the run with an error that says where`, async () => {
    const out = Deno.makeTempDirSync();
    try {
      const { code, stderr } = await trainOn("at_work.ts", [`env.how=${how}`], out);
      const said = stderr.replace(/^gfn: /, "").replace(/\n$/, "");
      if (typeof message === "string") assert.equal(said, message);
      else assert.match(said, message);
      assert.equal(code, 1);
      // The run folder holds whole lines, the last of which says how it ended.
      const lines = jsonLines(Deno.readTextFileSync(`${out}/metrics.jsonl`));
      assert.equal(lines.at(-1).reason, "failed");
      assert.equal(
        Deno.readTextFileSync(`${out}/plugin.ts`),
        Deno.readTextFileSync(`${folder}at_work.ts`),
      );
    } finally {
      Deno.removeSync(out, { recursive: true });
    }
  });
}

const harmless = ["behave", "follow what it is handed", "fake a promise"];

Deno.test("a plugin that looks at or fakes what it is handed changes nothing", async () => {
  const outcomes = await Promise.all(harmless.map(async (how) => {
    const { code, stdout, stderr } = await trainOn("at_work.ts", [`env.how=${how}`]);
    assert.equal(stderr, "", how);
    assert.equal(code, 0, how);
    return jsonLines(stdout).slice(1).map(({ time: _, ...line }) => line);
  }));
  for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0]);
});

Deno.test("native code does not enter the sandbox", async () => {
  const { code, stderr } = await trainOn("at_work.ts", ["engine.gemm=blas"]);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^gfn: Cannot use engine\.gemm = blas with the plugin at_work\.ts: native code/,
  );
});

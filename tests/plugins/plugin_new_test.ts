import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url).pathname;

/** Runs a command in a folder. */
async function run(folder: string, command: string) {
  const words = command.split(" ");
  const gfn = [
    "run",
    "--quiet",
    "--no-prompt",
    "--allow-read",
    `--allow-write=${folder}`,
    `${root}gfn.ts`,
  ];
  const args = words[0] === "gfn" ? [...gfn, ...words.slice(1)] : words.slice(1);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("gfn plugin new writes each kind, which keeps all laws, and overwrites nothing", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    for (const kind of ["energy", "sequence", "graph"]) {
      const made = await run(folder, `gfn plugin new my-${kind} --kind ${kind}`);
      assert.equal(made.code, 0, made.stderr);
      const check = await run(folder, `gfn plugin check ./my-${kind}.ts`);
      assert.equal(check.code, 0, check.stdout + check.stderr);
    }
    const test = await run(folder, "deno test --quiet --allow-read --allow-run my-graph_test.ts");
    assert.equal(test.code, 0, test.stdout);
    const again = await run(folder, "gfn plugin new my-graph");
    assert.equal(again.code, 2);
    assert.equal(
      again.stderr,
      "gfn: Cannot write my-graph.ts: found it there already, want a new name\n",
    );
    const bad = await run(folder, "gfn plugin new My_Graph");
    assert.match(bad.stderr, /^gfn: Cannot name a plugin "My_Graph": want lower-case letters/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

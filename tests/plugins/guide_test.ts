import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url).pathname;
const guide = Deno.readTextFileSync(`${root}docs/writing-an-environment.md`);

/** Runs a command of the guide in a folder. */
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

Deno.test("the guide to writing an environment works, command by command, in an empty folder", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(`${folder}/examples/plugins`, { recursive: true });
    for (const file of ["table.ts", "table.csv"]) {
      Deno.copyFileSync(`${root}examples/plugins/${file}`, `${folder}/examples/plugins/${file}`);
    }
    // A plugin with a package, for the command that makes one file of it.
    const bitseq = Deno.readTextFileSync(`${root}examples/plugins/bitseq.ts`)
      .replace("const LISTED = 2 ** 16;", "const LISTED = z.number().parse(2 ** 16);");
    Deno.writeTextFileSync(
      `${folder}/my_plugin.ts`,
      `import { z } from "npm:zod@4.6.7";\n${
        bitseq.replace("../../mod.ts", `${root}plugins/contract.ts`)
      }`,
    );
    let commands = 0;
    for (
      const [, kind, name, text] of guide.matchAll(/^```(sh|ts)(?: ignore)? ?(\S*)\n(.*?)^```$/gms)
    ) {
      if (kind === "ts" && name === "") continue; // run by deno test --doc
      if (kind === "ts") {
        Deno.writeTextFileSync(`${folder}/${name}`, text!);
        continue;
      }
      for (const command of text!.trim().split("\n")) {
        const { code, stdout, stderr } = await run(folder, command);
        assert.equal(code, 0, `${command}\n${stdout}${stderr}`);
        commands++;
      }
    }
    assert.equal(commands, 7);
    // The package's code is in the file now, and runs in the sandbox.
    const bundled = await run(folder, "gfn plugin check ./plugin.js");
    assert.equal(bundled.code, 0, bundled.stdout + bundled.stderr);
    const loose = await run(folder, "gfn plugin check ./my_plugin.ts");
    assert.match(
      loose.stderr,
      /^gfn: Cannot load plugin \.\/my_plugin\.ts: it imports "npm:zod@4\.6\.7", want one file/,
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

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

import assert from "node:assert/strict";
import { escapes, hostileFolder, root } from "./_escapes.ts";
import { type Answers, noTerminal, onTerminal } from "./_terminal.ts";

/** A test that says in its name that it did not run. */
function terminalTest(name: string, fn: () => Promise<void>): void {
  const ignore = noTerminal !== null;
  Deno.test({ name: ignore ? `NOT RUN, ${noTerminal}: ${name}` : name, ignore, fn });
}

/** Whether the package that hostile plugins import lies in Deno's cache. */
function isCached(): boolean {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  try {
    return Deno.statSync(`${npmCache}/registry.npmjs.org/is-odd`).isDirectory;
  } catch {
    return false;
  }
}
const cachedBefore = isCached();

terminalTest("the terminal of these tests is one on which Deno asks and takes y", async () => {
  const ask = `if (Deno.statSync("${root}").isDirectory) console.log("granted")`;
  const { code, shown } = await onTerminal(["run", `data:application/javascript,${ask}`]);
  assert.match(shown, /Deno requests read access/);
  assert.match(shown, /granted\n$/);
  assert.equal(code, 0);
});

/** Those that would print, ask, download or end the process, and the ones that try all of it. */
const loud = [
  ...["at_terminal.ts", "import_literal.ts", "import_npm_computed.ts", "import_by_function.ts"],
  ...["forges_console.ts", "forges_write.ts", "kills.ts", "exits.ts", "posts.ts"],
  ...["nested_worker.ts", "escapes_in_name.ts", "escapes_in_help.ts", "forged_error.ts"],
  ...["forged_lines.ts"],
];

for (const answers of ["y", "closed"] as Answers[]) {
  terminalTest(
    `on a terminal, stdin ${answers}, a hostile plugin gets one line and no prompt`,
    async () => {
      for (const file of loud) {
        const { refused } = escapes.find((escape) => escape.file === file)!;
        const args = ["run", `--allow-read=${root}`, `${root}gfn.ts`, "train"];
        const { code, shown } = await onTerminal(
          [...args, `${hostileFolder}${file}`, "--steps", "2"],
          answers,
        );
        assert.equal(shown.replaceAll(hostileFolder, ""), `gfn: ${refused}\n`);
        assert.equal(code, 1, file);
      }
    },
  );
}

terminalTest("nothing that a hostile plugin imports was downloaded", () => {
  // A cache that had the package before cannot tell.
  assert.equal(isCached(), cachedBefore);
  return Promise.resolve();
});

terminalTest("on a terminal a missing flag is one line that names it, not a prompt", async () => {
  const grid = `${root}envs/hypergrid.ts`;
  const train = ["train", grid, "--steps", "2"], command = `${root}gfn.ts`;
  const wants: [string[], string][] = [
    [
      [],
      `Cannot load plugin ${grid}: found no permission to read it, want deno run --allow-read=${grid}`,
    ],
    [
      [`--allow-read=${grid}`],
      `Cannot run plugin ${grid}: found no permission to read gfn's own folder, which starts the sandbox, want deno run --allow-read=${root}`,
    ],
  ];
  for (const [flags, message] of wants) {
    const { code, shown } = await onTerminal(["run", ...flags, command, ...train]);
    assert.equal(shown, `gfn: ${message}\n`);
    assert.equal(code, 2);
  }
  const remote = await onTerminal(["run", command, "train", "http://127.0.0.1:9/env.ts"]);
  assert.equal(
    remote.shown,
    "gfn: Cannot load plugin http://127.0.0.1:9/env.ts: found no permission for 127.0.0.1:9, want deno run --allow-net=127.0.0.1:9\n",
  );
});

import assert from "node:assert/strict";
import { commandsOf, cutShort, missingLine, readPage } from "./_page.ts";

Deno.test("readPage() keeps the order of files, commands and what they print", () => {
  const page = readPage(
    "a.md",
    [
      "<!-- commands: port 8000 -->",
      "```ts ignore lib/mine.ts",
      "1;",
      "```",
      "```sh steps=2: a minute",
      "gfn train",
      "```",
      "```text output about",
      "TV 0.03",
      "```",
      "```sh no-run: wants Slurm",
      "sbatch a",
      "```",
    ].join("\n"),
  );
  assert.equal(page.port, "8000");
  assert.deepEqual(page.parts.map(({ kind, line }) => [kind, line]), [
    ["file", 2],
    ["commands", 5],
    ["output", 8],
    ["commands", 11],
  ]);
  assert.deepEqual(page.parts.flatMap((part) => part.kind === "commands" ? [part.way] : []), [
    { how: "steps", steps: 2 },
    { how: "no-run", reason: "wants Slurm" },
  ]);
});

Deno.test("readPage() takes nothing for granted that it does not understand", () => {
  assert.throws(() => readPage("a.md", "x\n```sh no-run\nls\n```"), /a\.md:2: found "no-run"/);
  assert.throws(() => readPage("a.md", "```sh steps=2:\nls\n```"), /a\.md:1/);
  assert.throws(() => readPage("a.md", "<!-- commands: sometimes -->"), /"sometimes"/);
});

Deno.test("commandsOf() counts what is typed, not its lines", () => {
  const text = "# talk\ngfn train \\\n  --steps 2\n\ncat > a <<'END'\nnot a command\nEND\nls\n";
  assert.deepEqual(commandsOf(text), ["gfn train --steps 2", "cat > a <<'END'", "ls"]);
});

Deno.test("cutShort() changes the length of training alone", () => {
  const cut = (text: string) => cutShort(text, 2);
  assert.equal(cut("gfn train --steps 500 --seed 1"), "gfn train --steps 2 --seed 1");
  assert.equal(cut("gfn train --seed 1 > a.jsonl"), "gfn train --seed 1 --steps 2 > a.jsonl");
  assert.equal(
    cut("deno run gfn.ts compare \\\n  --seeds 0..2   # a table"),
    "deno run gfn.ts compare --seeds 0..2 --steps 2   # a table",
  );
  assert.equal(cut("gfn eval run"), "gfn eval run");
});

Deno.test("missingLine() finds the promised lines in their order", () => {
  const printed = "a 1\nTV   0.031  s\nend 22.4 s";
  assert.equal(missingLine("a 1\nend … s", printed, "exact"), null);
  assert.equal(missingLine("end … s\na 1", printed, "exact"), "a 1");
  assert.equal(missingLine("TV 0.04", printed, "exact"), "TV 0.04");
  assert.equal(missingLine("TV   0.0299  s\nend 9 s", printed, "about"), null);
  assert.equal(missingLine("KL   0.0299  s", printed, "about"), "KL   0.0299  s");
});

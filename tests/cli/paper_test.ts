import assert from "node:assert/strict";
import { gfn, jsonLines, withFolder } from "./_command.ts";

Deno.test("paper runs the published comparison, and finished runs are read back", async () => {
  await withFolder(async (folder) => {
    const args = ["paper", "qm9", "--budget", "480", "--seeds", "3", "--out", folder];
    const access = [`--allow-read=${folder}`, `--allow-write=${folder}`];
    const first = await gfn(args, access);
    assert.equal(first.code, 0, first.stderr);
    const lines = jsonLines(first.stdout).filter(({ type }) => type === "compare");
    assert.deepEqual(
      lines.map(({ objective, seeds }) => [objective, ...seeds]),
      [["ent-ppo", 3], ["vpg", 3], ["tb", 3], ["db", 3], ["subtb", 3]],
    );
    assert.match(Deno.readTextFileSync(`${folder}/table.md`), /^\| subtb \| 1 \| 0\.\d+/m);
    assert.match(Deno.readTextFileSync(`${folder}/report.html`), /^<!doctype html>/i);
    const again = await gfn(args, access);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /5\/5 subtb seed 3: TV 0\.\d+, read back/);
    assert.match(again.stderr, /report\.html: found, kept as it is/);
  });
});

Deno.test("paper wants a table and a budget that it knows", async () => {
  const table = await gfn(["paper", "hypergrit"]);
  assert.equal(table.code, 2);
  const budget = await gfn(["paper", "hypergrid", "--budget", "much"]);
  assert.equal(budget.code, 2);
  assert.match(
    budget.stderr,
    /^gfn: Cannot use --budget much: want full \(500000 trajectories\), short \(3200\) or a whole/,
  );
});

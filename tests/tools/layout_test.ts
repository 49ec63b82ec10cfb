import assert from "node:assert/strict";
import { imports, isIn, layoutText, placeOf } from "../../_tools/layout.ts";

Deno.test("isIn() takes files, folders and private prefixes", () => {
  assert.ok(isIn("gfn.ts", "gfn.ts"));
  assert.ok(isIn("cli/train.ts", "cli"));
  assert.ok(!isIn("client/train.ts", "cli"));
  assert.ok(isIn("plugins/_host_worker.ts", "plugins/_host"));
  assert.ok(!isIn("plugins/open.ts", "plugins/_host"));
  assert.ok(isIn("_tools/lines.ts", "_tools"));
  assert.ok(!isIn("_tools_old/lines.ts", "_tools"));
});

Deno.test("placeOf() takes the longest row that holds a file", () => {
  assert.equal(placeOf("envs/hypergrid.ts"), "envs");
  assert.equal(placeOf("envs/_registry.ts"), "envs/_registry.ts");
  assert.equal(placeOf("elsewhere/a.ts"), undefined);
});

Deno.test("imports holds no circle of run-time imports between places", () => {
  function reach(place: string, path: readonly string[]): void {
    assert.ok(!path.includes(place), [...path, place].join(" -> "));
    for (const row of imports[place]!) {
      if (row.startsWith("type ")) continue;
      const allowed = row.replace(/^lazy /, "");
      const next = imports[allowed] === undefined ? placeOf(allowed)! : allowed;
      reach(next, [...path, place]);
    }
  }
  for (const place of Object.keys(imports)) reach(place, []);
});

Deno.test("docs/architecture.md prints the table of imports as the lint plugin reads it", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/architecture.md", import.meta.url));
  const block = /<!-- layout -->\s*```\n([\s\S]*?)\n```\s*<!-- \/layout -->/.exec(page);
  assert.ok(block, "the page has no block between the layout marks");
  assert.equal(block[1], layoutText());
});

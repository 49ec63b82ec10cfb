import assert from "node:assert/strict";
import { referencePages } from "../../_tools/gen_reference.ts";
import { presets } from "../../config/presets.ts";
import { laws } from "../../conformance/laws.ts";
import { environments } from "../../envs/_registry.ts";

const root = new URL("../../", import.meta.url).pathname;
const read = (path: string) => Deno.readTextFileSync(`${root}${path}`);
const pages = referencePages(read);

Deno.test("docs/reference/ says what parsers, schemas and types say", () => {
  for (const [path, text] of Object.entries(pages)) {
    assert.equal(read(path), text, `${path} is stale: run deno task gen`);
  }
});

Deno.test("the reference leaves nothing out", () => {
  const headings = (name: string) =>
    [...pages[`docs/reference/${name}.md`]!.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  assert.deepEqual(headings("environments"), Object.keys(environments));
  assert.deepEqual(headings("presets"), Object.keys(presets));
  assert.ok(headings("commands").includes("gfn plugin check"));
  for (const { name } of laws) {
    assert.ok(pages["docs/reference/plugin-contract.md"]!.includes(`| ${name} `), name);
  }
  const contract = read("plugins/contract.ts") + read("config/options.ts");
  const exported = [...contract.matchAll(/^export (?:interface|type|const) (\w+)/gm)];
  assert.deepEqual(
    headings("plugin-contract"),
    [...exported.map(([, name]) => name), "Laws"],
  );
});

import assert from "node:assert/strict";
import { environments } from "../../envs/_registry.ts";

const page = await Deno.readTextFile(new URL("../../docs/environments.md", import.meta.url));

/** The text of a section by its heading. */
const sections = new Map(
  page.split("\n## ").slice(1).map((part) => [part.split("\n")[0]!, part]),
);

Deno.test("docs/environments.md has a section for every environment, with every option", () => {
  assert.deepEqual([...sections.keys()].toSorted(), Object.keys(environments).toSorted());
  for (const { name, config } of Object.values(environments)) {
    for (const option of Object.keys(config)) {
      assert.ok(sections.get(name)!.includes(`\`${option}\``), `${name}: ${option}`);
    }
    assert.ok(page.includes(`[\`${name}\`](#${name})`), name);
  }
});

Deno.test("docs/environments.md gives a command for every environment", () => {
  // Whether it works is seen by tests/docs/pages_test.ts.
  for (const [name, text] of sections) assert.match(text, new RegExp(`^gfn train ${name}\\b`, "m"));
});

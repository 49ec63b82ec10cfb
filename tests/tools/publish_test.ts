import assert from "node:assert/strict";
import project from "../../deno.json" with { type: "json" };

const root = new URL("../../", import.meta.url);

Deno.test("publishing would go through without a warning, with both doors of the library", () => {
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).outputSync();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.ok(success, said);
  assert.doesNotMatch(said, /warning/i);
  assert.deepEqual(Object.keys(project.exports), [".", "./stored"]);
  for (const path of Object.values(project.exports)) assert.ok(said.includes(path.slice(1)), path);
});

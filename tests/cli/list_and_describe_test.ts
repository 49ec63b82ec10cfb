import assert from "node:assert/strict";
import { environments } from "../../envs/_registry.ts";
import { objectives } from "../../objectives/_registry.ts";
import { gfn } from "./_command.ts";

Deno.test("list names every environment and objective", async () => {
  const { code, stdout } = await gfn(["list", "--json"]);
  assert.equal(code, 0);
  const { envs, objectives: listed } = JSON.parse(stdout);
  assert.deepEqual(envs.map(({ name }: { name: string }) => name), Object.keys(environments));
  assert.deepEqual(listed.map(({ name }: { name: string }) => name), Object.keys(objectives));
  const only = await gfn(["list", "objectives"]);
  assert.match(only.stdout, /^objectives\n(?: .*\n)* +ent-ppo /);
  assert.ok(!only.stdout.includes("hypergrid"));
});

Deno.test("describe prints defaults, bounds and source, and a JSON Schema", async () => {
  const text = await gfn(["describe", "hypergrid"]);
  assert.match(text.stdout, /env\.side +16 +integer \[2, 1024\]/);
  const schema = JSON.parse((await gfn(["describe", "ent-ppo", "--json"])).stdout);
  assert.equal(schema.properties.epochs.default, 4);
  const run = JSON.parse((await gfn(["describe", "run", "--json"])).stdout);
  assert.equal(run.properties.batch.default, 16);
});

Deno.test("describe answers an unknown name with a near one", async () => {
  const { code, stderr } = await gfn(["describe", "hypergri"]);
  assert.equal(code, 2);
  assert.match(stderr, /did you mean "hypergrid"\?$/m);
});

Deno.test("help and completions are printed", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout } = await gfn(["completion", shell]);
    assert.equal(code, 0);
    assert.match(stdout, /gfn/);
  }
  const { code, stdout } = await gfn(["--help"]);
  assert.equal(code, 0);
  for (const command of ["train", "list", "describe"]) assert.ok(stdout.includes(command));
});

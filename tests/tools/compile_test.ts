import assert from "node:assert/strict";
import { makeBundle } from "../../_tools/bundle.ts";
import { compile, targets } from "../../_tools/compile.ts";

// Deno itself stands in for the runtime that it would fetch: what comes out is looked at and not run.
Deno.test("a binary holds the one file, and the permissions of gfn and no others", async () => {
  const folder = Deno.makeTempDirSync(), before = Deno.env.get("DENORT_BIN");
  Deno.env.set("DENORT_BIN", Deno.execPath());
  try {
    const { path: bundle, bytes } = await makeBundle(folder);
    const target = targets.find((one) => one === Deno.build.target);
    assert.ok(target, `no binary is made for ${Deno.build.target}`);
    const binary = Deno.readFileSync(await compile(bundle, target, folder));
    assert.ok(binary.length > bytes + 1e7);

    const text = new TextDecoder("latin1").decode(binary);
    const held = new TextDecoder("latin1").decode(Deno.readFileSync(bundle));
    assert.ok(text.includes(held), "the bundle is not in the binary");

    const from = text.lastIndexOf('{"argv":[]'), to = text.indexOf('"location":', from);
    const { permissions } = JSON.parse(`${text.slice(from, to - 1)}}`);
    const { allow_import: _unused, ...said } = permissions;
    const given = Object.entries(said).filter(([, value]) => value !== null);
    assert.deepEqual(Object.fromEntries(given), {
      allow_net: [],
      allow_read: [],
      allow_run: ["gfn", "sbatch", "squeue"],
      allow_write: [],
      deny_import: [],
      prompt: false,
    });
    assert.match(text.slice(to), /"features":\[[^\]]*"worker-options"/);
  } finally {
    if (before === undefined) Deno.env.delete("DENORT_BIN");
    else Deno.env.set("DENORT_BIN", before);
    Deno.removeSync(folder, { recursive: true });
  }
});

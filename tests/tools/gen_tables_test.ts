import assert from "node:assert/strict";
import { tables, tableText } from "../../_tools/gen_tables.ts";
import { sha256Of } from "../../config/canonical.ts";

const root = new URL("../../", import.meta.url);

for (const table of tables) {
  Deno.test(`${table.path} is what the generator writes of bytes with the hash of ${table.raw}`, async () => {
    const text = await Deno.readTextFile(new URL(table.path, root));
    const base64 = /base64 =\s+"([A-Za-z0-9+/=]+)"/.exec(text)![1]!;
    assert.equal(await sha256Of(Uint8Array.fromBase64(base64)), table.sha256);
    assert.equal(text, tableText(table, base64));
  });
}

Deno.test("NOTICE names every table that is shipped, and the licences that it refers to are there", async () => {
  const notice = await Deno.readTextFile(new URL("NOTICE", root));
  for (const { path } of tables) assert.ok(notice.includes(path), path);
  const shipped = Array.from(Deno.readDirSync(new URL("envs/data/", root)), ({ name }) => name);
  assert.deepEqual(shipped.toSorted(), tables.map(({ path }) => path.slice(10)).toSorted());
  const apache = await Deno.readTextFile(new URL("LICENSES/Apache-2.0.txt", root));
  assert.match(apache, /Apache License\s+Version 2\.0/);
  assert.ok(notice.includes("Copyright (c) 2024 GFNX Authors"));
});

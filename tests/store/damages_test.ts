import assert from "node:assert/strict";
import { damages, tryDamage, wholeRuns } from "./_damages.ts";

const folder = Deno.makeTempDirSync(), runs = await wholeRuns(folder);

for (const [i, damage] of damages.entries()) {
  Deno.test(`a damaged run, ${damage.what}: one line, nothing lost`, async () => {
    const { code, said, left } = await tryDamage(damage, { ...runs, folder: `${folder}/${i}` });
    if (damage.says === null) assert.equal(said, "");
    else assert.match(said, damage.says);
    assert.deepEqual([code, left], [damage.code, damage.left]);
  });
}

Deno.test("the runs that were damaged are removed", () => {
  Deno.removeSync(folder, { recursive: true });
});

import assert from "node:assert/strict";
import { RandomStream } from "../../tensor/random.ts";
import { withFolder } from "../cli/_command.ts";
import { chaos, subjects, unbroken } from "./_chaos.ts";

// The short form; `deno task chaos` kills 200 times.
for (const subject of subjects) {
  Deno.test(`killed at any instant, ${subject.name} goes on to the same bytes`, async () => {
    await withFolder(async (folder) => {
      const whole = `${folder}/whole`, { ms } = await unbroken(subject, whole);
      const seed = Date.now(), random = RandomStream.of(seed, "kills");
      const { kills, mismatches, lost, torn } = await chaos(subject, {
        ...{ whole, ms, folder, random },
        kills: 3,
      });
      assert.deepEqual({ kills, mismatches, lost, torn }, {
        kills: 3,
        mismatches: 0,
        lost: 0,
        torn: 0,
      }, `seed ${seed}`);
    });
  });
}

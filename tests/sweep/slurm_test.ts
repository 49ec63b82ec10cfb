import assert from "node:assert/strict";
import { slurmIsMissing } from "./_slurm.ts";
import { killed, tell } from "./_story.ts";

const missing = slurmIsMissing();

Deno.test({
  name: `an array of eight runs, one killed, goes on to the table of unbroken runs${
    missing === null ? "" : `: not run, ${missing}`
  }`,
  ignore: missing !== null,
  async fn() {
    const folder = Deno.makeTempDirSync();
    try {
      const story = await tell(folder, 200, killed, () => {});
      assert.deepEqual(story.submitted, [8, 1]);
      assert.equal(story.afterDeath, "7 finished, 1 begun");
      assert.ok(story.killedAt >= 20 && story.killedAt < 200, `killed at step ${story.killedAt}`);
      assert.deepEqual(story.resumes, [1, 0, 0, 0, 0, 0, 0, 0]);
      assert.deepEqual(story.table, story.unbroken);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

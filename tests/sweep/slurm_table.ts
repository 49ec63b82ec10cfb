/**
 * Sweeps on a cluster of this machine: `deno task slurm [killed|noticed|preempted]`. Each time one run of eight gets a blow in its
 * middle, and the collected table is compared with that of unbroken runs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { slurmIsMissing } from "./_slurm.ts";
import { type Blow, killed, noticed, preempted, tell } from "./_story.ts";

const missing = slurmIsMissing();
if (missing !== null) {
  console.error(`no cluster: ${missing}`);
  Deno.exit(1);
}
const blows: Record<string, Blow> = { killed, noticed, preempted };
for (const name of Deno.args.length > 0 ? Deno.args : Object.keys(blows)) {
  const blow = blows[name];
  if (blow === undefined) {
    throw new Error(`no blow "${name}", want ${Object.keys(blows).join(", ")}`);
  }
  const folder = Deno.makeTempDirSync();
  try {
    const story = await tell(folder, 1000, blow, (line) => console.log(line));
    assert.deepEqual(story.table, story.unbroken);
    console.log(
      `equal to the unbroken runs: ${story.table.length} lines; resumes by run: ${story.resumes}\n`,
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

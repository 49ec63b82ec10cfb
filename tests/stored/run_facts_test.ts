import assert from "node:assert/strict";
import {
  environments,
  type Objective,
  objectives,
  openEnvironment,
  resolveRun,
  type Snapshot,
  train,
} from "../../mod.ts";
import {
  createRunFolder,
  openStoredSampler,
  readStoredRun,
  resumeRunFolder,
  runFacts,
  type RunFolder,
} from "../../stored/mod.ts";
import fillBits from "../_fill_bits.ts";
import { comparableEvents, gfn, withFolder } from "../cli/_command.ts";

/** What a program may bring: an environment and an objective of its own. */
const own: Objective = { ...objectives.vargrad!, name: "mine" };
const known = {
  environments: { ...environments, [fillBits.name]: fillBits },
  objectives: { ...objectives, mine: own },
};
const config = resolveRun(
  {
    env: { name: fillBits.name, bits: 4 },
    objective: { name: "mine" },
    policy: { hidden: [8] },
    steps: 12,
    checkpoint: { every: 5 },
  },
  known,
);

/** Trains into a folder until `until` events came, or to the end. */
async function trainInto(folder: RunFolder, from: Snapshot | null, until = Infinity) {
  const { name: _, ...options } = config.env;
  const environment = await openEnvironment(fillBits, options, config.reward);
  const keep = (state: Snapshot) => folder.keep(state, 0);
  try {
    for await (const event of train({ environment, objective: own, config, from, keep })) {
      folder.write(event);
      if (--until === 0) break;
    }
  } finally {
    folder.close();
  }
}

Deno.test("a program writes a run, goes on with one that broke off, and samples from it", () =>
  withFolder(async (place) => {
    const facts = await runFacts(config);
    for (const [name, until] of [["whole", Infinity], ["broken", 9]] as const) {
      const folder = createRunFolder(`${place}/${name}`, facts);
      folder.write(facts.run);
      await trainInto(folder, null, until);
    }
    const broken = `${place}/broken`, { run } = readStoredRun(broken);
    const { folder, checkpoint } = await resumeRunFolder(broken, run, facts);
    assert.equal(checkpoint!.snapshot.step, 5);
    await trainInto(folder, checkpoint!.snapshot);
    assert.deepEqual(
      comparableEvents(`${broken}/metrics.jsonl`),
      comparableEvents(`${place}/whole/metrics.jsonl`),
    );
    const valid = await gfn(["validate", `${broken}/metrics.jsonl`], [`--allow-read=${place}`]);
    assert.equal(JSON.parse(valid.stdout).end, "finished");

    using sampler = await openStoredSampler(broken, known);
    const chunks = await Array.fromAsync(sampler.sample({ count: 100, seed: 0 }));
    assert.equal(chunks.flat().length, 100);
    await assert.rejects(openStoredSampler(broken), { code: "E_ENV_UNKNOWN" });
    const { environments } = known;
    await assert.rejects(openStoredSampler(broken, { environments }), {
      code: "E_OBJECTIVE_UNKNOWN",
    });
  }));

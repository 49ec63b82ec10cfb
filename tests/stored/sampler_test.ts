import assert from "node:assert/strict";
import { environments } from "../../mod.ts";
import {
  eventsOf,
  openStoredRun,
  openStoredSampler,
  readStoredRun,
  runFoldersIn,
} from "../../stored/mod.ts";
import { comparableEvents, gfn, jsonLines, small, withFolder } from "../cli/_command.ts";

const ring = new URL("../../examples/plugins/ring.ts", import.meta.url).pathname;
const root = new URL("../../", import.meta.url).pathname;

/** The objects of a sampler. */
async function objectsOf(sampler: Awaited<ReturnType<typeof openStoredSampler>>, count: number) {
  const all = [];
  for await (const objects of sampler.sample({ count, seed: 3 })) all.push(...objects);
  return all;
}

Deno.test("a program reads the settings, events and objects of what gfn train wrote", () =>
  withFolder(async (folder) => {
    const run = `${folder}/run`, access = [`--allow-read=${folder}`, `--allow-write=${folder}`];
    const trained = await gfn(
      [...["train", ...small, "--steps", "20", "--quiet", "--out", run, "--set", "ema.decay=0.9"]],
      access,
    );
    assert.equal(trained.code, 0, trained.stderr);

    assert.deepEqual(runFoldersIn(folder), [run]);
    assert.equal(readStoredRun(run).run.config.steps, 20);
    const { config } = await openStoredRun(run);
    assert.deepEqual([config.env.name, config.env.side], ["hypergrid", 8]);
    const events = [...eventsOf(run)];
    assert.deepEqual(
      events.map(({ time: _, host: __, ...event }) => event),
      comparableEvents(`${run}/metrics.jsonl`),
    );
    const last = events.findLast((event) => event.type === "eval")!;

    using sampler = await openStoredSampler(run);
    assert.equal(sampler.checkpoint.snapshot.step, 20);
    const printed = await gfn(["sample", run, "-n", "100", "--seed", "3"], access);
    assert.deepEqual(await objectsOf(sampler, 100), jsonLines(printed.stdout));
    for (const threads of [1, 2]) { // while another is open
      using same = await openStoredSampler(run, { threads });
      assert.deepEqual(await objectsOf(same, 100), jsonLines(printed.stdout));
    }
    const { tv, top, heldOut } = await sampler.assess({ samples: 50, seed: 0 });
    assert.equal(tv, last.tv);
    assert.ok(top > 0 && top <= 50 && heldOut === undefined);

    const averaged = { checkpoint: "best", parameters: "averaged", threads: 1 } as const;
    using other = await openStoredSampler(run, averaged);
    assert.equal((await other.assess({ samples: 2, seed: 0 })).tv, last.averaged!.tv);
    await assert.rejects(openStoredSampler(run, { checkpoint: 7 }), { code: "E_CHECKPOINT" });
    await assert.rejects(openStoredSampler(folder), { code: "E_RUN_READ", exitCode: 2 });
    await assert.rejects(async () => await Array.fromAsync(eventsOf(folder)), {
      code: "E_RUN_READ",
      message: new RegExp(`^Cannot read the run in ${folder}: .*No such file`),
    });
  }));

Deno.test("a run on a plugin is sampled in the sandbox, from the source in its folder", () =>
  withFolder(async (folder) => {
    const run = `${folder}/run`, plugin = `${folder}/ring.ts`;
    Deno.copyFileSync(ring, plugin);
    const trained = await gfn(
      [
        ...["train", plugin, "--steps", "3", "--quiet", "--out", run],
        ...["--set", "policy.network=mlp", "--set", "policy.hidden=[8]"],
      ],
      [`--allow-read=${folder},${root}`, `--allow-write=${folder}`],
    );
    assert.equal(trained.code, 0, trained.stderr);
    Deno.removeSync(plugin);

    using sampler = await openStoredSampler(run);
    assert.equal(sampler.opened.ground.foreign!.description.name, "ring");
    assert.equal(
      Object.keys(sampler.opened.ground.plugins).length,
      Object.keys(environments).length,
    );
    assert.equal((await objectsOf(sampler, 70)).length, 70);
    assert.equal(typeof (await sampler.assess({ samples: 2, seed: 0 })).tv, "number");
    await assert.rejects(openStoredSampler(run, { parameters: "averaged" }), {
      code: "E_AVERAGED",
      message:
        `Cannot use the moving average of the run in ${run}: found none in its checkpoint, want a run with ema.decay above 0`,
    });
  }));

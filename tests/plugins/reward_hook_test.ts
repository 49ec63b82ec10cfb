import assert from "node:assert/strict";
import { checkPlugin, openEnvironment, resolveRun, trainInSandbox } from "../../mod.ts";
import type { RewardHook, RewardHooks } from "../../mod.ts";
import { loadSource } from "../../plugins/_host_source.ts";
import { objectives } from "../../objectives/_registry.ts";
import docked from "../../examples/plugins/docked.ts";
import { gfn } from "../cli/_command.ts";

const root = new URL("../../", import.meta.url).pathname;
const file = `${root}examples/plugins/docked.ts`;
const source = await loadSource(file);

/** Likes the letter C. */
const likesC: RewardHook = (objects) => objects.map((text) => text.split("C").length - 1);

const config = resolveRun({
  env: { name: "docked" },
  objective: { name: "tb" },
  policy: { hidden: [32], lr: 0.005 },
  logZ: { lr: 0.1 },
  steps: 300,
  eval: { every: 300 },
}, { environments: { docked }, objectives });

/** What training says at last, in the sandbox. */
async function lastEvaluation(hooks: RewardHooks) {
  let last;
  for await (const event of trainInSandbox({ source, config, threads: 1, hooks })) {
    if (event.type === "eval") last = event;
  }
  return last!;
}

Deno.test("a reward hook of the embedding program is asked from inside the sandbox, and learned", async () => {
  let asked = 0;
  const last = await lastEvaluation({
    dock: async (objects) => {
      asked += objects.length;
      await new Promise((resolve) => setTimeout(resolve, 0));
      return likesC(objects);
    },
  });
  assert.ok(asked > 300);
  // 4 letters of which one weighs e: Z = (3 + e)^3.
  assert.ok(Math.abs(Number(last.logZExact) - 3 * Math.log(3 + Math.E)) < 1e-9);
  assert.ok(Number(last.tv) < 0.05, `total variation ${last.tv}`);
});

Deno.test("in process the same hook gives the same rewards", async () => {
  const environment = await openEnvironment(docked, { length: 3, beta: 2 }, undefined, {
    dock: likesC,
  });
  const out = new Float64Array(2);
  await environment.logReward(Int32Array.of(1, 1, 2, 1, 1, 1), 2, out);
  assert.deepEqual([...out], [4, 6]);
});

Deno.test("a plugin that asks a hook keeps all laws when it is given", async () => {
  const reports = await checkPlugin(source, { length: 3, beta: 1 }, { hooks: { dock: likesC } });
  assert.deepEqual(reports.filter(({ outcome }) => outcome === "broken"), []);
});

const bad: Readonly<Record<string, [RewardHook, string]>> = {
  "too few": [() => [1], "found 1 numbers for all objects, want one each"],
  "not a number": [
    (objects) => objects.map(() => NaN),
    "found NaN for a word, want a finite number",
  ],
  "an error": [() => Promise.reject(new Error("the service is down")), "the service is down"],
};
for (const [how, [dock, said]] of Object.entries(bad)) {
  Deno.test(`a reward hook that gives ${how} ends training with an error that names it`, async () => {
    await assert.rejects(lastEvaluation({ dock }), (error: Error) => {
      const message = error.message.replace(/[CNOF]{3},/, "a word,").replace(/for \d+/, "for all");
      assert.equal(message, `Cannot go on with the reward hook "dock": ${said}`);
      return true;
    });
  });
}

Deno.test("a hook that nobody gives is refused in one line, and plugin info names it", async () => {
  const { code, stderr } = await gfn(["train", file], [`--allow-read=${root}`]);
  assert.equal(code, 2);
  assert.equal(
    stderr,
    'gfn: Cannot open environment "docked": its reward asks the hook "dock" (the docking score of a word), found none, want a program that embeds gfn and gives it (docs/writing-an-environment.md)\n',
  );
  const { stdout } = await gfn(["plugin", "info", file], [`--allow-read=${root}`]);
  assert.match(stdout, /reward hook dock: the docking score of a word/);
});

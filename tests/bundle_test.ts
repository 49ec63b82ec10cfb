import assert from "node:assert/strict";

/** Trains from the bundle and prints the events, one JSON line each. Needs no permission. */
const trainFromBundle = `
import {
  environments, objectives, openEnvironment, resolveRun, startThreads, train,
} from "./gfn.js";

const threads = await startThreads(2);

const config = resolveRun({
  env: { name: "hypergrid", side: 8 },
  objective: { name: "ent-ppo", epochs: 2 },
  policy: { hidden: [32] },
  steps: 3,
}, { environments, objectives });
const { name, ...options } = config.env;
const environment = await openEnvironment(environments[name], options, config.reward);
const objective = objectives[config.objective.name];
for await (const event of train({ environment, objective, config })) {
  console.log(JSON.stringify(event));
}
threads.stop();

// A table that is loaded by an import() of its own has come along.
const ofBenchmark = { length: 8, scores: null, exponent: 3, scale: 10, minReward: 1e-3, modes: null };
const tfbind8 = await openEnvironment(environments.tfbind8, ofBenchmark);
const logReward = new Float64Array(1);
tfbind8.logReward(Int32Array.of(1, 3, 3, 4, 1, 4, 2, 1), 1, logReward); // AGGTATCA, the best string
console.log(JSON.stringify({ type: "tfbind8", reward: Math.exp(logReward[0]) }));
`;

async function deno(args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  assert.equal(code, 0, `deno ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

Deno.test("mod.ts as one bundled file trains with no permission and no import map", async () => {
  const root = new URL("../", import.meta.url).pathname;
  const folder = await Deno.makeTempDir();
  try {
    await deno(["bundle", "--quiet", "--output", `${folder}/gfn.js`, "mod.ts"], root);
    await Deno.writeTextFile(`${folder}/train.js`, trainFromBundle);
    const output = await deno(
      ["run", "--no-prompt", "--no-config", "--no-npm", "--no-remote", "train.js"],
      folder,
    );
    const events = output.trimEnd().split("\n").map((line) => JSON.parse(line));
    const steps = events.filter(({ type }) => type === "train");
    assert.deepEqual(steps.map(({ step }) => step), [1, 2, 3]);
    for (const { losses } of steps) {
      assert.deepEqual(Object.keys(losses), ["policy", "critic"]);
      // A number that is not finite would be a word.
      for (const loss of Object.values(losses)) assert.equal(typeof loss, "number");
    }
    const last = events.findLast(({ type }) => type === "eval");
    assert.ok(last.tv > 0 && last.tv < 1, `tv ${last.tv}`);
    assert.deepEqual(events.at(-2).reason, "finished");
    assert.ok(Math.abs(events.at(-1).reward - 10) < 1e-9);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("mod.ts bundled for browsers imports nothing that only one runtime has", async () => {
  const root = new URL("../", import.meta.url).pathname;
  const text = await deno(["bundle", "--quiet", "--platform", "browser", "mod.ts"], root);
  assert.deepEqual(text.match(/^import .*$/gm) ?? [], []);
  assert.doesNotMatch(text, /from "node:/);
});

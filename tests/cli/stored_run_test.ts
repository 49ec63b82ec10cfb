import assert from "node:assert/strict";
import { unzipSync } from "fflate";
import { decodeTensors } from "../../store/safetensors.ts";
import { gfn, jsonLines } from "./_command.ts";

const root = new URL("../../", import.meta.url).pathname;
const folder = Deno.makeTempDirSync(), run = `${folder}/run`;
const access = [`--allow-read=${folder}`, `--allow-write=${folder}`];
const asked = async (...args: string[]) => {
  const { code, stdout, stderr } = await gfn(args, access);
  assert.equal(code, 0, stderr);
  return { stdout, stderr };
};
await asked(
  ...["train", "--steps", "120", "--quiet", "--out", run, "--set", "env.side=8"],
  ...["--set", "policy.hidden=[16]", "--set", "ema.decay=0.9", "--set", "checkpoint.every=20"],
  ...["--set", "eval.every=20", "--set", "objective=db", "--set", "policy.lr=0.01"],
);
const evaluations = jsonLines(Deno.readTextFileSync(`${run}/metrics.jsonl`))
  .filter(({ type }) => type === "eval");

Deno.test("sample repeats itself by seed, and more begins with fewer", async () => {
  const { stdout } = await asked("sample", run, "-n", "150", "--seed", "3");
  assert.equal(jsonLines(stdout).length, 150);
  assert.equal((await asked("sample", run, "-n", "150", "--seed", "3")).stdout, stdout);
  const fewer = (await asked("sample", run, "-n", "70", "--seed", "3")).stdout;
  assert.ok(stdout.startsWith(fewer));
  assert.notEqual((await asked("sample", run, "-n", "150", "--seed", "4")).stdout, stdout);
});

Deno.test("sample draws objects as often as it says they are likely", async () => {
  const objects = jsonLines((await asked("sample", run, "-n", "20000")).stdout);
  const counts = Map.groupBy(objects, ({ text }) => text);
  for (const same of counts.values()) {
    const p = Math.exp(same[0].logProbability), n = objects.length;
    assert.ok(Math.abs(same.length - n * p) < 5 * Math.sqrt(n * p) + 1, JSON.stringify(same[0]));
  }
});

Deno.test("sample --backward goes to the objects given, and its weights estimate their probability", async () => {
  const objects = `${folder}/objects.jsonl`;
  Deno.writeTextFileSync(objects, (await asked("sample", run, "-n", "5")).stdout);
  const given = jsonLines(Deno.readTextFileSync(objects));
  const paths = jsonLines(
    (await asked("sample", run, "--backward", objects, "-n", "400", "--actions")).stdout,
  );
  assert.equal(paths.length, 2000);
  given.forEach(({ state, logProbability, logReward }, i) => {
    const own = paths.slice(400 * i, 400 * (i + 1));
    for (const path of own) {
      assert.deepEqual([path.state, path.logReward], [state, logReward]);
      assert.equal(path.actions.length, 1 + state[0] + state[1]);
    }
    const p = own.reduce((sum, { logPf, logPb }) => sum + Math.exp(logPf - logPb), 0) / 400;
    assert.ok(Math.abs(Math.log(p) - logProbability) < 0.5, `${Math.log(p)} ${logProbability}`);
  });
});

Deno.test("sample --format csv quotes what has commas", async () => {
  const [head, first] = (await asked("sample", run, "-n", "1", "--format", "csv")).stdout.split(
    "\n",
  );
  assert.equal(head, "text,state,logReward,logPf,logPb,logProbability");
  assert.match(first!, /^"\(\d, \d\)",\d \d,-?[\d.e-]+,/);
});

Deno.test("eval measures the checkpoint asked for: the last, the best, a step, the average", async () => {
  const measured = async (...more: string[]) =>
    jsonLines((await asked("eval", run, "--quiet", "-n", "100", ...more)).stdout)[0];
  const last = await measured();
  assert.deepEqual([last.step, last.tv], [120, evaluations.at(-1).tv]);
  const best = evaluations.toSorted((a, b) => a.tv - b.tv).find(({ step }) => step > 0);
  const found = await measured("--checkpoint", "best");
  assert.deepEqual([found.step, found.tv], [best.step, best.tv]);
  const before = await measured("--checkpoint", "100");
  assert.equal(before.tv, evaluations.find(({ step }) => step === 100).tv);
  const averaged = await measured("--averaged");
  assert.equal(averaged.tv, evaluations.at(-1).averaged.tv);
  assert.deepEqual([averaged.parameters, averaged.samples], ["averaged", 100]);
});

Deno.test("eval says how far its samples can be believed", async () => {
  const objects = `${folder}/held-out.jsonl`;
  const all = Array.from({ length: 64 }, (_, i) => ({ state: [Math.floor(i / 8), i % 8] }));
  Deno.writeTextFileSync(objects, all.map((one) => JSON.stringify(one)).join("\n"));
  const { stdout, stderr } = await asked(
    ...["eval", run, "-n", "4000", "--objects", objects, "--paths", "200"],
  );
  const [found] = jsonLines(stdout);
  for (const [name, exact] of [["elbo", "elbo"], ["meanLogReward", "meanLogReward"]]) {
    const difference = Math.abs(found[`${name}ForwardSamples`] - found[exact!]);
    assert.ok(difference < 4 * found[`${name}ForwardSamplesError`], `${name} ${difference}`);
  }
  // All objects, many paths: what is estimated is what is known exactly.
  assert.ok(Math.abs(found.heldOut.pearson - found.pearson) < 0.02);
  assert.equal(found.modesForwardSamples, 4);
  assert.match(stderr, /^measure +value +standard error$/m);
});

Deno.test("export writes the same weights in every format", async () => {
  for (const format of ["safetensors", "npz", "json"]) {
    await asked("export", run, "--format", format, "--to", `${folder}/weights.${format}`);
  }
  const { tensors, metadata } = decodeTensors(
    Deno.readFileSync(`${folder}/weights.safetensors`),
    "weights",
  );
  const names = ["flow", "policy"].flatMap((network) =>
    [0, 1].flatMap((l) => ["bias", "weight"].map((part) => `${network}.layers.${l}.${part}`))
  );
  assert.deepEqual(Object.keys(tensors).toSorted(), names);
  assert.equal(JSON.parse(metadata.run!).step, 120);
  const json = JSON.parse(Deno.readTextFileSync(`${folder}/weights.json`));
  const npz = unzipSync(Deno.readFileSync(`${folder}/weights.npz`));
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    assert.deepEqual(json.tensors[name], { shape, values: [...values] });
    const npy = npz[`${name}.npy`]!, header = new TextDecoder().decode(npy.subarray(10, 128));
    assert.ok(header.includes(`'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""})`));
    assert.deepEqual(npy.slice(npy.length - values.byteLength), new Uint8Array(values.buffer));
  }
});

Deno.test("the commands of docs/run-folder.md work one after the other", async () => {
  const page = Deno.readTextFileSync(`${root}docs/run-folder.md`);
  const commands = /^```sh\n(.*?)^```$/ms.exec(page)![1]!.trim().split("\n");
  const empty = `${folder}/empty`;
  Deno.mkdirSync(empty);
  for (const command of commands) {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", `--allow-read=${empty}`, `--allow-write=${empty}`],
        ...[`${root}gfn.ts`, ...command.split(" ").slice(1)],
      ],
      cwd: empty,
    }).output();
    assert.ok(success, `${command}\n${new TextDecoder().decode(stderr)}`);
  }
  assert.equal(commands.length, 6);
});

Deno.test("what these tests wrote is removed", () => Deno.removeSync(folder, { recursive: true }));

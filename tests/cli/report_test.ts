import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { gfn, jsonLines } from "./_command.ts";

const root = new URL("../../", import.meta.url).pathname;
const folder = Deno.makeTempDirSync(), runs = `${folder}/runs`;
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const access = [`--allow-read=${folder}`, `--allow-write=${folder}`];
async function made(args: readonly string[], permissions: readonly string[] = access) {
  const { code, stdout, stderr } = await gfn(args, permissions);
  assert.equal(code, 0, stderr);
  return { stdout, stderr };
}

await made([
  ...["compare", "--objectives", "tb,db", "--seeds", "0..1", "--out", runs, "--steps", "20"],
  ...["--set", "env.side=4", "--set", "policy.hidden=[16]", "--set", "eval.every=10"],
  ...["--set", "log.every=5", "--quiet"],
]);

Deno.test("report makes one page of a folder of runs, the same bytes each time, with no more than the flags it names", async () => {
  const out = `${folder}/a.html`;
  const refused = await gfn(["report", runs, "--out", out]);
  assert.equal(refused.code, 2);
  const flags = /want deno run (.*)\n$/.exec(refused.stderr)![1]!.split(" ");
  assert.deepEqual(flags, [`--allow-read=${runs},${out}`, `--allow-write=${out}`]);
  const { stdout, stderr } = await made(["report", runs, "--out", out], flags);
  assert.equal(stdout, "");
  assert.equal(stderr, `4 runs, 1 environment in ${out}\n`);
  const page = Deno.readTextFileSync(out);
  await made(["report", runs, "--out", `${folder}/b.html`]);
  assert.equal(Deno.readTextFileSync(`${folder}/b.html`), page);
  // deno-lint-ignore no-explicit-any -- linkedom's document, in a program without the types of the DOM
  const { document } = parseHTML(page) as any;
  const titles = [...document.querySelectorAll("figure h4")].map((one) => one.textContent);
  for (const wanted of ["Total variation", "Mass over the grid", "Every object, by rank"]) {
    assert.ok(titles.includes(wanted), titles.join());
  }
  const taken = await gfn(["report", runs, "--out", out], flags);
  assert.equal(taken.code, 2);
  assert.match(taken.stderr, /found it there already, want a new name/);
});

Deno.test("report says how to repeat a run: the command resolves to the very settings", async () => {
  const { stdout } = await made(["report", runs, "--format", "md", "-n", "0"]);
  const commands = [...stdout.matchAll(/^gfn (train .*)$/gm)].map(([, words]) => words!);
  assert.equal(commands.length, 2);
  for (const [i, objective] of ["db", "tb"].entries()) {
    const words = commands[i]!.replaceAll("'", "").split(" ");
    const args = words.slice(0, words.indexOf("--out"));
    const { stdout } = await made([...args, "--quiet"]);
    const [{ configHash }] = jsonLines(stdout);
    const stored = JSON.parse(Deno.readTextFileSync(`${runs}/${objective}-seed0/run.json`));
    assert.equal(configHash, stored.configHash);
  }
});

Deno.test("report writes figures as SVG and PNG to a new folder", async () => {
  await made(["report", `${runs}/tb-seed0`, "--format", "svg", "--out", `${folder}/svg`]);
  await made(["report", `${runs}/tb-seed0`, "--format", "png", "--out", `${folder}/png/`]);
  const names = (format: string) =>
    Array.from(Deno.readDirSync(`${folder}/${format}`), ({ name }) => name.replace(/\..*/, ""))
      .sort();
  assert.deepEqual(names("png"), names("svg"));
  assert.ok(names("png").includes("hypergrid-tv-trajectories"));
  for (const name of names("png")) {
    const bytes = Deno.readFileSync(`${folder}/png/${name}.png`);
    assert.deepEqual([...bytes.subarray(1, 4)].map((x) => String.fromCharCode(x)).join(""), "PNG");
    const svg = Deno.readTextFileSync(`${folder}/svg/${name}.svg`);
    assert.ok(!svg.includes("var(--"), name);
    // Two pixels to a unit.
    const width = Number(/width="(\d+)"/.exec(svg)![1]);
    assert.equal(new DataView(bytes.buffer).getUint32(16), 2 * width);
  }
  const missing = await gfn(["report", runs, "--format", "png"], access);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /found no --out, want --out DIR/);
});

Deno.test("report goes on without what cannot be read, says so and ends with 1", async () => {
  const bad = `${folder}/bad`, out = `${folder}/bad.html`;
  Deno.mkdirSync(`${bad}/checkpoints`, { recursive: true });
  Deno.copyFileSync(`${runs}/tb-seed0/run.json`, `${bad}/run.json`);
  const lines = Deno.readTextFileSync(`${runs}/tb-seed0/metrics.jsonl`);
  Deno.writeTextFileSync(`${bad}/metrics.jsonl`, lines.slice(0, -20));
  const none = `${folder}/none`;
  Deno.mkdirSync(none);
  const { code, stderr } = await gfn(["report", runs, bad, none, "--out", out], access);
  assert.equal(code, 1);
  assert.match(stderr, /none: Found no run\.json there nor in the folders in it/);
  assert.match(stderr, /bad: Line \d+ of metrics\.jsonl is cut off after \d+ bytes/);
  const page = Deno.readTextFileSync(out);
  assert.match(page, /class="wrong"><strong>Wrong: [^<]*none/);
  const alone = await gfn(["report", none, "--format", "md"], access);
  assert.equal(alone.code, 2);
  assert.equal(alone.stdout, "");
  const unread = await gfn(["report", bad, "--format", "md"], access);
  assert.equal(unread.code, 1);
  assert.match(
    unread.stdout,
    /The sampler of tb is not shown from this run: Cannot find a checkpoint/,
  );
});

Deno.test("report draws a foreign plugin's objects in the sandbox; without that the metrics stay", async () => {
  const run = `${folder}/plugin`, plugin = `${root}tests/reports/_hostile_plugin.ts`;
  const sandbox = [`--allow-read=${folder},${root}`, `--allow-write=${folder}`];
  await made([
    ...["train", plugin, "--steps", "4", "--quiet", "--set", "policy.hidden=[8]"],
    ...["--set", "objective=tb", "--out", run],
  ], sandbox);
  const { stdout } = await made(["report", run, "--format", "md"], sandbox);
  assert.match(stdout, /^# tb on marked-up$/m);
  assert.match(stdout, /\| tb \| &lt;script&gt;/);
  await made(["report", run, "--out", `${folder}/plugin.html`], sandbox);
  const page = Deno.readTextFileSync(`${folder}/plugin.html`);
  const images = [...page.matchAll(/<img src="data:image\/svg\+xml;base64,([^"]*)"/g)];
  assert.equal(images.length, 12);
  assert.match(atob(images[0]![1]!), /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox/);
  assert.ok(!page.includes("<script"));
  const closed = await gfn(["report", run, "--format", "md"], access);
  assert.equal(closed.code, 1);
  assert.match(
    closed.stdout,
    /not shown from this run: Cannot run plugin .* want deno run --allow-read/,
  );
  assert.match(closed.stdout, /### Where they ended/);
});

Deno.test("report estimates log R where states cannot be listed, and draws lattices", async () => {
  const run = `${folder}/ising`;
  await made([
    ...["train", "ising", "--steps", "4", "--quiet", "--set", "env.side=4"],
    ...["--set", "policy.hidden=[8]", "--set", "objective=tb", "--out", run],
  ]);
  await made(["report", run, "-n", "200", "--out", `${folder}/ising.html`]);
  const page = Deno.readTextFileSync(`${folder}/ising.html`);
  assert.match(page, /log R of drawn objects/);
  assert.match(page, /200 objects of each sampler/);
  assert.equal(page.match(/<img /g)!.length, 12);
});

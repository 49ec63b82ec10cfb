import assert from "node:assert/strict";
import { gfn, jsonLines, withFolder } from "./_command.ts";

const root = new URL("../../", import.meta.url).pathname;

/** A plugin whose drawings would like to be more than images. */
const hostile = `export default {
  apiVersion: 1, name: "drawn", summary: "two bits", source: "a test", config: {},
  create: () => ({
    stateWords: 3, forwardActions: 2, backwardActions: 1, stopAction: null, maxTrajectory: 2,
    observation: {
      kind: "categorical", sizes: [2, 2, 3],
      write(states, at, out, outAt) { for (let i = 0; i < 3; i++) out[outAt + i] = states[at + i]; },
    },
    initial(states, at) { states.fill(0, at, at + 3); },
    step(states, at, a) { states[at + states[at + 2]++] = a; },
    unstep(states, at) { states[at + --states[at + 2]] = 0; },
    forwardMask(states, at, mask, maskAt) {
      mask.fill(states[at + 2] < 2 ? 1 : 0, maskAt, maskAt + 2);
    },
    backwardMask(states, at, mask, maskAt) { mask[maskAt] = states[at + 2] > 0 ? 1 : 0; },
    backwardOf: () => 0,
    forwardOf: (states, at) => states[at + states[at + 2] - 1],
    logReward(states, count, out) { for (let x = 0; x < count; x++) out[x] = states[3 * x]; },
    isMode: (states, at) => true,
    fingerprint: {
      words: 1, apart: 0.9,
      write(states, at, out, outAt) { out[outAt] = 1 + 2 * states[at] + 4 * states[at + 1]; },
    },
    text: (states, at) => "</figcaption><script>alert(1)</script>" + states[at],
    drawing: () => DRAWING,
  }),
};`;

const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(2)</script></svg>';

/** Trains a plugin that draws so, and samples with drawings. */
async function drawnBy(drawing: string, folder: string) {
  const plugin = `${folder}/drawn.js`, run = `${folder}/run`;
  Deno.writeTextFileSync(plugin, hostile.replace("DRAWING", JSON.stringify(drawing)));
  const access = [`--allow-read=${folder},${root}`, `--allow-write=${folder}`];
  const short = ["--steps", "2", "--quiet", "--set", "policy.hidden=[4]"];
  const trained = await gfn(["train", plugin, "--out", run, ...short], access);
  assert.equal(trained.code, 0, trained.stderr);
  const sampled = await gfn(["sample", run, "-n", "70", "--svg", `${folder}/svg`], access);
  return { trained, sampled, again: () => gfn(["sample", run, "--svg", `${folder}/svg`], access) };
}

Deno.test("sample --svg writes a stranger's drawings as images, and its words as words", async () => {
  await withFolder(async (folder) => {
    const { trained, sampled, again } = await drawnBy(svg, folder);
    assert.equal(sampled.code, 0, sampled.stderr);
    assert.match(sampled.stderr, /70 drawings in/);
    const lines = jsonLines(sampled.stdout);
    assert.ok(lines.length === 70 && lines.every((line) => line.drawing === undefined));
    assert.equal(Deno.readTextFileSync(`${folder}/svg/000070.svg`), svg);
    const page = Deno.readTextFileSync(`${folder}/svg/index.html`);
    assert.equal(page.split("<figure>").length - 1, 70);
    assert.ok(!page.includes("<script"));
    const bytes = /base64,([^"]+)"/.exec(page)![1]!;
    assert.equal(new TextDecoder().decode(Uint8Array.fromBase64(bytes)), svg);
    // The plugin's fingerprints came through the sandbox as well.
    const evaluation = jsonLines(trained.stdout).findLast(({ type }) => type === "eval");
    assert.ok(evaluation.modesFound > 0 && evaluation.modesFound <= 4);
    const taken = await again();
    assert.equal(taken.code, 2);
    assert.match(taken.stderr, /found .* in it, want a new or an empty folder/);
  });
});

Deno.test("sample --svg refuses what is no drawing", async () => {
  await withFolder(async (folder) => {
    const { sampled } = await drawnBy("<html>", folder);
    assert.equal(sampled.code, 1);
    assert.match(sampled.stderr, /found "<html>" at its beginning, want one <svg> element/);
  });
});

Deno.test("sample --svg says what it lacks: a permission, a drawing", async () => {
  await withFolder(async (folder) => {
    const access = [`--allow-read=${folder}`, `--allow-write=${folder}/run`];
    const short = ["--steps", "1", "--quiet", "--set", "policy.hidden=[4]"];
    const of = async (name: string, more: string[] = []) => {
      const trained = await gfn(
        ["train", name, "--out", `${folder}/run/${name}`, ...short, ...more],
        access,
      );
      assert.equal(trained.code, 0, trained.stderr);
      return await gfn(["sample", `${folder}/run/${name}`, "--svg", `${folder}/svg`], access);
    };
    const forbidden = await of("phylo", ["--set", "env.taxa=4"]);
    assert.equal(forbidden.code, 2);
    assert.match(
      forbidden.stderr,
      /found no permission to write it, want deno run .*--allow-write=/,
    );
    const undrawn = await of("set");
    assert.equal(undrawn.code, 2);
    assert.match(undrawn.stderr, /Cannot draw objects of environment "set": found no drawing/);
  });
});

import assert from "node:assert/strict";
import { comparableEvents, gfn, jsonLines, withFolder } from "../cli/_command.ts";

const kept = new URL("../fixtures/runs/", import.meta.url).pathname;

function copy(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copy(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

for (const format of [1]) {
  Deno.test(`a run that was kept in format ${format} goes on to the same lines`, () =>
    withFolder(async (folder) => {
      const run = `${folder}/run`;
      copy(`${kept}format-${format}`, run);
      const { code, stderr } = await gfn(
        ["train", "--resume", run, "--steps", "12", "--quiet"],
        [`--allow-read=${run}`, `--allow-write=${run}`],
      );
      assert.equal(code, 0, stderr);
      const wanted = jsonLines(Deno.readTextFileSync(`${kept}format-${format}-to-step-12.jsonl`));
      assert.deepEqual(comparableEvents(`${run}/metrics.jsonl`).slice(1), wanted);
    }));
}

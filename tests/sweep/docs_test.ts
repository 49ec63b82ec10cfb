import assert from "node:assert/strict";
import { gfn, jsonLines, withFolder } from "../cli/_command.ts";

Deno.test("the commands of docs/sweep.md work one after the other", async () => {
  const page = Deno.readTextFileSync(new URL("../../docs/sweep.md", import.meta.url));
  const [, example] = /^```json\n(.*?)^```$/ms.exec(page)!;
  const [, commands] = /^```sh\n(.*?)^```$/ms.exec(page)!;
  await withFolder(async (folder) => {
    const sweep = JSON.parse(example!);
    // As the page has it, but short.
    sweep.settings = { ...sweep.settings, steps: 5, policy: { hidden: [16] } };
    Deno.writeTextFileSync(`${folder}/sweep.json`, JSON.stringify(sweep));
    const permissions = [
      ...[`--allow-read=${folder}`, `--allow-write=${folder}`],
      `--allow-run=${Deno.execPath()}`,
    ];
    const lines = [];
    for (const command of commands!.trim().split("\n")) {
      const args = command.split(" ").slice(1).map((arg) =>
        ["sweep.json", "out"].includes(arg) ? `${folder}/${arg}` : arg
      );
      const { code, stdout, stderr } = await gfn(args, permissions);
      assert.equal(code, 0, `${command}: ${stderr}`);
      lines.push(jsonLines(stdout).length);
    }
    assert.deepEqual(lines, [8, 12, 8, 12]);
  });
});

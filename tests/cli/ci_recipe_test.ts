import assert from "node:assert/strict";
import { withFolder } from "./_command.ts";

const root = new URL("../../", import.meta.url).pathname;
const page = Deno.readTextFileSync(`${root}docs/ci.md`);
const [, script] = /^```sh[^\n]*\n(.*?)^```$/ms.exec(page)!;

/** Whether a program answers. */
function has(program: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
const missing = ["bash", "jq"].filter((program) => !has(program, "--version"));

Deno.test({
  name: `the script of docs/ci.md writes its summary, and fails where an assertion does${
    missing.length === 0 ? "" : `: not run, no ${missing.join(", ")} here`
  }`,
  ignore: missing.length > 0,
  async fn() {
    await withFolder(async (folder) => {
      const gfn = `#!/bin/sh
exec "${Deno.execPath()}" run --quiet --no-prompt --allow-read --allow-write "${root}gfn.ts" "$@"
`;
      Deno.mkdirSync(`${folder}/bin`);
      Deno.writeTextFileSync(`${folder}/bin/gfn`, gfn, { mode: 0o755 });
      const run = async (text: string) => {
        const { code, stderr } = await new Deno.Command("bash", {
          args: ["-c", text],
          cwd: folder,
          env: {
            PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
            GITHUB_STEP_SUMMARY: `${folder}/summary.md`,
          },
        }).output();
        const rows = Deno.readTextFileSync(`${folder}/summary.md`).trimEnd().split("\n");
        return { code, said: new TextDecoder().decode(stderr), rows };
      };
      const passed = await run(script!);
      assert.deepEqual([passed.code, passed.said], [0, ""]);
      assert.equal(passed.rows.length, 5);
      for (const row of passed.rows.slice(2)) assert.match(row, /^\| `.*` \| [\d.]+ \| yes \|$/);

      Deno.removeSync(`${folder}/run`, { recursive: true });
      const failed = await run(script!.replace("'elbo>0'", "'elbo>1000'"));
      assert.equal(failed.code, 1);
      assert.match(failed.said, /^gfn: .*elbo>1000, where elbo is /);
      assert.match(failed.rows[3]!, /\*\*no\*\*/);
    });
  },
});

import assert from "node:assert/strict";
import { targets } from "../../_tools/compile.ts";
import project from "../../deno.json" with { type: "json" };

const read = (path: string) => Deno.readTextFileSync(new URL(`../../${path}`, import.meta.url));
const test = read(".github/workflows/test.yml"), release = read(".github/workflows/release.yml");

Deno.test("the workflows call tasks that there are", () => {
  const named = [...`${test}${release}`.matchAll(/deno(?:@[\d.]+)? task ([\w:]+)/g)];
  assert.ok(named.length >= 6);
  for (const [, task] of named) assert.ok(Object.hasOwn(project.tasks, task!), `no task ${task}`);
});

Deno.test("CI runs the README's test command on three systems", () => {
  const [command] = /npx -y deno@[\d.]+ task test/.exec(read("README.md"))!;
  assert.ok(test.includes(`run: ${command}\n`));
  for (const os of ["ubuntu", "macos", "windows"]) assert.ok(test.includes(`${os}-latest`));
});

Deno.test("a release tries a binary of each target", () => {
  const tried = [...release.matchAll(/target: ([\w-]+)/g)].map(([, target]) => target);
  assert.deepEqual(tried, [...targets]);
});

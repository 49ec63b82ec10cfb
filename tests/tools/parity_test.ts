import assert from "node:assert/strict";
import { checkFolder } from "../../_tools/parity/folder.ts";

const fixtures = new URL("../fixtures/", import.meta.url).pathname;

/** Checks a copy of one fixture file after a change of its text. */
async function checkChanged(file: string, change: (text: string) => string) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/${file}`,
      change(await Deno.readTextFile(`${fixtures}${file}`)),
    );
    return await checkFolder(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("parity holds for every covered case of tests/fixtures", async () => {
  const { cases, notCovered } = await checkFolder(fixtures);
  const failed = cases.filter(({ problem }) => problem !== null);
  assert.deepEqual(failed, []);
  assert.ok(cases.length > 100);
  assert.ok(notCovered.some((name) => name.includes("phylo.json")));
});

/** Moves a number by a thousandth of itself. */
function nudge(path: readonly (string | number)[]): (text: string) => string {
  return (text) => {
    const tree = JSON.parse(text);
    // deno-lint-ignore no-explicit-any -- a fixture's tree
    const parent = path.slice(0, -1).reduce((at: any, key) => at[key], tree);
    const last = path.at(-1)!;
    assert.equal(typeof parent[last], "number", path.join("."));
    parent[last] = parent[last] * 1.01 + 1e-3;
    return JSON.stringify(tree);
  };
}

const places: [file: string, path: (string | number)[]][] = [
  ["hypergrid-env.json", ["envs", 0, "states", 5, "logReward"]],
  ["hypergrid-env.json", ["envs", 1, "Z"]],
  ["exact-distribution.json", ["envs", 0, "runs", 0, "terminating", 9]],
  ["exact-distribution.json", ["envs", 0, "runs", 1, "metrics", "eubo"]],
  ["adam.json", ["cases", 0, "steps", 7, "xAfter", 2]],
  ["objectives-hypergrid.json", ["nets", "pf", 1, "weight", 3, 4]],
  ["objectives-hypergrid.json", ["logZ"]],
];
for (const [file, path] of places) {
  Deno.test(`parity fails when ${file} is changed at ${path.join(".")}`, async () => {
    const { cases } = await checkChanged(file, nudge(path));
    assert.ok(cases.some(({ problem }) => problem !== null));
  });
}

Deno.test("parity fails for a file that is no JSON or lacks a part, and for an empty folder", async () => {
  for (const change of [() => "{", () => '{"kind":"adam"}', () => "[]"]) {
    const { cases } = await checkChanged("adam.json", change);
    assert.ok(cases.some(({ problem }) => problem !== null));
  }
  const folder = await Deno.makeTempDir();
  const { cases } = await checkFolder(folder);
  assert.ok(cases.some(({ problem }) => problem !== null));
  await Deno.remove(folder);
});

Deno.test("parity lists an objective that it does not know", async () => {
  const { notCovered } = await checkChanged("objectives-hypergrid.json", (text) => {
    const tree = JSON.parse(text);
    tree.results = [{ ...tree.results[0], objective: "Unheard" }];
    return JSON.stringify(tree);
  });
  assert.ok(notCovered.some((name) => name.includes("Unheard")));
});

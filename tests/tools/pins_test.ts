import assert from "node:assert/strict";
import { packages } from "../../_tools/layout.ts";

/** What of a `deno.json` is read. */
interface Config {
  imports: Record<string, string>;
  lock: { frozen: boolean };
  compilerOptions: Record<string, unknown>;
}

/** What of a `deno.lock` is read. */
interface Lock {
  specifiers: Record<string, string>;
  npm: Record<string, { integrity?: string }>;
}

const root = new URL("../../", import.meta.url);
const read = (path: string) => JSON.parse(Deno.readTextFileSync(new URL(path, root)));
const configOf = (folder: string): Config => read(`${folder}deno.json`);
const lockOf = (folder: string): Lock => read(`${folder}deno.lock`);

/** Folders of `_tools` whose packages are not the project's. */
const apart = [...Deno.readDirSync(new URL("_tools", root))]
  .filter(({ isDirectory }) => isDirectory)
  .map(({ name }) => `_tools/${name}/`)
  .filter((folder) =>
    [...Deno.readDirSync(new URL(folder, root))].some(({ name }) => name === "deno.json")
  )
  .toSorted();

Deno.test("each lock is frozen and holds the exact pins of its config, with checksums", () => {
  assert.deepEqual(apart, ["_tools/assemblyscript/", "_tools/declarations/"]);
  for (const folder of ["", ...apart]) {
    const { imports, lock } = configOf(folder), { specifiers, npm } = lockOf(folder);
    assert.equal(lock.frozen, true, folder);
    for (const [name, pin] of Object.entries(imports)) {
      assert.match(pin.slice(`npm:${name}`.length), /^@\d+\.\d+\.\d+$/, pin);
    }
    assert.deepEqual(Object.keys(specifiers).toSorted(), Object.values(imports).toSorted(), folder);
    for (const [name, { integrity }] of Object.entries(npm)) {
      assert.match(integrity ?? "", /^sha512-/, name);
    }
  }
});

Deno.test("what only builders need is not fetched by who runs gfn", () => {
  const fetched = Object.keys(lockOf("").npm).map((key) => key.slice(0, key.indexOf("@", 1)));
  assert.ok(fetched.includes("@tensorflow/tfjs-core"));
  for (
    const name of [...apart.flatMap((folder) => Object.keys(configOf(folder).imports)), "binaryen"]
  ) {
    assert.ok(!fetched.includes(name), name);
  }
});

Deno.test("a package that the project may import is pinned for the place that may", () => {
  for (const [name, places] of Object.entries(packages)) {
    const folder = apart.find((folder) => places.every((place) => `${place}/`.startsWith(folder)));
    assert.ok(Object.hasOwn(configOf(folder ?? "").imports, name), name);
  }
});

Deno.test("the program that writes declarations is checked as strictly as the project", () => {
  const [ours, theirs] = [configOf(""), configOf("_tools/declarations/")];
  assert.deepEqual(theirs.compilerOptions, ours.compilerOptions);
});

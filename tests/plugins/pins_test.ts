import assert from "node:assert/strict";
import { gfn, withFolder } from "../cli/_command.ts";
import { module, serve } from "./_serve.ts";

const root = new URL("../../", import.meta.url).pathname;
const read = (name: string) => Deno.readTextFileSync(`${root}examples/plugins/${name}`);

Deno.test("--lock pins a plugin and its data file; --frozen insists on them", async () => {
  let text = read("table.ts");
  const server = serve(() => module(text));
  const url = `${server.origin}/table.ts`;
  try {
    await withFolder(async (folder) => {
      const lock = `${folder}/gfn.lock.json`, table = `${folder}/table.csv`;
      Deno.writeTextFileSync(table, read("table.csv"));
      const train = ["train", url, "--steps", "1", "--quiet", "--set", `env.rewards=${table}`];
      const run = (...more: string[]) =>
        gfn([...train, "--lock", lock, ...more], [
          ...[`--allow-net=${server.host}`, `--allow-read=${root},${folder}`],
          ...(more.includes("--frozen") ? [] : [`--allow-write=${folder}`]),
        ]);
      const ended = async (code: number, said: string, ...more: string[]) => {
        const { code: found, stderr } = await run(...more);
        assert.equal(stderr.replaceAll(folder, "DIR").replaceAll(/[0-9a-f]{64}/g, "HASH"), said);
        assert.equal(found, code);
      };
      await ended(
        1,
        "gfn: Cannot read the lock file DIR/gfn.lock.json: No such file or directory (os error 2): readfile 'DIR/gfn.lock.json'\n",
        "--frozen",
      );
      await ended(0, "");
      const pins = JSON.parse(Deno.readTextFileSync(lock));
      assert.deepEqual(Object.keys(pins.sha256), [table, url]);
      await ended(0, "", "--frozen");

      Deno.writeTextFileSync(table, `${read("table.csv")}\n`);
      await ended(
        1,
        "gfn: Cannot use the setting env.rewards = DIR/table.csv: found the SHA-256 HASH, want HASH as DIR/gfn.lock.json has it\n",
      );
      Deno.writeTextFileSync(table, read("table.csv"));
      text = 'throw new Error("I ran");';
      const changed =
        `gfn: Cannot load plugin ${url}: found the SHA-256 HASH, want HASH as DIR/gfn.lock.json has it\n`;
      await ended(1, changed);
      await ended(1, changed, "--frozen");
      assert.deepEqual(JSON.parse(Deno.readTextFileSync(lock)), pins);

      delete pins.sha256[url];
      Deno.writeTextFileSync(lock, JSON.stringify(pins));
      await ended(
        2,
        `gfn: Cannot load plugin ${url}: found no pin of it in DIR/gfn.lock.json, want one, as the same command without --frozen adds it\n`,
        "--frozen",
      );
      Deno.writeTextFileSync(lock, '{"version": 1, "sha256": {"a.ts": "short"}}');
      await ended(
        1,
        "gfn: Cannot read the lock file DIR/gfn.lock.json: sha256.a.ts: Invalid string: must match pattern /^[0-9a-f]{64}$/\n",
      );
    });
  } finally {
    await server.close();
  }
});

Deno.test("--frozen without --lock, and a lock file without permissions, are usage errors", async () => {
  const { code, stderr } = await gfn(["plugin", "check", "hypergrid", "--frozen"]);
  assert.equal(code, 2);
  assert.equal(
    stderr,
    "gfn: Cannot use --frozen: found no --lock FILE, want the file of pins\n",
  );
  const denied = await gfn(["plugin", "check", "hypergrid", "--lock", "pins.json"]);
  assert.equal(denied.code, 2);
  assert.equal(
    denied.stderr,
    "gfn: Cannot use the lock file pins.json: found no permission to read and write it, want deno run --allow-read=pins.json --allow-write=pins.json\n",
  );
});

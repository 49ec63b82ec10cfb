/**
 * Tries a gfn as it is shipped, from an empty folder: `deno task smoke ./gfn`, or
 * `deno task smoke deno run … gfn.js`.
 *
 * @module
 */
import assert from "node:assert/strict";

const [named, ...first] = Deno.args;
if (named === undefined) throw new Error("want the program to try");
// It is run in another folder.
const program = named.includes("/") ? Deno.realPathSync(named) : named;
const folder = Deno.makeTempDirSync(), decoder = new TextDecoder();

/** What it prints, as JSON lines. */
async function lines(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...first, ...args],
    cwd: folder,
    stdin: "null",
  }).output();
  assert.equal(code, 0, `gfn ${args.join(" ")}: ${decoder.decode(stderr)}`);
  console.log(`ok  gfn ${args.join(" ")}`);
  return decoder.decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

const plugin = Deno.readTextFileSync(new URL("../examples/plugins/ising.ts", import.meta.url));
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  () => new Response(plugin, { headers: { "content-type": "application/typescript" } }),
);
try {
  const url = `http://127.0.0.1:${server.addr.port}/ising.ts`;
  const short = ["--steps", "5", "-q"];
  assert.equal((await lines("train", ...short)).at(-1).reason, "finished");
  assert.equal((await lines("train", "qm9-small", ...short, "--threads", "2")).at(-1).step, 5);
  assert.equal((await lines("train", url, ...short, "--out", "run")).at(-1).step, 5);
  assert.equal((await lines("sample", "run", "-n", "3")).length, 3);
  assert.equal((await lines("validate", "run/metrics.jsonl", "--assert", "tv<=1"))[1].holds, true);
} finally {
  await server.shutdown();
  Deno.removeSync(folder, { recursive: true });
}

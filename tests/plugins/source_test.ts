import assert from "node:assert/strict";
import { loadSource, SOURCE_BYTES } from "../../plugins/_host_source.ts";
import { isReference, parseReference } from "../../plugins/reference.ts";
import { gfn, jsonLines } from "../cli/_command.ts";
import { module, serve } from "./_serve.ts";

const root = new URL("../../", import.meta.url).pathname;
const grid = Deno.readTextFileSync(`${root}envs/hypergrid.ts`);

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

Deno.test("a name is a reference when it has a scheme, a slash or a module's ending", () => {
  for (const name of ["./a", "a.ts", "a.mjs", "https://x/y", "data:,x", "dir/a", "a.js#sha256=0"]) {
    assert.ok(isReference(name), name);
  }
  for (const name of ["hypergrid", "hypergrdi", "a.json"]) assert.ok(!isReference(name), name);
});

Deno.test("parseReference() splits off the pin and refuses what is none", () => {
  const pin = "ab".repeat(32);
  assert.deepEqual(parseReference(`./a.ts#sha256=${pin.toUpperCase()}`), {
    text: `./a.ts#sha256=${pin.toUpperCase()}`,
    kind: "file",
    location: "./a.ts",
    pin,
  });
  assert.throws(() => parseReference("./a.ts#sha256=12"), {
    code: "E_PLUGIN_REFERENCE",
    message:
      'Cannot load plugin ./a.ts: found "#sha256=12" behind it, want #sha256= and 64 hexadecimal digits',
  });
  assert.throws(() => parseReference("ftp://x/a.ts"), {
    message:
      "Cannot load plugin ftp://x/a.ts: found the scheme ftp:, want a path or an https:, http:, file: or data: URL",
  });
});

Deno.test("a source comes from a file, a URL and a data: URL, with the same hash", async () => {
  const server = serve(() => module(grid));
  const wanted = await sha256(grid);
  try {
    const data = `data:application/typescript;base64,${btoa(unescape(encodeURIComponent(grid)))}`;
    for (const from of [`${root}envs/hypergrid.ts`, `${server.origin}/grid.ts`, data]) {
      const { text, sha256, language } = await loadSource(`${from}#sha256=${wanted}`);
      assert.deepEqual([text, sha256, language], [grid, wanted, "typescript"]);
    }
  } finally {
    await server.close();
  }
});

Deno.test("what a server sends in place of a source is refused", async () => {
  const big = "x".repeat(SOURCE_BYTES + 1);
  const other = serve(() => module(grid));
  const answers: Record<string, () => Response> = {
    "/missing.ts": () => new Response("no", { status: 404 }),
    "/page.ts": () => module(grid, "text/html; charset=utf-8"),
    "/big.ts": () => module(big),
    "/bytes.ts": () =>
      new Response(Uint8Array.of(0xff, 0xfe, 0xfd), { headers: { "content-type": "text/plain" } }),
    "/here.ts": () => new Response(null, { status: 302, headers: { location: "/grid.ts" } }),
    "/there.ts": () =>
      new Response(null, { status: 302, headers: { location: `${other.origin}/grid.ts` } }),
    "/round.ts": () => new Response(null, { status: 302, headers: { location: "/round.ts" } }),
    "/grid.ts": () => module(grid),
  };
  const server = serve((path) => answers[path]!());
  const at = (path: string) => `${server.origin}${path}`;
  const refusals: Record<string, string> = {
    "/missing.ts": "found status 404, want 200",
    "/page.ts": "found the content type text/html, want TypeScript or JavaScript",
    "/big.ts": "found more than 8 MiB, want one file of source",
    "/bytes.ts": "found bytes that are no UTF-8 text",
    "/there.ts":
      `found a redirect to another host, want its own address: ${other.origin}/grid.ts with deno run --allow-net=${other.host}`,
    "/round.ts": "found more than 5 redirects",
  };
  try {
    assert.equal((await loadSource(at("/here.ts"))).text, grid);
    for (const [path, reason] of Object.entries(refusals)) {
      await assert.rejects(loadSource(at(path)), {
        message: `Cannot load plugin ${at(path)}: ${reason}`,
      });
    }
    await assert.rejects(loadSource(`${at("/grid.ts")}#sha256=${"0".repeat(64)}`), {
      code: "E_PLUGIN_PIN",
      message: `Cannot load plugin ${at("/grid.ts")}: found the SHA-256 ${await sha256(
        grid,
      )}, want ${"0".repeat(64)} as pinned`,
    });
  } finally {
    await Promise.all([server.close(), other.close()]);
  }
});

Deno.test("a plugin by URL wants net of its host and read of gfn's folder, and says so flag by flag", async () => {
  const server = serve(() => module(grid));
  const url = `${server.origin}/grid.ts`;
  try {
    const train = (permissions: string[]) =>
      gfn(["train", url, "--steps", "2", "--quiet"], permissions);
    const none = await train([]);
    assert.equal(
      none.stderr,
      `gfn: Cannot load plugin ${url}: found no permission for ${server.host}, want deno run --allow-net=${server.host}\n`,
    );
    const net = await train([`--allow-net=${server.host}`]);
    assert.equal(
      net.stderr,
      `gfn: Cannot run plugin ${url}: found no permission to read gfn's own folder, which starts the sandbox, want deno run --allow-read=${root}\n`,
    );
    assert.deepEqual([none.code, net.code, none.stdout, net.stdout], [2, 2, "", ""]);
    const both = await train([`--allow-net=${server.host}`, `--allow-read=${root}`]);
    assert.equal(both.stderr, "");
    const [run, ...rest] = jsonLines(both.stdout);
    assert.deepEqual(run.plugin, {
      name: "hypergrid",
      reference: url,
      apiVersion: 1,
      sha256: await sha256(grid),
    });
    // What it trains is what the built-in trains, digit by digit.
    const own = jsonLines((await gfn(["train", "--steps", "2", "--quiet"])).stdout).slice(1);
    const plain = (lines: Record<string, unknown>[]) => lines.map(({ time: _, ...line }) => line);
    assert.deepEqual(plain(rest), plain(own));
  } finally {
    await server.close();
  }
});

Deno.test("plugins for other versions of the contract say who is to be updated", async () => {
  const { describePlugin } = await import("../../sandbox/sandbox.ts");
  for (const [version, wanted] of [[0, "a newer version of the plugin"], [2, "a newer gfn"]]) {
    const text = grid.replace("apiVersion: 1", `apiVersion: ${version}`);
    const url = `data:application/typescript,${encodeURIComponent(text)}`;
    await assert.rejects(describePlugin(await loadSource(url)), {
      code: "E_ENV_API",
      message:
        `Cannot load plugin data: URL: it is written for version ${version} of the contract, this gfn has version 1, want ${wanted}`,
    });
  }
});

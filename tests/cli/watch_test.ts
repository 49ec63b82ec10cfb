import assert from "node:assert/strict";
import { serveLive } from "../../cli/_live_server.ts";
import { linesOf, writeRun } from "../reports/_folders.ts";
import { gfn, small, spawnGfn } from "./_command.ts";

const root = Deno.makeTempDirSync();
globalThis.addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));

/** A message of the stream. */
interface Message {
  id: string;
  event: string;
  // deno-lint-ignore no-explicit-any -- of every kind
  data: any;
}

/** The stream of a server, message by message. */
async function* messages(url: string, from: string, headers = {}): AsyncGenerator<Message> {
  const response = await fetch(`${url}events?from=${encodeURIComponent(from)}`, { headers });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const parts = (text + chunk).split("\n\n");
    text = parts.pop()!;
    for (const part of parts) {
      const fields = Object.fromEntries(part.split("\n").map((line) => line.split(/: (.*)/s)));
      if (fields.event === undefined) continue;
      yield { id: fields.id!, event: fields.event, data: JSON.parse(fields.data!) };
    }
  }
}

/** A page, and the place that it tells of. */
async function pageAt(url: string) {
  const response = await fetch(url), html = await response.text();
  return { response, html, place: /data-place="([^"]*)"/.exec(html)![1]! };
}

/** Serves a folder while something is tried. */
async function served(name: string, use: (url: string, folder: string) => Promise<void>) {
  const folder = `${root}/${name}`, server = serveLive([folder], 0);
  try {
    await use(server.url, folder);
  } finally {
    await server.stop();
  }
}

/** The next message of which something holds. */
async function until(stream: AsyncGenerator<Message>, holds: (message: Message) => boolean) {
  for (;;) {
    const { value, done } = await stream.next();
    if (done) throw new Error("The stream ended");
    if (holds(value)) return value as Message;
  }
}

const lines = linesOf({ objective: "tb", seed: 0, scale: 1 });
const append = (path: string, events: readonly object[]) =>
  Deno.writeTextFileSync(
    `${path}/metrics.jsonl`,
    events.map((event) => `${JSON.stringify(event)}\n`).join(""),
    { append: true },
  );

Deno.test("watch serves a page with a policy, and sends what lines that are appended change", async () => {
  writeRun(`${root}/appended/r0`, lines.slice(0, 4));
  await served("appended", async (url, folder) => {
    const { response, html, place } = await pageAt(url);
    const policy = response.headers.get("content-security-policy")!;
    assert.match(policy, /^default-src 'none'; script-src 'sha256-[^']+'; connect-src 'self';/);
    const script = /<script>(.*)<\/script>/s.exec(html)![1]!;
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script));
    assert.ok(policy.includes(`'sha256-${new Uint8Array(hash).toBase64()}'`));
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.match(html, /10 of 20/);
    const stream = messages(url, place);
    append(`${folder}/r0`, lines.slice(4));
    const { event, data, id } = await until(stream, () => true);
    assert.equal(event, "parts");
    assert.match(data["p-e1-runs"], /finished.*20 of 20/);
    assert.match(data["p-e1-tv"], /tb ends at 0\.04762/);
    assert.equal(data["p-e1-legend"], undefined); // it is as it was
    await stream.return(undefined);

    // Who comes back with a place gets what it lacks; with the place of another server, a new page.
    const again = messages(url, "", { "last-event-id": place });
    assert.equal((await again.next()).value!.id, id);
    await again.return(undefined);
    const stranger = messages(url, "other:7");
    assert.equal((await stranger.next()).value!.event, "reload");
    await stranger.return(undefined);
  });
});

Deno.test("watch takes up run folders that appear, and lines that are taken back", async () => {
  await served("appearing", async (url, folder) => {
    const { html, place } = await pageAt(url);
    assert.match(html, /No run yet/);
    const stream = messages(url, place);
    writeRun(`${folder}/r0`, lines);
    const first = await until(stream, ({ event }) => event === "main");
    assert.match(first.data.html, /finished.*20 of 20/);
    writeRun(`${folder}/r1`, linesOf({ objective: "tb", seed: 1, scale: 2 }).slice(0, 2));
    await until(stream, ({ data }) => /r1/.test(data.html ?? data["p-e1-runs"] ?? ""));
    // As a run does that goes on from step 10.
    const metrics = `${folder}/r0/metrics.jsonl`, text = Deno.readTextFileSync(metrics).split("\n");
    Deno.truncateSync(metrics, new TextEncoder().encode(text.slice(0, 4).join("\n")).length + 1);
    const back = await until(stream, ({ data }) => /10 of 20/.test(data["p-e1-runs"] ?? ""));
    assert.match(back.data["p-e1-runs"], /running/);
    await stream.return(undefined);
  });
});

Deno.test("watch follows a run that is trained, and trained further", async () => {
  await served("trained", async (url, folder) => {
    const { place } = await pageAt(url);
    const stream = messages(url, place),
      access = [
        `--allow-read=${folder}`,
        `--allow-write=${folder}`,
      ];
    const shown = (wanted: RegExp) =>
      until(stream, ({ data }) => wanted.test(data.html ?? data["p-e1-runs"] ?? ""));
    const set = [...small, "--set", "eval.every=5", "--set", "checkpoint.every=5", "--quiet"];
    const trained = await gfn(["train", ...set, "--steps", "10", "--out", `${folder}/r`], access);
    assert.equal(trained.code, 0, trained.stderr);
    await shown(/finished.*10 of 10/);
    const further = ["train", "--resume", `${folder}/r`, "--steps", "20", "--quiet"];
    const { code, stderr } = await gfn(further, access);
    assert.equal(code, 0, stderr);
    await shown(/finished.*20 of 20/);
    await stream.return(undefined);
  });
});

Deno.test("watch answers this machine's reader alone", async () => {
  await served("guarded", async (url) => {
    const port = Number(new URL(url).port);
    const status = async (method: string, headers: string[], path = "/") => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const request = [`${method} ${path} HTTP/1.1`, ...headers, "Connection: close", "", ""];
      await connection.write(new TextEncoder().encode(request.join("\r\n")));
      const answer = await new Response(connection.readable).text();
      return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)![1]);
    };
    const own = `Host: 127.0.0.1:${port}`;
    assert.equal(await status("GET", [own]), 200);
    assert.equal(await status("GET", [`Host: localhost:${port}`]), 200);
    for (const path of ["/", "/events"]) {
      for (const host of [`evil.example:${port}`, "127.0.0.1", `127.0.0.1:${port + 1}`]) {
        assert.equal(await status("GET", [`Host: ${host}`], path), 421, host);
      }
      for (
        const more of [
          ...["Origin: http://evil.example", "Origin: null", `Origin: http://localhost:${port}`],
          ...["Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"],
        ]
      ) assert.equal(await status("GET", [own, more], path), 403, more);
      for (const method of ["POST", "PUT", "HEAD", "OPTIONS"]) {
        assert.equal(await status(method, [own, "Content-Length: 0"], path), 405, method);
      }
    }
    assert.equal(
      await status("GET", [own, `Origin: http://127.0.0.1:${port}`, "Sec-Fetch-Site: same-origin"]),
      200,
    );
    assert.equal(await status("GET", [own], "/run.json"), 404);
  });
});

Deno.test("watch runs with the flags it names, tells its address, and Ctrl-C ends it with 0", async () => {
  const folder = `${root}/command`, args = ["watch", folder, "--port", "0"];
  writeRun(`${folder}/r0`, lines);
  const refused = await gfn(args);
  assert.equal(refused.code, 2);
  const flags = /want deno run (.*)\n$/.exec(refused.stderr)![1]!.split(" ");
  assert.deepEqual(flags, ["--allow-net=127.0.0.1:0", `--allow-read=${folder}`]);
  const child = spawnGfn(args, flags);
  const out = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { type, url } = JSON.parse((await out.read()).value!);
  assert.equal(type, "watch");
  const { html, place } = await pageAt(url);
  assert.match(html, /tb on hypergrid/);
  const stream = messages(url, place);
  const next = stream.next(); // an open stream keeps nobody from ending
  const port = new URL(url).port;
  const taken = await gfn(["watch", folder, "--port", port], [
    `--allow-net=127.0.0.1:${port}`,
    `--allow-read=${folder}`,
  ]);
  assert.equal(taken.code, 2);
  assert.match(taken.stderr, /found it taken, want another --port/);
  child.kill("SIGINT");
  assert.equal((await child.status).code, 0);
  assert.equal((await next.catch(() => ({ done: true }))).done, true);
  await out.cancel();
  assert.match(await new Response(child.stderr).text(), new RegExp(`at ${url}; Ctrl-C ends it`));
});

Deno.test("watch refuses a file", async () => {
  const file = `${root}/a-file`, access = ["--allow-net=127.0.0.1:0", `--allow-read=${file}`];
  Deno.writeTextFileSync(file, "");
  const { code, stderr } = await gfn(["watch", file, "--port", "0"], access);
  assert.deepEqual([code, stderr], [
    2,
    `gfn: Cannot watch ${file}: found a file, want a run folder, a folder of them, or one that is yet to come\n`,
  ]);
});

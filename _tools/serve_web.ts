/**
 * Serves one page on 127.0.0.1 with the two headers that make it cross-origin isolated, so that the engine
 * has shared memory and helper threads: deno task web:serve [PORT]
 *
 * @module
 */

/** What isolates a page from other origins; a host of the page wants to send the same. */
export const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
} as const;

/** Serves a file under every path, with some headers. Port 0 takes a free one. */
export function servePage(
  file: string,
  { port, headers, ready }: {
    port: number;
    headers: Readonly<Record<string, string>>;
    ready: (url: string) => void;
  },
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({
    ...{ hostname: "127.0.0.1", port },
    onListen: ({ port }) => ready(`http://127.0.0.1:${port}/`),
  }, async ({ method, url }) => {
    if (method !== "GET" && method !== "HEAD") return new Response(null, { status: 405 });
    // Browsers ask for a picture of the page unasked; there is none.
    if (new URL(url).pathname === "/favicon.ico") return new Response(null, { status: 204 });
    return new Response(await Deno.readFile(file), {
      headers: { ...headers, "content-type": "text/html; charset=utf-8" },
    });
  });
}

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  servePage("dist/web/playground.html", {
    ...{ port, headers: ISOLATION },
    ready: (url) => console.log(`${url} (end with Ctrl-C)`),
  });
}

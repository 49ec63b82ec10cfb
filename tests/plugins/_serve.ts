/**
 * Serving plugins to tests from this machine.
 *
 * @module
 */

/** A server of texts by path, each as its content type says. */
export interface Served {
  /** Such as `http://127.0.0.1:4711`. */
  origin: string;
  host: string;
  close(): Promise<void>;
}

/** Serves what `answer` gives for a path. */
export function serve(answer: (path: string) => Response | Promise<Response>): Served {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => answer(new URL(request.url).pathname),
  );
  const host = `127.0.0.1:${server.addr.port}`;
  return { origin: `http://${host}`, host, close: () => server.shutdown() };
}

/** A TypeScript module. */
export function module(text: string, type = "application/typescript"): Response {
  return new Response(text, { headers: { "content-type": type } });
}

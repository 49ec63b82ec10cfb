/**
 * Which requests the live page answers, and with which headers. It is for the reader at this machine alone: a
 * name that resolves to 127.0.0.1 is refused by its Host, another site by what the browser says of it.
 *
 * @module
 */
import { liveScript } from "../reports/live_script.ts";

/** An answer that refuses, or null where the request is fine. */
export function refusal({ method, headers }: Request, port: number): Response | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`], host = headers.get("host") ?? "";
  if (!hosts.includes(host)) return plain(421, `Cannot answer: want ${hosts.join(" or ")}`);
  const origin = headers.get("origin"), site = headers.get("sec-fetch-site");
  if (
    origin !== null && origin !== `http://${host}` ||
    site !== null && site !== "same-origin" && site !== "none"
  ) {
    return plain(403, "Cannot answer another site");
  }
  return method === "GET" ? null : plain(405, "Cannot do anything but GET", { allow: "GET" });
}

/** A plain text. */
export function plain(status: number, text: string, more: Record<string, string> = {}): Response {
  return answer(`${text}\n`, "text/plain; charset=utf-8", { status, headers: more });
}

/** The page, with the policy that lets its own script run and nothing else. */
export async function htmlAnswer(page: string): Promise<Response> {
  const policy = await pagePolicy();
  return answer(page, "text/html; charset=utf-8", {
    status: 200,
    headers: { "content-security-policy": policy },
  });
}

/** A stream of server-sent events. */
export function streamAnswer(stream: ReadableStream<Uint8Array>): Response {
  return answer(stream, "text/event-stream", { status: 200, headers: {} });
}

function answer(
  body: BodyInit,
  type: string,
  { status, headers }: { status: number; headers: Record<string, string> },
): Response {
  return new Response(body, {
    status,
    headers: {
      "content-type": type,
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}

async function pagePolicy(): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(liveScript));
  return [
    "default-src 'none'",
    `script-src 'sha256-${new Uint8Array(hash).toBase64()}'`,
    "connect-src 'self'",
    "style-src 'unsafe-inline'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/**
 * Getting a plugin's one file: from the disk, the net or a data: URL, within bounds of size and time, with
 * the permission for that file or that host alone.
 *
 * @module
 */
import { sha256Of } from "../config/canonical.ts";
import { failure, GfnError, usageError } from "../errors.ts";
import { requireAccess } from "../store/permissions.ts";
import { plainText } from "./description.ts";
import { parseReference, type PluginReference } from "./reference.ts";

/** Largest source: a bundle with a few packages is under a megabyte. */
export const SOURCE_BYTES = 8 * 2 ** 20;
/** Longest way to a source. */
const TIMEOUT_MS = 30_000;
const REDIRECTS = 5;

/** Content types of modules, and the plain ones that hosts of raw files send. */
const languages: Readonly<Record<string, "typescript" | "javascript" | "by name">> = {
  "text/typescript": "typescript",
  "application/typescript": "typescript",
  "application/x-typescript": "typescript",
  // What servers take .ts for: films and Qt's translations.
  "video/mp2t": "typescript",
  "text/vnd.trolltech.linguist": "typescript",
  "text/javascript": "javascript",
  "application/javascript": "javascript",
  "application/x-javascript": "javascript",
  "text/plain": "by name",
  "application/octet-stream": "by name",
};

/** A plugin's source. */
export interface LoadedSource {
  reference: PluginReference;
  /** What errors call it. */
  name: string;
  text: string;
  language: "typescript" | "javascript";
  /** SHA-256 of its bytes, lower-case hexadecimal. */
  sha256: string;
}

/**
 * Gets the source that a reference names.
 *
 * @throws {GfnError} `E_PERMISSION`, `E_PLUGIN_REFERENCE`, `E_PLUGIN_FETCH`, `E_PLUGIN_PIN`
 */
export async function loadSource(text: string): Promise<LoadedSource> {
  const reference = parseReference(text), { kind, location } = reference;
  const name = kind === "data" ? "data: URL" : location;
  if (kind === "remote") requireNet(location, name);
  const found = kind === "file" ? readFile(location) : await download(location, name);
  const sha256 = await sha256Of(found.bytes);
  if (reference.pin !== null && reference.pin !== sha256) {
    throw failure(
      "E_PLUGIN_PIN",
      `Cannot load plugin ${name}: found the SHA-256 ${sha256}, want ${reference.pin} as pinned`,
    );
  }
  let source: string;
  try {
    source = new TextDecoder("utf-8", { fatal: true }).decode(found.bytes);
  } catch {
    throw failure(
      "E_PLUGIN_FETCH",
      `Cannot load plugin ${name}: found bytes that are no UTF-8 text`,
    );
  }
  return { reference, name, text: source, language: found.language, sha256 };
}

/**
 * A source that was kept, as if it had been loaded again.
 *
 * @param origin the reference that it was loaded from, and the hash that it had
 * @throws {GfnError} `E_PLUGIN_PIN` when it is not what was loaded
 */
export async function keptSource(
  { text, language }: Pick<LoadedSource, "text" | "language">,
  origin: { reference: string; sha256: string },
): Promise<LoadedSource> {
  const reference = parseReference(origin.reference);
  const name = reference.kind === "data" ? "data: URL" : reference.location;
  const sha256 = await sha256Of(new TextEncoder().encode(text));
  if (sha256 === origin.sha256) return { reference, name, text, language, sha256 };
  throw failure(
    "E_PLUGIN_PIN",
    `Cannot go on with plugin ${name}: found the SHA-256 ${sha256} of the source that was kept, want ${origin.sha256} as it was run`,
  );
}

interface Found {
  bytes: Uint8Array<ArrayBuffer>;
  language: "typescript" | "javascript";
}

function readFile(path: string): Found {
  requireAccess(`load plugin ${path}`, path, ["read"]);
  try {
    const { size, isFile } = Deno.statSync(path);
    if (!isFile) throw new Error("it is no file");
    if (size > SOURCE_BYTES) throw tooLarge(path);
    return { bytes: Deno.readFileSync(path), language: languageOf(path) };
  } catch (error) {
    throw cannotGet(path, error);
  }
}

async function download(url: string, name: string): Promise<Found> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let at = url;
  try {
    for (let redirects = 0; redirects <= REDIRECTS; redirects++) {
      const response = await fetch(at, { redirect: "manual", signal });
      const target = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && target !== null) {
        await response.body?.cancel();
        at = redirect(at, target, name);
        continue;
      }
      if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`found status ${response.status}, want 200`);
      }
      const language = languageOfType(response.headers.get("content-type"), at);
      return { bytes: await readBody(response, name), language };
    }
    throw new Error(`found more than ${REDIRECTS} redirects`);
  } catch (error) {
    if (signal.aborted) {
      throw failure(
        "E_PLUGIN_FETCH",
        `Cannot load plugin ${name}: found no answer within ${TIMEOUT_MS / 1000} seconds`,
      );
    }
    throw cannotGet(name, error);
  }
}

/** Makes sure of the permission for the host of a URL. */
function requireNet(url: string, name: string): void {
  const { host } = new URL(url);
  if (Deno.permissions.querySync({ name: "net", host }).state === "granted") return;
  throw usageError(
    "E_PERMISSION",
    `Cannot load plugin ${name}: found no permission for ${host}, want deno run --allow-net=${host}`,
  );
}

/** The next place, which must be on a host that the user allowed by name, and no less secret. */
function redirect(from: string, to: string, name: string): string {
  const next = new URL(to, from), before = new URL(from);
  if (next.protocol !== before.protocol && next.protocol !== "https:") {
    throw new Error(`found a redirect to ${plainText(next.protocol)}, want ${before.protocol}`);
  }
  if (next.host !== before.host) {
    throw usageError(
      "E_PLUGIN_REDIRECT",
      `Cannot load plugin ${name}: found a redirect to another host, want its own address: ${
        plainText(next.href)
      } with deno run --allow-net=${plainText(next.host)}`,
    );
  }
  return next.href;
}

async function readBody(response: Response, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > SOURCE_BYTES) throw tooLarge(name);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function languageOfType(type: string | null, url: string): "typescript" | "javascript" {
  const essence = type?.split(";")[0]?.trim().toLowerCase() ?? "text/plain";
  const language = Object.hasOwn(languages, essence) ? languages[essence]! : null;
  if (language === null) {
    throw new Error(
      `found the content type ${plainText(essence)}, want TypeScript or JavaScript`,
    );
  }
  return language === "by name" ? languageOf(new URL(url).pathname) : language;
}

/** By the ending; what has none is TypeScript, of which JavaScript is a part. */
function languageOf(path: string): "typescript" | "javascript" {
  return /\.[mc]?js$/i.test(path) ? "javascript" : "typescript";
}

function tooLarge(name: string): Error {
  return failure(
    "E_PLUGIN_FETCH",
    `Cannot load plugin ${name}: found more than ${
      SOURCE_BYTES / 2 ** 20
    } MiB, want one file of source`,
  );
}

function cannotGet(name: string, error: unknown): Error {
  if (error instanceof GfnError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return failure("E_PLUGIN_FETCH", `Cannot load plugin ${name}: ${plainText(reason)}`, {
    cause: error,
  });
}

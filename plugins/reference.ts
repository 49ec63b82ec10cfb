/**
 * How people name a plugin: a URL, a path or a data: URL, with a pin of its bytes behind `#sha256=`.
 *
 * @module
 */
import { usageError } from "../errors.ts";

/** A plugin somewhere else. */
export interface PluginReference {
  /** As it was written, pin included. */
  text: string;
  /** `file` is a path, `remote` an http(s) URL, `data` a data: URL. */
  kind: "file" | "remote" | "data";
  /** Path or URL, without the pin. */
  location: string;
  /** SHA-256 that the bytes must have, in lower-case hexadecimal, or null. */
  pin: string | null;
}

const PIN = /^sha256=([0-9a-fA-F]{64})$/;

/** Whether a name means a plugin somewhere else: it has a scheme, a slash or an ending of a module. */
export function isReference(name: string): boolean {
  const bare = name.split("#")[0]!;
  return /^[a-z][a-z0-9+.-]*:/i.test(bare) || /[/\\]/.test(bare) || /\.[mc]?[jt]s$/i.test(bare);
}

/**
 * Reads a reference.
 *
 * @throws {GfnError} `E_PLUGIN_REFERENCE` for another scheme, or a fragment that is no pin
 */
export function parseReference(text: string): PluginReference {
  const hash = text.indexOf("#");
  const location = hash < 0 ? text : text.slice(0, hash);
  const pin = hash < 0 ? null : PIN.exec(text.slice(hash + 1))?.[1]?.toLowerCase();
  if (pin === undefined) {
    throw usageError(
      "E_PLUGIN_REFERENCE",
      `Cannot load plugin ${location}: found "#${
        text.slice(hash + 1)
      }" behind it, want #sha256= and 64 hexadecimal digits`,
    );
  }
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(location)?.[1]?.toLowerCase();
  if (scheme === undefined) return { text, kind: "file", location, pin };
  if (scheme === "file") {
    return { text, kind: "file", location: decodeURIComponent(new URL(location).pathname), pin };
  }
  if (scheme === "data") return { text, kind: "data", location, pin };
  if (scheme === "http" || scheme === "https") {
    return { text, kind: "remote", location: remote(location), pin };
  }
  throw usageError(
    "E_PLUGIN_REFERENCE",
    `Cannot load plugin ${location}: found the scheme ${scheme}:, want a path or an https:, http:, file: or data: URL`,
  );
}

function remote(location: string): string {
  try {
    return new URL(location).href;
  } catch {
    throw usageError("E_PLUGIN_REFERENCE", `Cannot load plugin ${location}: found no valid URL`);
  }
}

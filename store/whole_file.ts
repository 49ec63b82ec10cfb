/**
 * Writing a file as a whole: a reader, or a crash, finds all of it or what was there before.
 *
 * @module
 */

/** Writes a file aside, then gives it its name. */
export function writeWhole(path: string, data: string | Uint8Array): void {
  const aside = `${path}.part`;
  const file = Deno.openSync(aside, { write: true, create: true, truncate: true });
  try {
    writeAll(file, data);
    file.syncSync();
  } finally {
    file.close();
  }
  Deno.renameSync(aside, path);
}

/** Writes all of it, in as many pieces as the system takes. */
export function writeAll(file: Deno.FsFile, data: string | Uint8Array): void {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** Makes sure that names given in a folder outlast a loss of power; Windows has no such call. */
export function syncFolder(path: string): void {
  if (Deno.build.os === "windows") return;
  const folder = Deno.openSync(path, { read: true });
  try {
    folder.syncSync();
  } finally {
    folder.close();
  }
}

/** The bytes of a line of JSON. */
export function lineOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}

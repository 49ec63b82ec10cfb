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
  } catch (error) {
    // File systems of a network have no such call either, and there is nothing else to do.
    if (!/os error (22|95|45|102)\b/.test(String(error))) throw error;
  } finally {
    folder.close();
  }
}

/** Makes a folder, and the folders above it, to outlast a loss of power; or finds it there. */
export function makeFolder(path: string): "made" | "found" {
  try {
    if (Deno.statSync(path).isDirectory) return "found";
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.mkdirSync(path, { recursive: true });
  syncFolder(path);
  return "made";
}

/**
 * Writes a small file over what is there, where the permission is for that one name: a reader that comes
 * in between, or a crash, may find a part of it.
 */
export function writeOver(path: string, data: string): void {
  const file = Deno.openSync(path, { write: true, create: true, truncate: true });
  try {
    writeAll(file, data);
    file.syncSync();
  } finally {
    file.close();
  }
}

/** Writes a new file, put on the disk before it is done. */
export function writeNew(path: string, data: string | Uint8Array): void {
  const file = Deno.openSync(path, { write: true, createNew: true });
  try {
    writeAll(file, data);
    file.syncSync();
  } finally {
    file.close();
  }
}

/** The bytes of a line of JSON. */
export function lineOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}
